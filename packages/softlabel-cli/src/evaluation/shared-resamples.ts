import type { MeasuredRows } from "./scored-rows.ts";

/** What two threads know of resamples that they measure together; lists in memory that both see. */
export interface SharedResamples {
  readonly resamples: number;
  /** Of each block of resamples: open, claimed by either thread, or there to be read. */
  readonly states: Int32Array;
  /** By resample, then by name. */
  readonly values: Float64Array;
}

/** What the second thread is told: to measure, all sets in the blocks of resamples that it is first to claim. */
export interface ThreadOrder {
  readonly sets: readonly MeasuredRows[];
  readonly seed: number;
  readonly shared: SharedResamples;
}

const [open, claimed, measured] = [0, 1, 2];
/** Resamples that are claimed together: few enough to end at the same time, and enough to wait seldom. */
const blockLength = 5;
/** A thread that measures a block for so long is taken for ended. */
const patience = 10_000;

/** Room for so many resamples, all open. */
export function sharedResamples(resamples: number, width: number): SharedResamples {
  const blocks = Math.ceil(resamples / blockLength);
  return {
    resamples,
    states: new Int32Array(new SharedArrayBuffer(blocks * Int32Array.BYTES_PER_ELEMENT)),
    values: new Float64Array(new SharedArrayBuffer(resamples * width * Float64Array.BYTES_PER_ELEMENT)),
  };
}

/**
 * Asked of each resample in turn: whether it is the caller's, who claims whole blocks.
 *
 * @param everyOther - leaves the first block to the other thread, the third, and so on. The thread that reads comes to
 *   each block in turn: without one of its own to measure meanwhile it would wait for every one.
 */
export function claims({ resamples, states }: SharedResamples, everyOther: boolean): (resample: number) => boolean {
  let isOwn = false;
  return (resample) => {
    if (resample >= resamples) return false;
    const block = Math.floor(resample / blockLength);
    if (resample % blockLength > 0) return isOwn;
    const isLeft = everyOther && block % 2 === 0;
    isOwn = !isLeft && Atomics.compareExchange(states, block, open, claimed) === open;
    return isOwn;
  };
}

/** Tells the other thread, after the last resample of a block, that the values of the block are there. */
export function publish({ resamples, states }: SharedResamples, resample: number): void {
  if ((resample + 1) % blockLength !== 0 && resample + 1 !== resamples) return;
  const block = Math.floor(resample / blockLength);
  Atomics.store(states, block, measured);
  Atomics.notify(states, block);
}

/** Waits until the other thread has measured the block of a resample; false where it seems to have ended. */
export function waitFor({ states }: SharedResamples, resample: number, mostMs: number = patience): boolean {
  const block = Math.floor(resample / blockLength);
  Atomics.wait(states, block, claimed, mostMs);
  return Atomics.load(states, block) === measured;
}
