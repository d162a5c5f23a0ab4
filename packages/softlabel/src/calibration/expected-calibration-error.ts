import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type BinningOptions, type ReliabilityBin, readBinning, reliabilityDiagram } from "./reliability-diagram.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** How the gaps of the bins become one number. */
export interface CalibrationErrorOptions extends BinningOptions {
  /** `"l1"` (default): ECE; `"l2"`: root-mean-square; `"max"`: MCE. */
  readonly norm?: "l1" | "l2" | "max";
  /** Subtracts from each squared gap what chance alone makes of it; with the norm `"l2"` only. False by default. */
  readonly debiased?: boolean;
  /**
   * Judges only rows whose confidence is above it, and N counts those alone: a number in [0, 1). 0.01 makes the adaptive
   * error of every class the thresholded one (TACE). All rows by default, those of confidence 0 too; where none is left
   * the error is 0.
   */
  readonly threshold?: number;
}

/**
 * Expected calibration error: the mean gap between confidence and accuracy over bins.
 *
 *     gap(b) = |accuracy(b) − confidence(b)|        n(b) of N rows in bin b, empty bins left out
 *     l1   Σ n(b)/N · gap(b)        l2   √(Σ n(b)/N · gap(b)²)        max   largest gap(b)
 *     debiased l2   √max(0, Σ n(b)/N · (gap(b)² − accuracy(b)·(1 − accuracy(b))/(n(b) − 1)))
 *
 * The default is that of Guo et al. 2017: 15 bins of equal width, (lo, hi], and with {@link topLabel} the confidence
 * in the predicted class. l1 ≤ l2 ≤ max. An estimate biased upward: even a calibrated classifier has gaps by chance,
 * the more the fewer rows there are in a bin; `debiased` removes that from the squares, and a bin of one row, which
 * tells nothing of its own variance, then counts 0. The adaptive form (ACE of Nixon et al.) is
 * `binning: "equal-mass"`; {@link classwiseCalibrationError} judges every class.
 * @param outcomes - One row at least.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * const outcomes = { confidence: [0.95, 0.95, 0.85, 0.65], correct: [1, 0, 1, 1] };
 * expectedCalibrationError(outcomes, { bins: 10 }); // 0.35
 * expectedCalibrationError(outcomes, { bins: 10, norm: "max" }); // 0.45
 * @see Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602
 * @see Guo et al. 2017, §2, https://arxiv.org/abs/1706.04599
 * @see Kumar et al. 2019, https://arxiv.org/abs/1909.10155
 */
export function expectedCalibrationError(outcomes: Outcomes, options: CalibrationErrorOptions = {}): number {
  const { norm } = readNorm(options);
  return fromPower(powerOfOutcomes(outcomes, options), norm);
}

/** The error before its root, of the rows above the threshold. */
export function powerOfOutcomes(outcomes: Outcomes, options: CalibrationErrorOptions): number {
  const { norm, debiased } = readNorm(options);
  const threshold = readThreshold(options);
  if (threshold === undefined) return powerOfGaps(reliabilityDiagram(outcomes, options), norm, debiased);
  requireOutcomes(outcomes);
  readBinning(options);
  const kept = rowsAbove(outcomes, threshold);
  return kept.confidence.length === 0 ? 0 : powerOfGaps(reliabilityDiagram(kept, options), norm, debiased);
}

function rowsAbove({ confidence, correct }: Outcomes, threshold: number): Outcomes {
  const rows: number[] = [];
  for (let row = 0; row < confidence.length; row++) if (confidence[row] > threshold) rows.push(row);
  return {
    confidence: Float64Array.from(rows, (row) => confidence[row]),
    correct: Uint8Array.from(rows, (row) => correct[row]),
  };
}

type Norm = NonNullable<CalibrationErrorOptions["norm"]>;

/** @throws {@link ArgumentError} if the norm is none, or cannot be debiased. */
export function readNorm(options: CalibrationErrorOptions): {
  norm: Norm;
  debiased: boolean;
} {
  const { norm = "l1", debiased = false } = readOptions(options);
  if (norm !== "l1" && norm !== "l2" && norm !== "max") {
    throw new ArgumentError(`norm must be "l1", "l2" or "max", got ${describe(norm)}`);
  }
  if (debiased && norm !== "l2") {
    throw new ArgumentError(`norm must be "l2" for a debiased error, got ${describe(norm)}`);
  }
  return { norm, debiased };
}

/** @throws {@link ArgumentError} if the threshold is out of range. */
export function readThreshold({ threshold }: CalibrationErrorOptions): number | undefined {
  if (threshold !== undefined && !(typeof threshold === "number" && threshold >= 0 && threshold < 1)) {
    throw new ArgumentError(`threshold must be in [0, 1), got ${describe(threshold)}`);
  }
  return threshold;
}

/** What is averaged over classes: Σ n(b)/N · gap(b), the same of its squares, or the largest gap. */
export function powerOfGaps(bins: readonly ReliabilityBin[], norm: Norm, debiased: boolean): number {
  let rows = 0;
  let sum = 0;
  let max = 0;
  for (const { count, accuracy, confidence } of bins) {
    if (count === 0) continue;
    const gap = Math.abs(accuracy - confidence);
    rows += count;
    max = Math.max(max, gap);
    if (norm === "l1") sum += count * gap;
    else if (!debiased) sum += count * gap * gap;
    else if (count > 1) sum += count * (gap * gap - (accuracy * (1 - accuracy)) / (count - 1));
  }
  if (norm === "max") return max;
  return debiased ? Math.max(0, sum / rows) : sum / rows;
}

/** Takes the root that the norm asks for. */
export function fromPower(power: number, norm: Norm): number {
  return norm === "l2" ? Math.sqrt(power) : power;
}
