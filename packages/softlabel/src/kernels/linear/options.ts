import { ArgumentError } from "../../core/argument-error.ts";
import { type ClassWeightOptions, classWeightKeys } from "../../core/class-weights.ts";
import { describe } from "../../core/describe.ts";
import {
  type KeysOf,
  type ReductionOptions,
  reductionKeys,
  requireOneOf,
  requireOptions,
  type SmoothingOptions,
  smoothingKeys,
} from "../../core/options.ts";
import type { TensorLike } from "../../core/tensor.ts";

/**
 * Options of `linearSoftmaxCrossEntropy`: those of `softmaxCrossEntropy`, as of logits whose last axis has the classes
 * (`axis` and `uniformAxis` may say so, and nothing else), and these.
 */
export interface LinearSoftmaxCrossEntropyOptions extends SmoothingOptions, ClassWeightOptions, LinearReduction {
  /** b, added to the logits of every row; shape [classes]; none by default. */
  readonly bias?: TensorLike | undefined;
  /**
   * How many rows have their logits in memory at once; by default 16 MiB of them, in 16 to 256 rows. Fewer take less
   * memory and more time, since every chunk reads the whole weight.
   */
  readonly chunkRows?: number | undefined;
}

/** `gradient: true` also returns `gradFeatures`, `gradWeight` and `gradBias`. */
type LinearReduction = Omit<ReductionOptions, "gradientInto">;

const { gradientInto: _, ...linearReductionKeys } = reductionKeys;
const linearKeys: KeysOf<Pick<LinearSoftmaxCrossEntropyOptions, "bias" | "chunkRows">> = {
  bias: true,
  chunkRows: true,
};

/**
 * @returns Whether a gradient is wanted.
 * @throws {@link ArgumentError} if an option is unknown, or `gradient` or `chunkRows` is wrong.
 */
export function requireLinearOptions(options: LinearSoftmaxCrossEntropyOptions): boolean {
  requireOptions(options, smoothingKeys, linearReductionKeys, classWeightKeys, linearKeys);
  const { chunkRows = 1 } = options;
  if (!(Number.isSafeInteger(chunkRows) && chunkRows > 0)) {
    throw new ArgumentError(`chunkRows must be a positive integer, got ${describe(chunkRows)}`);
  }
  return requireOneOf(options.gradient, [false, true], "gradient");
}

/**
 * @param rank - Of the logits.
 * @throws {@link ArgumentError} if an option names another axis than the last as the classes'.
 */
export function requireClassesLast({ axis, uniformAxis }: LinearSoftmaxCrossEntropyOptions, rank: number): void {
  const last = rank - 1;
  if (axis !== undefined && axis !== -1 && axis !== last) {
    throw new ArgumentError(
      `axis must be the last, ${last}, since the weight makes the classes, got ${describe(axis)}`,
    );
  }
  if (uniformAxis !== undefined && uniformAxis !== last) {
    throw new ArgumentError(`uniformAxis must be the class axis, ${last}, got ${describe(uniformAxis)}`);
  }
}

/** As many of `rows` as {@link LinearSoftmaxCrossEntropyOptions.chunkRows} says, the chunks of nearly equal size. */
export function chunkRowsOf(rows: number, classes: number, { chunkRows }: LinearSoftmaxCrossEntropyOptions): number {
  const fitting = Math.min(Math.max(Math.floor(CHUNK_BYTES / (4 * classes)), LEAST_ROWS), MOST_ROWS);
  const most = Math.min(chunkRows ?? fitting, Math.max(rows, 1));
  return Math.ceil(rows / Math.ceil(rows / most)) || 1;
}

const CHUNK_BYTES = 2 ** 24;
/** Each chunk reads the whole weight: what is read should meet several rows. */
const LEAST_ROWS = 16;
/** A panel of 256 rows of features is 12 KiB, and shares a first cache of 32 KiB with one of the gradient. */
const MOST_ROWS = 256;
