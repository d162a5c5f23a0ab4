import { setTimeout as delay } from "node:timers/promises";
import type { BullWorker } from "./connect.ts";
import { readPlanFile } from "./plan-file.ts";

/**
 * Waits until nothing is left to do for anyone: the queue is empty, and the experiment has ended or has offered nothing
 * for a while.
 *
 * @returns false when the signal was given first.
 */
export async function isIdle(
  worker: BullWorker,
  experiment: string,
  { pollMs, leastMs }: { readonly pollMs: number; readonly leastMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  let emptySince: number | null = null;
  while (!signal.aborted) {
    const left = await jobsLeft(worker);
    const now = performance.now();
    emptySince = left === 0 ? (emptySince ?? now) : null;
    if (emptySince !== null && (hasEnded(experiment) || now - emptySince >= leastMs)) return true;
    await delay(pollMs, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** Not 0 while the server does not answer. */
async function jobsLeft(worker: BullWorker): Promise<number> {
  try {
    const counts = await worker.getBackend().getCounts(["waiting", "active", "delayed", "prioritized"]);
    return counts.reduce((sum, count) => sum + count, 0);
  } catch {
    return Number.NaN;
  }
}

function hasEnded(experiment: string): boolean {
  return readPlanFile(experiment)?.state === "ended";
}
