import { ArgumentError } from "./argument-error.ts";
import { describe } from "./describe.ts";
import { type Reduction, type ReductionOptions, reductions, requireOneOf } from "./options.ts";

/** What each row's loss and gradient are multiplied by before they are summed. */
export interface RowScales {
  /** One per row; 0 for rows that are left out. */
  readonly scale: Float64Array;
  /** Whether there was nothing to take a mean of: then the mean is `emptyMean`. */
  readonly empty: boolean;
}

/**
 * @param weights - w: one per row, 0 where a row is ignored.
 * @param count - How many rows were kept.
 * @param meanWeights - What "mean" adds up to divide by, where that is not w (PyTorch's class weights).
 * @throws {@link ArgumentError} if an option is wrong.
 */
export function rowScales(
  weights: Float64Array,
  count: number,
  options: ReductionOptions,
  meanWeights: Float64Array = weights,
): RowScales {
  const reduction = requireOneOf(options.reduction ?? "mean", reductions, "reduction");
  const meanOver = requireOneOf(options.meanOver ?? "weights", ["weights", "rows"], "meanOver");
  requireNormalizer(options.normalizer, reduction);
  if (reduction === "none" || reduction === "sum") return { scale: weights, empty: false };
  if (options.normalizer !== undefined) return scaled(weights, options.normalizer);
  if (reduction === "sum-by-nonzero-weights") return scaled(weights, weights.filter((w) => w !== 0).length);
  if (meanOver === "rows") return scaled(weights, count);
  // Weights count by their ratio only: measured by the largest, their sum can neither overflow nor vanish.
  const largest = meanWeights.reduce((most, w) => Math.max(most, w), 0);
  if (largest === 0) return scaled(weights, 0);
  const divisor = meanWeights.reduce((sum, w) => sum + w / largest, 0);
  return { scale: weights.map((w) => w / largest / divisor), empty: false };
}

function scaled(weights: Float64Array, divisor: number): RowScales {
  return { scale: weights.map((w) => (divisor === 0 ? 0 : w / divisor)), empty: divisor === 0 };
}

function requireNormalizer(normalizer: unknown, reduction: Reduction): void {
  if (normalizer === undefined) return;
  if (!(typeof normalizer === "number" && normalizer > 0 && normalizer < Infinity)) {
    throw new ArgumentError(`normalizer must be a finite number > 0, got ${describe(normalizer)}`);
  }
  if (reduction === "none" || reduction === "sum") {
    throw new ArgumentError(`normalizer must come with a reduction that divides, got reduction "${reduction}"`);
  }
}
