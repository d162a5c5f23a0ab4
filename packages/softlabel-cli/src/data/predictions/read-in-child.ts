import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DataError } from "../data-error.ts";
import type { Contents } from "./contents.ts";
import { decodeAnswer, type ReaderAnswer } from "./contents-message.ts";

/** Formats whose readers can be driven into endless loops and crashes by a damaged file. */
export type TableFormat = "Parquet" | "Arrow";

/** What a reading process is told. */
export interface TableOrder {
  readonly format: TableFormat;
  /** What an error calls the file. */
  readonly name: string;
  /** Bytes of the file, which come on standard input. */
  readonly size: number;
  /** Bytes that the process may take. */
  readonly mostMemory: number;
}

/** The process that reads, and what it may take. */
export interface ChildOptions {
  /** A program that reads standard input and answers as `table-reader` does. */
  readonly program?: URL | undefined;
  readonly mostMs?: number | undefined;
  readonly mostMemory?: number | undefined;
}

/** The program beside this file; from the sources, which Node cannot run, the built one. */
const tableReader = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/data/predictions/table-reader.js" : "table-reader.js",
  import.meta.url,
);

/**
 * Reads a table in a process of its own, within limits of time and memory that grow with the file.
 *
 * @throws {@link DataError} for a damaged file, whatever it does to its reader.
 */
export async function readInChild(
  bytes: Uint8Array,
  format: TableFormat,
  name: string,
  {
    program = tableReader,
    mostMs = 20_000 + bytes.length / 1000,
    mostMemory = 2 ** 30 + 24 * bytes.length,
  }: ChildOptions = {},
): Promise<Contents> {
  const order: TableOrder = { format, name, size: bytes.length, mostMemory };
  const heap = `--max-old-space-size=${Math.ceil(mostMemory / 2 ** 20)}`;
  const child = spawn(process.execPath, [heap, fileURLToPath(program), JSON.stringify(order)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, mostMs);
  try {
    const answer = await talk(child, bytes);
    if ("contents" in answer) return answer.contents;
    throw new DataError(answer.problem);
  } catch (error) {
    if (error instanceof DataError) throw error;
    const what = isLate ? `${Math.round(mostMs / 1000)} s` : `${Math.round(mostMemory / 2 ** 20)} MB of memory`;
    throw new DataError(
      `${name} must be a whole ${format} file, got one whose reading ${isLate ? "takes longer than" : `breaks, or takes more than`} ${what}`,
    );
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

async function talk(child: ChildProcess, bytes: Uint8Array): Promise<ReaderAnswer> {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error("no pipes");
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  // One that ends before it has read everything says so by its answer, or by having none.
  stdin.on("error", () => {});
  stdin.end(bytes);
  return Promise.race([decodeAnswer(stdout), failed]);
}
