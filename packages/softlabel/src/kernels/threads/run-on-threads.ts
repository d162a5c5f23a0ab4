import type { Kernel, KernelCall } from "../kernel.ts";
import type { KernelMemory } from "../kernel-memory.ts";
import { memoryViews } from "../memory-views.ts";
import { type RowsFunction, runner } from "../run-in-memory.ts";
import { scratchMemory } from "../scratch-memory.ts";
import { jobSlots, publishJob } from "./job.ts";
import { takeChunks } from "./take-chunks.ts";
import { waitForThreads } from "./wait-for-threads.ts";

/** Threads that work in one memory. */
export interface Crew extends CrewLimits {
  readonly memory: KernelMemory;
  readonly record: Int32Array;
  /** How many threads there are, the one that calls among them. */
  readonly count: number;
  /** The calling thread's. */
  readonly runRows: RowsFunction;
  /** Ends the workers. */
  readonly end: () => Promise<void>;
}

export interface CrewLimits {
  /** Calls of fewer logits stay with the thread that calls. */
  readonly leastLogits: number;
  /** So many bytes of logits are one chunk, or one row if that is more. */
  readonly chunkBytes: number;
  /** In milliseconds: how long no worker may be ready, or no chunk finished, before the workers are given up. */
  readonly patience: number;
}

/**
 * Runs calls on all threads of a crew: those whose logits, gradient and distributions lie in its memory. Copying any of
 * them is one thread's work, which takes longer than what the others save; the calling thread then does all.
 *
 * Where the rows are cut does not depend on the threads, nor does the result, whoever does which rows.
 *
 * @throws Error if a thread does not finish its rows; further calls take the calling thread alone.
 */
export function runOnThreads(crew: Crew): Kernel["run"] {
  const { memory, record, count, runRows } = crew;
  const alone = runner(memory, runRows);
  const reserveScratch = scratchMemory(memory, 0);
  const viewsNow = memoryViews(memory);
  let broken = false;

  return (call) => {
    const { rows, classes, logits, gradient, labels, labelSums, prior } = call;
    const chunkRows = Math.max(1, Math.min(rows, Math.floor(crew.chunkBytes / (4 * classes))));
    const large = rows > chunkRows && rows * classes >= crew.leastLogits;
    if (broken || !large || !liesIn(memory.buffer, call)) {
      alone(call);
      return;
    }
    const distributions = labels instanceof Float32Array;
    const layout = layoutOf(call, count);
    const base = reserveScratch(layout.bytes);
    const at = (offset: number): number => base + offset;
    const { floats, doubles, integers } = viewsNow();
    for (const part of ["hard", "smooth", "scale"] as const) doubles.set(call[part], at(layout[part]) / 8);
    if (prior) floats.set(prior, at(layout.prior) / 4);
    if (!distributions) integers.set(labels, at(layout.labels) / 4);
    if (labelSums) doubles.set(labelSums, at(layout.labelSums) / 8);

    const chunks = Math.ceil(rows / chunkRows);
    publishJob(record, {
      ...{ chunks, chunkRows, rows, classes },
      labelSums: labelSums ? at(layout.labelSums) : 0,
      logits: logits.byteOffset,
      gradient: gradient ? gradient.byteOffset : 0,
      labels: distributions ? labels.byteOffset : at(layout.labels),
      prior: prior ? at(layout.prior) : 0,
      hard: at(layout.hard),
      smooth: at(layout.smooth),
      scale: at(layout.scale),
      crossEntropy: at(layout.crossEntropy),
      priorCrossEntropy: at(layout.priorCrossEntropy),
      scratch: at(layout.exponentials),
      scratchStride: layout.scratchStride,
    });
    takeChunks(runRows, record, jobSlots, 0);
    try {
      waitForThreads(record, chunks, crew.patience);
    } catch (error) {
      broken = true;
      void crew.end();
      throw error;
    }
    for (const part of ["crossEntropy", "priorCrossEntropy"] as const) {
      const from = at(layout[part]) / 8;
      call[part].set(doubles.subarray(from, from + rows));
    }
  };
}

/** The room before and after a row of exponentials that the kernel asks for. */
const MARGIN = 16;
/** No two arrays share one, nor what two threads write to. */
const CACHE_LINE = 128;

/** Whether all that is as large as the logits lies in this memory. */
function liesIn(buffer: ArrayBufferLike, { logits, gradient, labels }: KernelCall): boolean {
  return (
    logits.buffer === buffer &&
    (gradient === undefined || gradient.buffer === buffer) &&
    (labels instanceof Int32Array || labels.buffer === buffer)
  );
}

/** Offsets in scratch memory of what there is one of for each row, class or thread. */
function layoutOf({ rows, classes, labels, labelSums, prior }: KernelCall, threads: number) {
  let bytes = 0;
  const take = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / CACHE_LINE) * CACHE_LINE;
    return at;
  };
  const scratchStride = Math.ceil((4 * classes + 2 * MARGIN) / CACHE_LINE) * CACHE_LINE;
  return {
    hard: take(8 * rows),
    smooth: take(8 * rows),
    scale: take(8 * rows),
    crossEntropy: take(8 * rows),
    priorCrossEntropy: take(8 * rows),
    labelSums: labelSums ? take(8 * rows) : 0,
    exponentials: take(threads * scratchStride) + MARGIN,
    scratchStride,
    prior: prior ? take(4 * classes) : 0,
    labels: labels instanceof Int32Array ? take(4 * rows) : 0,
    bytes,
  };
}
