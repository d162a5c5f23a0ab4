import type { RowsFunction } from "../run-in-memory.ts";
import type { JobSlots } from "./job.ts";

/**
 * Does chunks of the job's rows until none is left; every thread of a job runs it, the one that called too.
 *
 * Its text is sent to the workers: it names nothing outside itself but what every engine has.
 */
export function takeChunks(runRows: RowsFunction, record: Int32Array, slots: JobSlots, thread: number): void {
  for (;;) {
    // Counted down, so that one number tells whether there is a chunk: a thread that comes late, when the next job is
    // being written, takes nothing.
    const left = Atomics.sub(record, slots.left, 1);
    if (left <= 0) return;
    // Read now: once the last chunk is finished, this may be the next job's.
    const chunks = record[slots.chunks];
    const first = (chunks - left) * record[slots.chunkRows];
    const rows = Math.min(record[slots.chunkRows], record[slots.rows] - first);
    const classes = record[slots.classes];
    const [one, row, matrix] = [4 * first, 8 * first, 4 * first * classes];
    const labelSums = record[slots.labelSums];
    const gradient = record[slots.gradient];
    try {
      runRows(
        record[slots.logits] + matrix,
        gradient === 0 ? 0 : gradient + matrix,
        record[slots.labels] + (labelSums === 0 ? one : matrix),
        labelSums === 0 ? 0 : labelSums + row,
        record[slots.prior],
        record[slots.hard] + row,
        record[slots.smooth] + row,
        record[slots.scale] + row,
        record[slots.crossEntropy] + row,
        record[slots.priorCrossEntropy] + row,
        record[slots.scratch] + thread * record[slots.scratchStride],
        rows,
        classes,
      );
    } catch {
      Atomics.store(record, slots.failed, 1);
    }
    if (Atomics.add(record, slots.finished, 1) + 1 === chunks) Atomics.notify(record, slots.finished);
  }
}
