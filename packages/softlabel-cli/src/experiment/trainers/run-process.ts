import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { processRecordName, recordProcess, signalGroup, startGuard, trainerPatienceMs } from "./process-group.ts";

/** A program to run for one trial. */
export interface ProcessToRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** The trial's folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Called with each line that it writes to stdout; returns whether the line is news, and no part of its last words. */
  readonly onLine: (line: string) => boolean;
  /** Called with what it sends, when it is a Node that can; its first message is `message`. */
  readonly channel?: { readonly message: unknown; readonly onMessage: (message: unknown) => void } | undefined;
  readonly patienceMs?: number;
}

/** How a process ended, and what it wrote last. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly lastLines: readonly string[];
}

const keptLines = 8;
/** A line may be cut: a program that never ends one must not fill the memory. */
const longestLine = 64 * 1024;

/**
 * Runs a program in a process group of its own until it and its group have ended; what it writes is added to `log.txt`.
 *
 * When the signal aborts, the group is asked to end (SIGTERM) and, after `patienceMs`, killed. What the program left
 * running in its group is killed when it has ended itself.
 * @throws Error when the program cannot be started, and the signal's reason after the group has ended.
 */
export async function runProcess(order: ProcessToRun): Promise<ProcessEnd> {
  const { program, args, environment, folder, signal, channel, patienceMs = trainerPatienceMs } = order;
  signal.throwIfAborted();
  const log = createWriteStream(join(folder, "log.txt"), { flags: "a" });
  const guard = startGuard();
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", ...(channel === undefined ? [] : ["ipc" as const])],
    serialization: "advanced",
  });
  if (child.pid === undefined) {
    guard.release();
    log.destroy();
    const [error] = await once(child, "error");
    throw new Error(`the trainer could not be started: ${(error as Error).message}`);
  }
  const { pid } = child;
  guard.watch(pid);
  const lastLines = keepOutput(child, log, order.onLine);
  let killing: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    signalGroup(pid, "SIGTERM");
    killing = setTimeout(() => signalGroup(pid, "SIGKILL"), patienceMs);
  };
  try {
    recordProcess(folder, pid, guard.pid);
    child.on("error", () => {}); // a message that it did not live to take
    if (channel !== undefined) {
      child.on("message", channel.onMessage);
      child.send(channel.message as object, () => {});
    }
    signal.addEventListener("abort", onAbort, { once: true });
    const [code, killedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    signalGroup(pid, "SIGKILL");
    await outputEnd(child);
    signal.throwIfAborted();
    return { code, killedBy, lastLines: lastLines() };
  } finally {
    // The folder could not be written to.
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, "SIGKILL");
    clearTimeout(killing);
    signal.removeEventListener("abort", onAbort);
    guard.release();
    rmSync(join(folder, processRecordName), { force: true });
    log.end();
    await finished(log);
  }
}

/** @returns what was written last, but for news. */
function keepOutput(
  { stdout, stderr }: ChildProcess,
  log: NodeJS.WritableStream,
  onLine: ProcessToRun["onLine"],
): () => readonly string[] {
  const kept: string[] = [];
  const keep = (line: string): void => {
    if (line.trim() === "") return;
    kept.push(line.trimEnd());
    if (kept.length > keptLines) kept.shift();
  };
  eachLine(stdout as Readable, log, (line) => {
    if (!onLine(line)) keep(line);
  });
  eachLine(stderr as Readable, log, keep);
  return () => [...kept];
}

function eachLine(stream: Readable, log: NodeJS.WritableStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    log.write(chunk);
    const lines = (rest + decoder.write(chunk)).split(/\r?\n|\r/);
    rest = (lines.pop() as string).slice(-longestLine);
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

/**
 * When nothing more can come, or, where a process has left the group with the output in its hands, after a moment. What
 * was sent last may arrive after the end of who sent it.
 */
async function outputEnd(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr] as Readable[];
  const cut = setTimeout(() => {
    for (const stream of streams) stream.destroy();
    if (child.connected) child.disconnect();
  }, outputPatienceMs);
  const channelEnd = child.connected ? [once(child, "disconnect")] : [];
  await Promise.all([...streams.map((stream) => finished(stream).catch(() => {})), ...channelEnd]);
  clearTimeout(cut);
}

const outputPatienceMs = 1_000;
