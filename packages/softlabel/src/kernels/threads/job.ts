/**
 * The record through which threads share a job: names of places in an `Int32Array` that all of them see.
 *
 * A job is published by writing what it is about, then `left`, then `jobs`. It is over when `finished` is `chunks`;
 * until then nobody changes what it is about, and from then on nobody has a chunk of it. Addresses are in bytes.
 */
export interface JobSlots {
  /** How many jobs there have been; idle threads sleep on it. */
  readonly jobs: number;
  /** How many chunks nobody has taken; negative once threads came too late. */
  readonly left: number;
  /** How many chunks are done; the thread that called sleeps on it. */
  readonly finished: number;
  /** 1 once a chunk ended with an error. */
  readonly failed: number;
  /** 1 once there will be no more jobs. */
  readonly over: number;

  readonly chunks: number;
  /** Rows of each chunk but the last. */
  readonly chunkRows: number;
  readonly rows: number;
  readonly classes: number;
  /** 0 where the labels are class indices. */
  readonly labelSums: number;
  readonly logits: number;
  /** 0 where none is wanted, as with `prior`. */
  readonly gradient: number;
  readonly labels: number;
  readonly prior: number;
  readonly hard: number;
  readonly smooth: number;
  readonly scale: number;
  readonly crossEntropy: number;
  readonly priorCrossEntropy: number;
  /** The first thread's row of scratch memory, and how far it is to the next thread's. */
  readonly scratch: number;
  readonly scratchStride: number;
}

/** Where they are. What several threads write lies in cache lines of its own. */
export const jobSlots: JobSlots = {
  jobs: 0,
  left: 16,
  finished: 32,
  failed: 33,
  over: 34,
  chunks: 48,
  chunkRows: 49,
  rows: 50,
  classes: 51,
  labelSums: 52,
  logits: 53,
  gradient: 54,
  labels: 55,
  prior: 56,
  hard: 57,
  smooth: 58,
  scale: 59,
  crossEntropy: 60,
  priorCrossEntropy: 61,
  scratch: 62,
  scratchStride: 63,
};

/** What a job is about. */
export type JobFacts = Omit<JobSlots, "jobs" | "left" | "finished" | "failed" | "over">;

/** A record without a job, in memory that threads can share. */
export function createJobRecord(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(64 * Int32Array.BYTES_PER_ELEMENT));
}

/** Gives a job to every thread that listens. The job before it is over. */
export function publishJob(record: Int32Array, facts: JobFacts): void {
  for (const [name, value] of Object.entries(facts)) record[jobSlots[name as keyof JobFacts]] = value;
  Atomics.store(record, jobSlots.failed, 0);
  Atomics.store(record, jobSlots.finished, 0);
  Atomics.store(record, jobSlots.left, facts.chunks);
  wake(record);
}

/** Lets every thread that listens come to its end. */
export function publishEnd(record: Int32Array): void {
  Atomics.store(record, jobSlots.over, 1);
  wake(record);
}

function wake(record: Int32Array): void {
  Atomics.add(record, jobSlots.jobs, 1);
  Atomics.notify(record, jobSlots.jobs);
}
