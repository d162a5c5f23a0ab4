import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type QueueFile, readQueueFile } from "./queue-file.ts";

/**
 * What a folder says of its experiment, as soon as it holds one.
 *
 * @param onWait - called once when there is none yet, with what is missing.
 * @returns `null` when there is none after `patienceMs`, or the signal was given.
 */
export async function awaitExperiment(
  folder: string,
  {
    patienceMs,
    signal,
    onWait,
  }: {
    readonly patienceMs: number;
    readonly signal: AbortSignal;
    readonly onWait: (missing: "folder" | "experiment") => void;
  },
): Promise<QueueFile | null> {
  const deadline = performance.now() + patienceMs;
  for (let hasTold = false; !signal.aborted; ) {
    const file = readQueueFile(folder);
    if (file !== null) return file;
    if (!hasTold) onWait(existsSync(folder) ? "experiment" : "folder");
    hasTold = true;
    if (performance.now() >= deadline) return null;
    await delay(Math.min(pollMs, patienceMs), undefined, { signal }).catch(() => {});
  }
  return null;
}

const pollMs = 250;
