import { afterEach, expect, test, vi } from "vitest";
import { createJobRecord, jobSlots } from "../../../src/kernels/threads/job.ts";
import { waitForThreads } from "../../../src/kernels/threads/wait-for-threads.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("patience begins anew with every finished chunk, however long the sleep in which it was finished", () => {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => time++);
  const record = createJobRecord();
  // Each sleep is as long as it may be, and one chunk is finished in each.
  vi.spyOn(Atomics, "wait").mockImplementation((array: Int32Array | BigInt64Array, _, __, patience = 0) => {
    if (array !== record) return "not-equal"; // the question whether this thread may sleep
    time += patience;
    Atomics.add(record, jobSlots.finished, 1);
    return "timed-out";
  });
  expect(() => waitForThreads(record, 3, 1000)).not.toThrow();
  expect(time).toBeGreaterThan(3000);
});
