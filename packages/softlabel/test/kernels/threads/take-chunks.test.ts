import { describe, expect, it } from "vitest";
import type { RowsFunction } from "../../../src/kernels/run-in-memory.ts";
import { createJobRecord, type JobFacts, jobSlots, publishJob } from "../../../src/kernels/threads/job.ts";
import { takeChunks } from "../../../src/kernels/threads/take-chunks.ts";

/** 23 rows in chunks of 5, every array at an address that tells which it is. */
const facts: JobFacts = {
  chunks: 5,
  chunkRows: 5,
  rows: 23,
  classes: 7,
  labelSums: 0,
  logits: 1e6,
  gradient: 2e6,
  labels: 3e6,
  prior: 4e6,
  hard: 5e6,
  smooth: 6e6,
  scale: 7e6,
  crossEntropy: 8e6,
  priorCrossEntropy: 9e6,
  scratch: 10e6,
  scratchStride: 128,
};
const starts = [0, 5, 10, 15, 20];

type Call = Parameters<RowsFunction>;

/** The calls that threads make which take turns at every chunk. */
function callsOf(given: JobFacts, threads: number): { readonly calls: Call[]; readonly record: Int32Array } {
  const calls: Call[] = [];
  const record = createJobRecord();
  publishJob(record, given);
  const run =
    (thread: number): RowsFunction =>
    (...call) => {
      calls.push(call);
      if (thread + 1 < threads) takeChunks(run(thread + 1), record, jobSlots, thread + 1);
    };
  takeChunks(run(0), record, jobSlots, 0);
  return { calls, record };
}

describe("the chunks of a job", () => {
  it.each([1, 2, 3, 7])("are each done once by %i threads, with the row's part of every array", (threads) => {
    const { calls, record } = callsOf(facts, threads);
    calls.sort(([a], [b]) => a - b);
    expect(calls.map(([logits]) => logits)).toEqual(starts.map((row) => 1e6 + 28 * row));
    expect(calls.map(([, gradient]) => gradient)).toEqual(starts.map((row) => 2e6 + 28 * row));
    expect(calls.map(([, , labels]) => labels)).toEqual(starts.map((row) => 3e6 + 4 * row));
    expect(calls.map((call) => call[4])).toEqual(starts.map(() => 4e6));
    for (const [i, address] of [5e6, 6e6, 7e6, 8e6, 9e6].entries()) {
      expect(calls.map((call) => call[5 + i])).toEqual(starts.map((row) => address + 8 * row));
    }
    expect(calls.map((call) => call[11])).toEqual([5, 5, 5, 5, 3]);
    expect(calls.map((call) => call[12])).toEqual(starts.map(() => 7));
    expect(record[jobSlots.finished]).toBe(5);
  });

  it("have scratch memory of each thread's own", () => {
    const { calls } = callsOf(facts, 2);
    expect(new Set(calls.map((call) => call[10]))).toEqual(new Set([10e6, 10e6 + 128]));
  });

  it("find distributions by the row's length, their sums by the row, and no gradient where none is wanted", () => {
    const { calls } = callsOf({ ...facts, labelSums: 11e6, gradient: 0 }, 1);
    expect(calls.map(([, gradient, labels, labelSums]) => [gradient, labels, labelSums])).toEqual(
      starts.map((row) => [0, 3e6 + 28 * row, 11e6 + 8 * row]),
    );
  });

  it("reach the upper half of a memory of 4 GiB", () => {
    const high = 0xc0000000;
    const { calls } = callsOf({ ...facts, logits: high }, 1);
    expect(calls.map(([logits]) => logits >>> 0)).toEqual(starts.map((row) => high + 28 * row));
  });

  it("are not taken by a thread that comes when all are, or when the next job is being written", () => {
    const { calls, record } = callsOf(facts, 1);
    const late: RowsFunction = () => expect.fail("took a chunk");
    for (let i = 0; i < 3; i++) takeChunks(late, record, jobSlots, 1);
    record[jobSlots.chunks] = 100;
    takeChunks(late, record, jobSlots, 1);
    expect(calls.length).toBe(5);
    expect(record[jobSlots.finished]).toBe(5);
  });

  it("count as finished and failed when they end with an error", () => {
    const record = createJobRecord();
    publishJob(record, facts);
    let calls = 0;
    const sometimes: RowsFunction = () => {
      if (++calls === 2) throw new Error("out of bounds");
    };
    takeChunks(sometimes, record, jobSlots, 0);
    expect([calls, record[jobSlots.finished], record[jobSlots.failed]]).toEqual([5, 5, 1]);
    publishJob(record, facts);
    expect([record[jobSlots.finished], record[jobSlots.failed]]).toEqual([0, 0]);
  });
});
