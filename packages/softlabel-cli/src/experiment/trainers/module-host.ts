import { pathToFileURL } from "node:url";
import { nearestName } from "../nearest-name.ts";
import { writePredictionsFile } from "./predictions-file.ts";
import type { Train } from "./train-function.ts";
import type { TrialRequest } from "./trial-request.ts";

/*
 * The process in which a trainer that is a module runs, one for each trial: it may block, end or break its process and
 * leave what it likes in memory, and no other trial knows.
 */

/** What the process is told first. */
export interface ModuleOrder {
  /** Absolute path of the module. */
  readonly module: string;
  readonly request: TrialRequest;
}

/** What it says: how far the module is, or why there are no predictions. */
export type ModuleNews = { readonly told: unknown } | { readonly failure: string };

process.once("message", ({ module, request }: ModuleOrder) => {
  void host(module, request);
});
// The one who gave the order is gone.
process.on("disconnect", () => process.exit(1));

async function host(module: string, request: TrialRequest): Promise<void> {
  const stop = new AbortController();
  process.on("SIGTERM", () => stop.abort());
  try {
    const train = await load(module);
    const onProgress = (told: unknown): void => void process.send?.({ told: { ...(told as object) } });
    const returned = await train({ ...request, onProgress, signal: stop.signal });
    if (returned !== undefined && returned !== null) writePredictionsFile(request.out, returned);
    end(0);
  } catch (error) {
    process.send?.({ failure: describe(error, module) } satisfies ModuleNews, () => end(1));
  }
}

/** A module may leave timers and threads behind; what it has sent is sent. */
function end(code: number): void {
  process.exitCode = code;
  process.removeAllListeners("disconnect");
  process.on("disconnect", () => process.exit());
  process.disconnect();
}

async function load(module: string): Promise<Train> {
  const exports = (await import(pathToFileURL(module).href)) as Readonly<Record<string, unknown>>;
  const { train } = exports;
  if (typeof train === "function") return train as Train;
  const names = Object.keys(exports);
  const others = names.filter((name) => name !== "train");
  const nearest = nearestName("train", others) ?? (others.includes("default") ? "default" : null);
  const remedy = nearest === null ? "" : `; did you mean ${nearest} to be train?`;
  const found = train === undefined ? (names.length === 0 ? "nothing" : names.join(", ")) : `train, a ${typeof train}`;
  throw new Error(`the module must export a function train, got ${found}${remedy}`);
}

/** The message, and the first line of the stack that is the module's own or at least no part of Node. */
function describe(error: unknown, module: string): string {
  if (!(error instanceof Error)) return `train threw ${String(error)}`;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const own =
    frames.find((line) => line.includes(module)) ?? frames.find((line) => /file:\/\/(?!.*node_modules)/.test(line));
  const isOurs = own === undefined || own.includes(import.meta.url);
  return `${error.message}${isOurs ? "" : `\n${own}`}`;
}
