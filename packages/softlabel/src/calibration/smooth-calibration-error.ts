import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { relplotSmoothError } from "./relplot-grid.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/**
 * Smooth calibration error: a calibration error without bins, whose smoothing width the data choose.
 *
 *     smECE_σ = ∫₀¹ |1/N · Σᵢ (confidenceᵢ − correctᵢ) · K_σ(t, confidenceᵢ)| dt        smECE = the σ with smECE_σ = σ
 *
 * K_σ is the Gaussian of width σ reflected at 0 and 1. Moving a confidence a little moves it a little, unlike the binned
 * error. At least |overconfidence|. Accurate to about 1e-6; a value below 2⁻¹⁰ is smECE_σ at that width, which the
 * root is at least.
 * @param outcomes - One row at least.
 * @param options.grid - `"exact"` (default): the integral; `"relplot"`: the value of Apple's relplot, which sums on a grid
 *   and counts mass at 0 and 1 half.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * smoothCalibrationError({ confidence: [0.9, 0.9, 0.6], correct: [1, 0, 0] }); // 0.4666666
 * @see Błasiok and Nakkiran 2023, §3, https://arxiv.org/abs/2309.12236
 */
export function smoothCalibrationError(
  outcomes: Outcomes,
  options: { readonly grid?: "exact" | "relplot" } = {},
): number {
  const { grid = "exact" } = readOptions(options);
  requireOutcomes(outcomes);
  const levels = confidenceLevels(outcomes);
  if (grid === "relplot") return relplotSmoothError(levels);
  if (grid !== "exact") throw new ArgumentError(`grid must be "exact" or "relplot", got ${describe(grid)}`);
  return smoothErrorOfLevels(levels);
}

/** The exact {@link smoothCalibrationError} of the rows of these levels. */
export function smoothErrorOfLevels(levels: ConfidenceLevels): number {
  // smECE_σ falls as σ grows, so the root lies where smECE_σ − σ turns from above 0 to below.
  const floor = Math.max(narrowest, Math.abs(meanResidual(levels)));
  let high = 1;
  let low = Math.max(floor, 1 / 16);
  let modes = residualModes(levels, low);
  for (let error = smoothedError(modes, low); error <= low; error = smoothedError(modes, low)) {
    if (low === floor) return error;
    high = low;
    low = Math.max(floor, low / 2);
    modes = residualModes(levels, low);
  }
  return rootBetween(low, high, (width) => smoothedError(modes, width) - width);
}

/**
 * The root of a function that falls from above 0 at `low` to below 0 at `high`, to 1e-8: false position, where the end
 * that stays for a second time counts half (Illinois).
 */
function rootBetween(low: number, high: number, of: (width: number) => number): number {
  let [atLow, atHigh] = [of(low), of(high)];
  let kept = 0;
  let last = high;
  while (high - low > 1e-8) {
    const width = low + ((high - low) * atLow) / (atLow - atHigh);
    const value = of(width);
    if (Math.abs(value) <= 1e-10 || Math.abs(width - last) <= 1e-9) return width;
    last = width;
    if (value > 0) {
      if (kept === 1) atHigh /= 2;
      [low, atLow, kept] = [width, value, 1];
    } else {
      if (kept === -1) atLow /= 2;
      [high, atHigh, kept] = [width, value, -1];
    }
  }
  return high;
}

const narrowest = 2 ** -10;

/** Overconfidence, below whose size smECE_σ is at no width. */
function meanResidual({ rows, length, confidence, right, wrong }: ConfidenceLevels): number {
  let sum = 0;
  for (let level = 0; level < length; level++) sum += (right[level] + wrong[level]) * confidence[level] - right[level];
  return sum / rows;
}

/**
 * Cosine series of the residuals, to the last mode that a Gaussian of this width leaves visible in float64:
 *
 *     mode(k) = 1/N · Σᵢ (confidenceᵢ − correctᵢ) · cos(kπ·confidenceᵢ)
 *
 * Reflection at both ends makes K_σ the heat kernel of an insulated rod, which these cosines diagonalise:
 * K_σ(t, x) = 1 + 2·Σₖ exp(−(kπσ)²/2)·cos(kπt)·cos(kπx). One series serves every larger width.
 */
function residualModes({ rows, length, confidence, right, wrong }: ConfidenceLevels, width: number): Float64Array {
  const count = visibleModes(width);
  const modes = new Float64Array(count);
  for (let level = 0; level < length; level++) {
    const tied = right[level] + wrong[level];
    const residual = tied * confidence[level] - right[level];
    const x = Math.cos(Math.PI * confidence[level]);
    const twice = 2 * Math.cos(2 * Math.PI * confidence[level]);
    // Chebyshev's recurrence over even and over odd k: cos((k + 2)θ) = 2·cos 2θ·cos kθ − cos((k − 2)θ).
    let even = 1;
    let odd = x;
    let evenBefore = twice / 2;
    let oddBefore = x;
    for (let k = 0; k < count; k += 2) {
      modes[k] += residual * even;
      modes[k + 1] += residual * odd;
      const evenAfter = twice * even - evenBefore;
      const oddAfter = twice * odd - oddBefore;
      evenBefore = even;
      oddBefore = odd;
      even = evenAfter;
      odd = oddAfter;
    }
  }
  return modes.map((sum) => sum / rows);
}

/** An even number, so that even and odd modes come in pairs. */
function visibleModes(width: number): number {
  return 2 * Math.ceil((Math.sqrt(-2 * Math.log(Number.EPSILON)) / (Math.PI * width) + 1) / 2);
}

/**
 * smECE_σ by the trapezoid rule, which is exact for these cosines but for the kinks of | |.
 *
 * t and 1 − t are read together: there the even cosines are the same and the odd ones have opposite signs.
 */
function smoothedError(modes: Float64Array, width: number): number {
  const visible = modes.subarray(0, visibleModes(width));
  const smoothed = visible.map((mode, k) => (k === 0 ? 1 : 2) * mode * Math.exp(-((k * Math.PI * width) ** 2) / 2));
  const half = Math.max(512, Math.ceil(4 / width));
  let sum = 0;
  for (let cell = 0; cell <= half; cell++) {
    const angle = (Math.PI * cell) / (2 * half);
    const twice = 2 * Math.cos(2 * angle);
    // Clenshaw's sums of smoothed[k]·cos(kπt) over even and over odd k, from the last mode down.
    let even = 0;
    let odd = 0;
    let evenAbove = 0;
    let oddAbove = 0;
    for (let k = smoothed.length - 2; k >= 2; k -= 2) {
      const evenBelow = twice * even - evenAbove + smoothed[k];
      const oddBelow = twice * odd - oddAbove + smoothed[k + 1];
      evenAbove = even;
      oddAbove = odd;
      even = evenBelow;
      odd = oddBelow;
    }
    const same = (twice / 2) * even - evenAbove + smoothed[0];
    const opposite = Math.cos(angle) * (twice * odd - oddAbove + smoothed[1] - odd);
    const pair = Math.abs(same + opposite) + Math.abs(same - opposite);
    sum += cell === 0 || cell === half ? pair / 2 : pair;
  }
  return sum / (2 * half);
}
