import { classBins } from "./class-bins.ts";
import { inverseSums, outcomesOfClass } from "./class-outcomes.ts";
import {
  type CalibrationErrorOptions,
  fromPower,
  powerOfGaps,
  powerOfOutcomes,
  readNorm,
  readThreshold,
} from "./expected-calibration-error.ts";
import { type Labels, type Predictions, requireForm } from "./predictions.ts";
import { readBinning } from "./reliability-diagram.ts";
import { type RowScores, rowScores, scoreRows } from "./row-scores.ts";
import { uniformBins } from "./uniform-bins.ts";

/**
 * Calibration error of every class by itself, not only of the one predicted, and their mean.
 *
 *     CE = (1/K · Σₖ CEₖᵖ)^(1/p)        CEₖ: confidence pₖ against "the label is k", over all rows; p of the norm l1 or l2
 *
 * With the norm `"max"` the largest of any class. The static calibration error (SCE) of Nixon et al. 2019, classwise
 * ECE of Kull et al. 2019, marginal CE of Kumar et al. 2019; `binning: "equal-mass"` makes it the adaptive ACE of the
 * first, a `threshold` beside it their TACE. The mean is over classes as such, so with many classes it is small: most probabilities are near 0 and most
 * labels another. A debiased square below 0 counts as 0 in its class.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options - As of {@link expectedCalibrationError}.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * const half = { data: [0.5, 0.5, 0.5, 0.5], shape: [2, 2], kind: "probabilities" };
 * classwiseCalibrationError([0, 0], half); // 0.5
 * classwiseCalibrationError([0, 1], half); // 0
 * @see Nixon et al. 2019, https://arxiv.org/abs/1904.01685
 * @see Kull et al. 2019, https://arxiv.org/abs/1910.12656
 */
export function classwiseCalibrationError(
  labels: Labels,
  predictions: Predictions,
  options: CalibrationErrorOptions = {},
): number {
  const { norm } = readNorm(options);
  const { powers } = scoreAll(labels, predictions, options);
  if (norm === "max") return powers.reduce((largest, power) => Math.max(largest, power), 0);
  return fromPower(powers.reduce((sum, power) => sum + power, 0) / powers.length, norm);
}

/** The scores of every row and the calibration error of every class, in one pass where the bins are of equal width and all rows count. */
export function scoreRowsAndClasses(
  labels: Labels,
  predictions: Predictions,
  options: CalibrationErrorOptions,
): { readonly rows: RowScores; readonly errors: Float64Array } {
  const { norm } = readNorm(options);
  const { rows, powers } = scoreAll(labels, predictions, options);
  return { rows, errors: powers.map((power) => fromPower(power, norm)) };
}

function scoreAll(
  labels: Labels,
  predictions: Predictions,
  options: CalibrationErrorOptions,
): { readonly rows: RowScores; readonly powers: Float64Array } {
  const { norm, debiased } = readNorm(options);
  const { bins, binning, edges } = readBinning(options);
  if (binning === "uniform" && readThreshold(options) === undefined) {
    requireForm(predictions);
    const filled = classBins(predictions.shape[1], uniformBins(bins, edges));
    const rows = scoreRows(labels, predictions, filled);
    return { rows, powers: Float64Array.from(filled.diagrams(), (diagram) => powerOfGaps(diagram, norm, debiased)) };
  }
  const rows = rowScores(labels, predictions);
  const sums = inverseSums(predictions);
  const powers = Float64Array.from({ length: predictions.shape[1] }, (_, k) =>
    powerOfOutcomes(outcomesOfClass(labels, predictions, k, sums), options),
  );
  return { rows, powers };
}
