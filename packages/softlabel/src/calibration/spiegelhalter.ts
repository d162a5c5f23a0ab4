import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { normalCdf } from "../statistics/normal.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** A test of the hypothesis that the confidences are calibrated. */
export interface SpiegelhalterTest {
  /** Standard normal for many calibrated rows. */
  readonly z: number;
  readonly p: number;
}

/**
 * Spiegelhalter's Z test: whether the Brier score is what it would be if the confidences were calibrated.
 *
 *     z = Σ (yᵢ − cᵢ)(1 − 2cᵢ) / √Σ (1 − 2cᵢ)² cᵢ(1 − cᵢ)        c the confidence, y whether it came true
 *
 * Above 0 the Brier score is larger than calibration would make it: confidences above ½ come true too seldom. It does
 * not see errors that leave the Brier score as expected; {@link kuiperCalibration} sees those. A confidence of 0, ½ or
 * 1 adds nothing to the variance: where there is no other, z is 0 if the numerator is, otherwise ±∞.
 * @param outcomes - One row at least.
 * @param options.alternative - `"two-sided"` (default): p = 2·Φ(−|z|); `"greater"`: p = Φ(−z), as MAPIE has it.
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * spiegelhalterTest({ confidence: [0.9, 0.8, 0.6, 0.3], correct: [1, 0, 0, 1] }).z; // 2.01007563
 * @see Spiegelhalter 1986, https://doi.org/10.1002/sim.4780050506
 */
export function spiegelhalterTest(
  outcomes: Outcomes,
  options: { readonly alternative?: "two-sided" | "greater" } = {},
): SpiegelhalterTest {
  const { alternative = "two-sided" } = readOptions(options);
  requireOutcomes(outcomes);
  if (alternative !== "two-sided" && alternative !== "greater") {
    throw new ArgumentError(`alternative must be "two-sided" or "greater", got ${describe(alternative)}`);
  }
  const { confidence, correct } = outcomes;
  let excess = 0;
  let variance = 0;
  for (let row = 0; row < confidence.length; row++) {
    const c = confidence[row];
    excess += (correct[row] - c) * (1 - 2 * c);
    variance += (1 - 2 * c) ** 2 * c * (1 - c);
  }
  const z = excess === 0 ? 0 : excess / Math.sqrt(variance);
  return { z, p: alternative === "greater" ? normalCdf(-z) : 2 * normalCdf(-Math.abs(z)) };
}
