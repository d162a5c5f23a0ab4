import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { type ScoredRows, scoreOutcomes } from "../../src/evaluation/scored-rows.ts";
import { readers, resamplingProgram, secondThread } from "../../src/evaluation/second-thread.ts";
import { type SharedResamples, sharedResamples } from "../../src/evaluation/shared-resamples.ts";
import { resampleSets } from "../../src/evaluation/with-intervals.ts";

const binning = { bins: 15, edges: "(lo,hi]" } as const;
// Fourteen blocks of five, the last of four; the other thread has every other one, the last among them.
const options = { resamples: 69, seed: 7, confidenceLevel: 0.9 };
const leftHere = 7 * 5;

/** Two sets of the same rows, with ties, each counting how often it is measured here. */
function countedSets(rows = 300): { sets: readonly ScoredRows[]; times: () => number } {
  let times = 0;
  const sets = [0.9, 1.3].map((power) => {
    const confidence = Float64Array.from({ length: rows }, (_, row) => (((row * 37) % 101) / 100) ** power);
    const correct = Uint8Array.from(confidence, (c, row) => ((row * 61) % 97 < 90 * c ? 1 : 0));
    const set = scoreOutcomes({ confidence, correct }, 0, binning);
    const measure: ScoredRows["measure"] = (counts, values, at) => {
      times++;
      set.measure(counts, values, at);
    };
    return { ...set, measure };
  });
  return { sets, times: () => times };
}

const widthOf = (sets: readonly ScoredRows[]): number => sets.reduce((sum, { names }) => sum + names.length, 0);

let worker: Worker | null = null;
afterEach(() => worker?.terminate());

/** Waits until the other thread has measured the last block, which it does in order. */
function measureElsewhere(sets: readonly ScoredRows[], shared: SharedResamples): void {
  worker = new Worker(resamplingProgram);
  worker.postMessage({ sets: sets.map(({ measured }) => measured), seed: options.seed, shared });
  const last = shared.states.length - 1;
  expect(Atomics.wait(shared.states, last, 0, 20_000)).not.toBe("timed-out");
}

describe("a second thread that resamples", () => {
  it("computes the bits that one thread computes", () => {
    const { sets, times } = countedSets();
    const alone = resampleSets(sets, options);
    const before = times();
    const shared = sharedResamples(options.resamples, widthOf(sets));
    measureElsewhere(sets, shared);
    expect(resampleSets(readers(sets, shared), options)).toStrictEqual(alone);
    // Here each of the two sets, also of the rows as they are.
    expect(times() - before).toBe(2 * (leftHere + 1));
  });

  it("leaves to the other what that was first to claim", () => {
    const { sets, times } = countedSets();
    const alone = resampleSets(sets, options);
    const before = times();
    const shared = sharedResamples(options.resamples, widthOf(sets));
    // The second and the sixth block are this thread's too.
    const own = [1, 5];
    for (const block of own) shared.states[block] = 1;
    measureElsewhere(sets, shared);
    for (const block of own) shared.states[block] = 0;
    expect(resampleSets(readers(sets, shared), options)).toStrictEqual(alone);
    expect(times() - before).toBe(2 * (leftHere + own.length * 5 + 1));
  });

  it("is done without when it ends with a block unfinished", () => {
    const { sets } = countedSets();
    const shared = sharedResamples(options.resamples, widthOf(sets));
    shared.states[3] = 1;
    expect(resampleSets(readers(sets, shared, 1), options)).toStrictEqual(resampleSets(sets, options));
  });

  it("is not started on one core, nor for few rows", () => {
    const { sets } = countedSets();
    for (const [cores, rows] of [
      [1, 1_000_000],
      [2, 300],
    ]) {
      const thread = secondThread(options, cores);
      thread.prepare(rows);
      expect(thread.share(sets)).toBe(sets);
      thread.end();
    }
  });

  it("shares the sets when there is a core for it and rows enough", () => {
    const { sets } = countedSets();
    const thread = secondThread(options, 2);
    thread.prepare(1_000_000);
    const shared = thread.share(sets);
    expect(shared).not.toBe(sets);
    expect(resampleSets(shared, options)).toStrictEqual(resampleSets(sets, options));
    thread.end();
  });
});
