import { jobSlots } from "./job.ts";

/**
 * Returns when every chunk of the job is done.
 *
 * Asleep where the engine allows it; a page's own thread must not sleep, and looks again and again.
 *
 * @param patience - Milliseconds in which some chunk must be finished.
 * @throws Error if none is, or one ended with an error.
 */
export function waitForThreads(record: Int32Array, chunks: number, patience: number): void {
  let finished = Atomics.load(record, jobSlots.finished);
  let since = clock.now();
  const sleepFrom = since + WATCH;
  while (finished < chunks) {
    const time = clock.now();
    if (time - since > patience) throw unfinished(chunks - finished, patience);
    if (time > sleepFrom && maySleep()) Atomics.wait(record, jobSlots.finished, finished, patience);
    const then = Atomics.load(record, jobSlots.finished);
    // Not the time before: it may have slept for long.
    if (then !== finished) [finished, since] = [then, clock.now()];
  }
  if (Atomics.load(record, jobSlots.failed) === 1) throw failed();
}

/** How long a thread looks before it sleeps, in milliseconds: falling asleep and being woken takes about as long. */
export const WATCH = 0.05;

let sleeps: boolean | undefined;

/** Found out once: a page's own thread gets a TypeError. */
function maySleep(): boolean {
  if (sleeps === undefined) {
    try {
      // The value is another one: this returns at once.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
      sleeps = true;
    } catch {
      sleeps = false;
    }
  }
  return sleeps;
}

const clock = (globalThis as unknown as { readonly performance: { readonly now: () => number } }).performance;

const unfinished = (chunks: number, patience: number): Error =>
  new Error(
    `every thread must finish its rows, got ${chunks} chunks of them unfinished after ${patience} ms; ${REMEDY}`,
  );

const failed = (): Error => new Error(`every thread must finish its rows, got an error in one; ${REMEDY}`);

const REMEDY = "the gradient is incomplete, and further calls take one thread";
