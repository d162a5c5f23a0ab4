import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ScoredRows } from "./scored-rows.ts";
import { claims, type SharedResamples, sharedResamples, type ThreadOrder, waitFor } from "./shared-resamples.ts";
import type { ResamplingOptions } from "./with-intervals.ts";

/** A thread that does a part of the resampling, where there is a core for it. */
export interface SecondThread {
  /** Lets it load what it needs, where so many rows are worth it. */
  readonly prepare: (rows: number) => void;
  /**
   * Begins to measure resamples of these sets there.
   *
   * @returns the sets, to be measured in every resample in turn, as `resampleSets` does: what the thread was faster to
   *   measure is read from it. Both draw the same rows and compute the same bits, so who did which changes nothing.
   */
  readonly share: (sets: readonly ScoredRows[]) => readonly ScoredRows[];
  readonly end: () => void;
}

/** Rows times resamples from which the thread saves more than it costs to start. */
const worthwhile = 2_000_000;
/** Numbers that both hold at most. */
const mostShared = 1 << 22;

/** The program beside this file; from the sources, which Node cannot run, the built one. */
export const resamplingProgram: URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/evaluation/resampling-thread.js" : "resampling-thread.js",
  import.meta.url,
);

/** Nothing is started before {@link SecondThread.prepare}. */
export function secondThread(
  { resamples, seed }: Pick<ResamplingOptions, "resamples" | "seed">,
  cores: number = availableParallelism(),
): SecondThread {
  let worker: Worker | null = null;
  const prepare = (rows: number): void => {
    if (worker !== null || cores < 2 || rows * resamples < worthwhile) return;
    worker = new Worker(resamplingProgram);
    worker.unref();
    // Whatever ends it: what it has not measured is measured here.
    worker.on("error", () => {});
  };
  const share = (sets: readonly ScoredRows[]): readonly ScoredRows[] => {
    const width = sets.reduce((sum, { names }) => sum + names.length, 0);
    if (worker === null || width * resamples > mostShared) return sets;
    const shared = sharedResamples(resamples, width);
    worker.postMessage({ sets: sets.map(({ measured }) => measured), seed, shared } satisfies ThreadOrder);
    return readers(sets, shared);
  };
  return { prepare, share, end: () => void worker?.terminate() };
}

/**
 * The sets with measures that read what the other thread has claimed.
 *
 * @param mostMs - how long a block of the other thread is waited for before it is measured here.
 */
export function readers(sets: readonly ScoredRows[], shared: SharedResamples, mostMs?: number): readonly ScoredRows[] {
  const { resamples, values } = shared;
  const width = values.length / resamples;
  const isOwn = claims(shared, false);
  let resample = -1;
  let isThere = false;
  let from = 0;
  return sets.map((set, i) => ({
    ...set,
    measure(counts, to, at) {
      if (i === 0) {
        resample++;
        from = resample * width;
        // After the last it is asked once more, of the rows as they are.
        isThere = !isOwn(resample) && resample < resamples && waitFor(shared, resample, mostMs);
      }
      if (isThere) to.set(values.subarray(from, from + set.names.length), at);
      else set.measure(counts, to, at);
      from += set.names.length;
    },
  }));
}
