import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { type KeysOf, requireOptions } from "../../core/options.ts";
import type { SmoothedLoss } from "../../core/result.ts";
import {
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy as softmaxCrossEntropyInFloat64,
} from "../../core/softmax-cross-entropy.ts";
import type { Tensor, TensorLike } from "../../core/tensor.ts";
import { lossByKernel } from "../loss-by-kernel.ts";
import { createTensors } from "../tensors.ts";
import type { CrewLimits } from "./run-on-threads.ts";
import { type StartedCrew, startCrew } from "./start-crew.ts";
import { workerHost } from "./worker-host.ts";

/** How {@link startThreads} starts. */
export interface ThreadsOptions {
  /** How many, the calling one among them: an integer from 1 to 256; as many as the machine runs at once by default. */
  readonly threads?: number | undefined;
}

/** Threads that share the rows of a loss. */
export interface Threads {
  /** How many there are, the calling one among them. 1 where there are no workers or no memory to share with them. */
  readonly count: number;
  /**
   * `softmaxCrossEntropy` of the main entry point, with the same arguments, results and errors: on all threads where
   * the logits are many, and they, `gradientInto` and labels that are distributions come from `allocate`; other calls
   * on the calling thread. It returns when all is done.
   *
   * @throws Error if a worker breaks down in the middle of its rows: the gradient is incomplete then, and further calls
   * take one thread.
   */
  readonly softmaxCrossEntropy: <const Options extends SoftmaxCrossEntropyOptions = Record<never, never>>(
    labels: TensorLike,
    logits: TensorLike,
    options?: Options,
  ) => SmoothedLoss<Options>;
  /**
   * A float32 tensor of zeros in the memory that the threads share, which they read and write without a copy; its
   * numbers lie in a `SharedArrayBuffer`. Read `data` from the tensor each time: once the memory grows, what it gave
   * before is copied like any other array.
   */
  readonly allocate: (shape: readonly number[]) => Tensor<Float32Array>;
  /** Gives a tensor's memory back to these threads; it must not be used afterwards. */
  readonly release: (tensor: Tensor<Float32Array>) => void;
  /**
   * Ends the workers and drops the memory with every tensor in it; a second time does nothing.
   *
   * @returns Resolves when the workers are gone.
   */
  readonly dispose: () => Promise<void>;
}

/**
 * Starts threads for the loss: workers that share one memory with the thread that calls.
 *
 * They sleep between calls and never keep a Node process alive. One thread, and no error, where the host has no
 * workers, does not let memory be shared with them (a page must be cross-origin isolated), or where a content security
 * policy forbids workers from `blob:`.
 *
 * @throws {@link ArgumentError} if an option is wrong; so do the functions of disposed threads.
 * @example
 * const threads = await startThreads({ threads: 2 });
 * const logits = threads.allocate([64, 32000]);
 * const { loss } = threads.softmaxCrossEntropy(new Int32Array(64), logits, { labelSmoothing: 0.1, gradientInto: logits });
 * loss; // 10.37349118
 * await threads.dispose();
 */
export async function startThreads(options: ThreadsOptions = {}): Promise<Threads> {
  requireOptions(options, threadsKeys);
  const host = workerHost();
  const { threads = Math.min(host?.parallelism ?? 1, MOST_THREADS) } = options;
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    throw new ArgumentError(`threads must be an integer from 1 to ${MOST_THREADS}, got ${describe(threads)}`);
  }
  return threadsOf(await startCrew(host, threads, limits));
}

const threadsKeys: KeysOf<ThreadsOptions> = { threads: true };

const MOST_THREADS = 256;

const limits: CrewLimits = {
  // Calls of fewer take longer on two threads than on one, or hardly less: docs/threads.md has the times.
  leastLogits: 256_000,
  // The same however many threads there are: a row's last bits may depend on the rows before it in the chunk.
  chunkBytes: 2 ** 17,
  // A minute, for rows that take milliseconds: workers that are late so long have broken down.
  patience: 60_000,
};

/** A started crew as its user knows it. */
function threadsOf(crew: StartedCrew): Threads {
  const tensors = createTensors(() => crew.memory, "these threads");
  let ended: Promise<void> | undefined;
  const requireRunning = (): void => {
    if (ended) throw new ArgumentError("threads must not be disposed of, got disposed ones; start others");
  };
  return {
    get count() {
      return crew.count();
    },
    softmaxCrossEntropy(labels, logits, options) {
      requireRunning();
      const given: SoftmaxCrossEntropyOptions = options === undefined ? {} : options;
      const result = crew.kernel && lossByKernel(crew.kernel, labels, logits, given);
      return (result ?? softmaxCrossEntropyInFloat64(labels, logits, given)) as never;
    },
    allocate(shape) {
      requireRunning();
      return tensors.allocate(shape);
    },
    release(tensor) {
      requireRunning();
      tensors.release(tensor);
    },
    dispose() {
      tensors.clear();
      ended ??= crew.end().then(() => {});
      return ended;
    },
  };
}
