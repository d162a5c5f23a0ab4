import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { type BinningOptions, reliabilityDiagram } from "./reliability-diagram.ts";
import type { Outcomes } from "./top-label.ts";

/** How the gaps of the bins become one number. */
export interface CalibrationErrorOptions extends BinningOptions {
  /** `"l1"` (default): ECE; `"l2"`: root-mean-square; `"max"`: MCE. */
  readonly norm?: "l1" | "l2" | "max";
}

/**
 * Expected calibration error: the mean gap between confidence and accuracy over bins.
 *
 *     gap(b) = |accuracy(b) − confidence(b)|        n(b) of N rows in bin b, empty bins left out
 *     l1   Σ n(b)/N · gap(b)        l2   √(Σ n(b)/N · gap(b)²)        max   largest gap(b)
 *
 * The default is that of Guo et al. 2017: 15 bins of equal width, (lo, hi], and with {@link topLabel} the confidence
 * in the predicted class. l1 ≤ l2 ≤ max. An estimate biased upward: even a calibrated classifier has gaps by chance,
 * the more the fewer rows there are in a bin.
 * @param outcomes - One row at least.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * const outcomes = { confidence: [0.95, 0.95, 0.85, 0.65], correct: [1, 0, 1, 1] };
 * expectedCalibrationError(outcomes, { bins: 10 }); // 0.35
 * expectedCalibrationError(outcomes, { bins: 10, norm: "max" }); // 0.45
 * @see Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602
 * @see Guo et al. 2017, §2, https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError(outcomes: Outcomes, options: CalibrationErrorOptions = {}): number {
  const { norm = "l1", ...binning } = options;
  if (norm !== "l1" && norm !== "l2" && norm !== "max") {
    throw new ArgumentError(`norm must be "l1", "l2" or "max", got ${describe(norm)}`);
  }
  let rows = 0;
  let sum = 0;
  let sumOfSquares = 0;
  let max = 0;
  for (const bin of reliabilityDiagram(outcomes, binning)) {
    const gap = Math.abs(bin.accuracy - bin.confidence);
    rows += bin.count;
    sum += bin.count * gap;
    sumOfSquares += bin.count * gap * gap;
    max = Math.max(max, gap);
  }
  if (norm === "max") return max;
  return norm === "l1" ? sum / rows : Math.sqrt(sumOfSquares / rows);
}
