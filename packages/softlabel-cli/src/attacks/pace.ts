import { setImmediate as nextTurn } from "node:timers/promises";

/** How work over many rows is cut, watched and stopped. */
export interface Running {
  /** Decides every random start. */
  readonly seed: number;
  /** Rows that the model sees at once. */
  readonly batchSize: number;
  readonly onProgress?: ((progress: AttackProgress) => void) | undefined;
  /** Its reason is thrown between two batches. */
  readonly signal?: AbortSignal | undefined;
}

/** `done` rises to `total`; rows that need no more work count as done. */
export interface AttackProgress {
  readonly done: number;
  readonly total: number;
}

/** Tells how far the work is, lets others have their turn, and throws the signal's reason once it is aborted. */
export type Pace = (progress: AttackProgress) => Promise<void>;

/** A pace that starts now. */
export function createPace({ onProgress, signal }: Running): Pace {
  let lastTurn = performance.now();
  return async (progress) => {
    onProgress?.(progress);
    // Signals are heard between batches; a turn of the event loop for each of them would cost time.
    if (performance.now() - lastTurn > turnEveryMs) {
      await nextTurn();
      lastTurn = performance.now();
    }
    signal?.throwIfAborted();
  };
}

const turnEveryMs = 50;
