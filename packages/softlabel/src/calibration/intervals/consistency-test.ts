import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { seededRandom } from "../../statistics/random.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { type Outcomes, requireOutcomes } from "../top-label.ts";
import { requireValue } from "./require-value.ts";

/** A calibration error beside those that a calibrated classifier of the same confidences would have by chance. */
export interface ConsistencyTest {
  /** The error of the rows as they are. */
  readonly value: number;
  /** Mean error of calibrated labels: what chance alone makes of these confidences. */
  readonly expected: number;
  /** How probable an error at least as large is for calibrated labels. */
  readonly p: number;
  readonly resamples: number;
  readonly seed: number;
}

/** How many sets of calibrated labels are drawn. */
export interface ConsistencyOptions {
  /** R, an integer of at least 1; 1,000 by default. p is never below 1/(R + 1). */
  readonly resamples?: number;
  /** An integer in [0, 2³²); 0 by default. */
  readonly seed?: number;
}

/**
 * Consistency resampling: could a calibrated classifier have shown this calibration error?
 *
 *     p = (1 + #{r : m*ᵣ ≥ m})/(1 + R),   m* of the same confidences c with outcomes y* ~ Bernoulli(c)
 *
 * The confidences stay and only what came true is drawn anew, so m* has exactly the distribution of the error under
 * calibration; p is valid for every N, R, number of bins and metric that is larger the worse calibrated.
 * @param outcomes - One row at least.
 * @param metric - Must not depend on the order of the rows, nor keep what it is given.
 * @throws {@link ArgumentError} if outcomes or an option are out of range, or the metric is not defined for some labels.
 * @example
 * const outcomes = { confidence: [0.95, 0.95, 0.85, 0.65], correct: [1, 0, 1, 1] };
 * consistencyTest(outcomes, expectedCalibrationError).value; // 0.35
 * @see Bröcker and Smith 2007, https://doi.org/10.1175/WAF993.1
 * @see Vaicenavicius et al. 2019, §4, https://arxiv.org/abs/1902.06977
 */
export function consistencyTest(
  outcomes: Outcomes,
  metric: (outcomes: Outcomes) => number,
  options: ConsistencyOptions = {},
): ConsistencyTest {
  requireOutcomes(outcomes);
  const { resamples = 1000, seed = 0 } = readOptions(options);
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw new ArgumentError(`resamples must be an integer of at least 1, got ${describe(resamples)}`);
  }
  const { next } = seededRandom(seed);
  // In ascending order, where sorting them again costs least.
  const confidence = Float64Array.from(outcomes.confidence).sort();
  const correct = new Uint8Array(confidence.length);
  const value = requireValue(metric(outcomes));
  const bound = value - tieTolerance * Math.abs(value);
  let reached = 0;
  let sum = 0;
  for (let resample = 0; resample < resamples; resample++) {
    for (let row = 0; row < correct.length; row++) correct[row] = next() < confidence[row] * 2 ** 32 ? 1 : 0;
    const drawn = requireValue(metric({ confidence, correct }));
    sum += drawn;
    if (drawn >= bound) reached++;
  }
  return { value, expected: sum / resamples, p: (1 + reached) / (1 + resamples), resamples, seed };
}

/** Errors closer than this share of the one that is tested tie with it: sums in another order round otherwise. */
const tieTolerance = 1e-9;
