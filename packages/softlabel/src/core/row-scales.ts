import { ArgumentError } from "./argument-error.ts";
import { describe } from "./describe.ts";
import { type Reduction, type ReductionOptions, reductions, requireOneOf } from "./options.ts";

/** What each row's loss and gradient are multiplied by before they are summed. */
export interface RowScales {
  /** One per row; 0 for rows that are left out. */
  readonly scale: Float64Array;
  /** What the sum begins with: 0, or `emptyMean` when there is nothing to take a mean of. */
  readonly initial: number;
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
  const reduction = requireOneOf(options.reduction, reductions, "reduction");
  const meanOver = requireOneOf(options.meanOver, ["weights", "rows"], "meanOver");
  requireNormalizer(options.normalizer, reduction);
  const { emptyMean = 0 } = options;
  if (typeof emptyMean !== "number") throw new ArgumentError(`emptyMean must be a number, got ${describe(emptyMean)}`);
  const scaled = (divisor: number): RowScales =>
    divisor === 0
      ? { scale: new Float64Array(weights.length), initial: emptyMean }
      : { scale: requireFinite(divided(weights, 1, divisor)), initial: 0 };

  if (reduction === "none" || reduction === "sum") return { scale: requireFinite(weights), initial: 0 };
  if (options.normalizer !== undefined) return scaled(options.normalizer);
  if (reduction === "sum-by-nonzero-weights") return scaled(countNonZero(weights));
  if (meanOver === "rows") return scaled(count);
  // Weights count by their ratio only: measured by the largest, their sum can neither overflow nor vanish.
  let largest = 0;
  for (let row = 0; row < meanWeights.length; row++) largest = Math.max(largest, meanWeights[row]);
  if (largest === 0) return scaled(0);
  let divisor = 0;
  for (let row = 0; row < meanWeights.length; row++) divisor += meanWeights[row] / largest;
  return { scale: requireFinite(divided(weights, largest, divisor)), initial: 0 };
}

/** w/a/b of each weight; a loop, since a call per row would take longer than a small batch's losses. */
function divided(weights: Float64Array, a: number, b: number): Float64Array {
  const quotients = new Float64Array(weights.length);
  for (let row = 0; row < weights.length; row++) quotients[row] = weights[row] / a / b;
  return quotients;
}

function countNonZero(weights: Float64Array): number {
  let count = 0;
  for (let row = 0; row < weights.length; row++) if (weights[row] !== 0) count++;
  return count;
}

/** Each factor of a scale is finite; their product need not be, and ∞ times a loss of 0 is NaN. */
function requireFinite(scale: Float64Array): Float64Array {
  let row = 0;
  while (row < scale.length && Number.isFinite(scale[row])) row++;
  if (row === scale.length) return scale;
  throw new ArgumentError(
    `weights × classWeights ÷ divisor must be a number that float64 can hold, got ${scale[row]} at row ${row}`,
  );
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
