import { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { describeShape } from "../core/describe.ts";
import { rowScales } from "../core/row-scales.ts";
import { type Hold, isJaxArray } from "./holding.ts";
import type { JaxReductionOptions } from "./options.ts";
import { sumInBlocks } from "./sum-in-blocks.ts";

/** What the losses of the rows are multiplied by; held arrays of the losses' shape. */
export interface RowWeights {
  /** w; undefined: 1 for each row. */
  readonly weights: np.Array | undefined;
  /** What "mean" adds up to divide by, where that is not w. */
  readonly meanWeights?: np.Array | undefined;
  /** Bool: which rows were not ignored; undefined: all. */
  readonly kept?: np.Array | undefined;
}

/**
 * The losses of the rows as one number, or under "none" one by one in this shape.
 *
 * @param losses - Held; one row has one loss.
 */
export function reduceRows(
  losses: np.Array,
  { weights, meanWeights = weights, kept }: RowWeights,
  shape: readonly number[],
  options: JaxReductionOptions,
  hold: Hold,
): np.Array {
  const { reduction = "mean", normalizer, meanOver = "weights", emptyMean = 0 } = options;
  const weighted = (): np.Array => (weights === undefined ? losses.ref : losses.ref.mul(weights.ref));
  if (reduction === "none") return weighted().reshape([...shape]);
  if (reduction === "sum") return sumOf(weighted());
  // Divided before they are summed: a sum of float32 overflows sooner than the mean does.
  if (normalizer !== undefined) return sumOf(weighted().div(scalar(normalizer, losses.dtype)));

  const count = (of: np.Array | undefined): np.Array | undefined =>
    of && sumOf(np.where(of, 1, 0).astype(losses.dtype));
  const mean = (terms: np.Array, divisor: np.Array | undefined): np.Array => {
    if (divisor === undefined) return sumOf(terms.mul(1 / losses.size));
    const isZero = hold(divisor.ref.equal(0));
    return np.where(isZero.ref, emptyMean, sumOf(terms.div(np.where(isZero.ref, 1, divisor))));
  };
  if (reduction === "sum-by-nonzero-weights") return mean(weighted(), count(weights?.ref.notEqual(0)));
  if (meanOver === "rows") return mean(weighted(), count(kept?.ref));
  if (weights === undefined || meanWeights === undefined) return mean(weighted(), undefined);
  // Weights count by their ratio only: measured by the largest, their sum can neither overflow nor vanish.
  const largest = np.max(meanWeights.ref);
  const unit = hold(np.where(largest.ref.equal(0), 1, largest));
  return mean(losses.ref.mul(weights.ref.div(unit.ref)), sumOf(meanWeights.ref.div(unit.ref)));
}

/** @throws {@link ArgumentError} if an option that says how rows are summed is wrong. */
export function requireReduction(options: JaxReductionOptions): void {
  const { reduction, normalizer, meanOver, emptyMean } = options;
  if (isJaxArray(normalizer) && normalizer.size !== 1) {
    throw new ArgumentError(`normalizer must hold one number, got shape ${describeShape(normalizer.shape)}`);
  }
  const divisor = isJaxArray(normalizer) ? 1 : normalizer;
  rowScales(Float64Array.of(1), 1, { reduction, meanOver, emptyMean, normalizer: divisor });
}

/** Σ of all elements, as a scalar; consumes the array. */
const sumOf = (array: np.Array): np.Array => sumInBlocks(array.reshape([array.size])).reshape([]);

const scalar = (value: np.Array | number, dtype: np.DType): np.Array | number =>
  typeof value === "number" ? value : value.ref.reshape([]).astype(dtype);
