import { maximumTail, rangeTail } from "./brownian-motion.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** A calibration error without bins, and a test of the hypothesis that the confidences are calibrated. */
export interface CumulativeCalibration {
  /** In [0, 1]; 0 is calibrated. */
  readonly error: number;
  /** error / σ, σ its scale if the confidences were calibrated: √Σ c(1 − c) / N. */
  readonly statistic: number;
  /** P(statistic at least as large | calibrated), for many rows. */
  readonly p: number;
}

/**
 * Kolmogorov–Smirnov calibration error: the largest |overconfidence| summed up to any confidence (ECCE-MAD).
 *
 *     C(t) = 1/N · Σ (confidenceᵢ − correctᵢ) over rows with confidence ≤ t        error = maxₜ |C(t)|
 *
 * At least |overconfidence|, at most the l1 calibration error with one bin for each distinct confidence. The p-value is
 * that of the maximum of Brownian motion. C is taken after all rows of a tie: Gupta et al. and MAPIE go row by row, so
 * that the order of tied rows, random in MAPIE, changes their value. Where all confidences are 0 or 1 there is no
 * chance: the statistic is 0 if every row is as said, otherwise ∞.
 * @param outcomes - One row at least.
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * kolmogorovSmirnovCalibration({ confidence: [0.9, 0.8, 0.6, 0.3], correct: [1, 0, 0, 1] }).error; // 0.175
 * @see Gupta et al. 2021, https://arxiv.org/abs/2006.12800
 * @see Arrieta-Ibarra et al. 2022, https://jmlr.org/papers/v23/22-0658.html
 */
export function kolmogorovSmirnovCalibration(outcomes: Outcomes): CumulativeCalibration {
  requireOutcomes(outcomes);
  return cumulativeCalibration(confidenceLevels(outcomes)).ks;
}

/**
 * Kuiper calibration error: the largest |overconfidence| summed over any range of confidences (ECCE-R).
 *
 *     error = maxₜ C(t) − minₜ C(t), C(−∞) = 0 among them        C as in {@link kolmogorovSmirnovCalibration}
 *
 * At least that of Kolmogorov–Smirnov, at most twice it; it also sees gaps of both signs that cancel. The p-value is
 * that of the range of Brownian motion. MAPIE leaves out C(−∞) = 0, so that its range can be smaller.
 * @param outcomes - One row at least.
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * kuiperCalibration({ confidence: [0.9, 0.8, 0.6, 0.3], correct: [1, 0, 0, 1] }).error; // 0.35
 * @see Arrieta-Ibarra et al. 2022, https://jmlr.org/papers/v23/22-0658.html
 */
export function kuiperCalibration(outcomes: Outcomes): CumulativeCalibration {
  requireOutcomes(outcomes);
  return cumulativeCalibration(confidenceLevels(outcomes)).kuiper;
}

/** Both from the same levels. */
export function cumulativeCalibration({ rows, length, confidence, right, wrong }: ConfidenceLevels): {
  readonly ks: CumulativeCalibration;
  readonly kuiper: CumulativeCalibration;
} {
  let sum = 0;
  let low = 0;
  let high = 0;
  let variance = 0;
  for (let level = 0; level < length; level++) {
    const c = confidence[level];
    sum += wrong[level] * c - right[level] * (1 - c);
    low = Math.min(low, sum);
    high = Math.max(high, sum);
    variance += (right[level] + wrong[level]) * c * (1 - c);
  }
  low /= rows;
  high /= rows;
  const scale = Math.sqrt(variance) / rows;
  return { ks: test(Math.max(-low, high), scale, maximumTail), kuiper: test(high - low, scale, rangeTail) };
}

function test(error: number, scale: number, tail: (statistic: number) => number): CumulativeCalibration {
  const statistic = error === 0 ? 0 : error / scale;
  return { error, statistic, p: statistic === 0 ? 1 : tail(statistic) };
}
