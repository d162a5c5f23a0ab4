import { cast, div, scalar, sub, sum, type Tensor, where } from "@tensorflow/tfjs-core";
import type { ReductionOptions } from "../../core/options.ts";
import { isZero, zeroWhere } from "./per-row.ts";

/** Weights divided by what the reduction asks for. */
export interface Divided {
  /** x/D, or 0 where D is 0. */
  readonly over: (x: Tensor) => Tensor;
  /** What the sum begins with: `emptyMean` where D is 0. */
  readonly initial: number | Tensor;
}

/**
 * The divisor D of a reduction whose weights nobody reads.
 *
 * @param weights - w, of rows or elements, 0 where one is left out.
 * @param meanWeights - What "mean" adds up, where that is not w.
 * @param kept - 1 for each row that is not left out whatever it weighs.
 */
export function divideBy(
  weights: Tensor,
  meanWeights: Tensor,
  kept: Tensor,
  { reduction = "mean", normalizer, meanOver = "weights", emptyMean = 0 }: ReductionOptions,
): Divided {
  const divisor = ((): Tensor => {
    if (reduction === "none" || reduction === "sum") return scalar(1);
    if (normalizer !== undefined) return scalar(normalizer);
    if (reduction === "sum-by-nonzero-weights") return sum(sub(1, cast(isZero(weights), "float32")));
    return sum(meanOver === "rows" ? kept : meanWeights);
  })();
  return {
    over: (x) => zeroWhere(divisor, div(x, divisor)),
    initial: emptyMean === 0 ? 0 : where(isZero(divisor), scalar(emptyMean), scalar(0)),
  };
}
