import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { requireFiniteValues } from "./finite-values.ts";
import { readOptions } from "./read-options.ts";
import { studentTQuantile } from "./student-t.ts";
import { summarize } from "./summarize.ts";

/** Two treatments of the same units, in the same order: the metric of each seed without and with smoothing. */
export interface Pairs {
  readonly baseline: ArrayLike<number>;
  readonly treatment: ArrayLike<number>;
}

/** What the treatment changed, pair by pair and on average. */
export interface PairedDifference {
  /** treatment − baseline, one per pair. */
  readonly differences: readonly number[];
  readonly mean: number;
  /** Sample standard deviation of the differences; `null` with one pair. */
  readonly sd: number | null;
  /** Ends of the t interval of the mean; `null` with one pair, which bounds nothing. */
  readonly low: number | null;
  readonly high: number | null;
  /** mean / (sd / √n), with n − 1 degrees of freedom; `null` with one pair or when all differences are equal. */
  readonly t: number | null;
}

/**
 * Mean difference of pairs and its Student t interval.
 *
 *     dᵢ = treatmentᵢ − baselineᵢ,        mean ± t((1 + level)/2, n − 1) · sd/√n
 *
 * What the pairs share (the seed, the split) leaves the difference, so its interval is narrower than two separate ones
 * would suggest. It assumes differences that are about normal; {@link signFlipTest} does not.
 * @param pairs - As many in each list, one pair at least; finite.
 * @param options.level - Confidence of the interval, in (0, 1); 0.95 by default.
 * @throws {@link ArgumentError} if the lists do not match, a value is not finite, or the level is out of range.
 * @example
 * const change = pairedDifference({ baseline: [0.95, 0.96, 0.94], treatment: [0.97, 0.97, 0.96] });
 * change.mean; // 0.01666666
 * change.low; // 0.00232449
 */
export function pairedDifference(pairs: Pairs, options: { readonly level?: number } = {}): PairedDifference {
  const { baseline, treatment } = pairs;
  const { level = 0.95 } = readOptions(options);
  requireFiniteValues("baseline", baseline);
  requireFiniteValues("treatment", treatment);
  if (treatment.length !== baseline.length) {
    throw new ArgumentError(`treatment must be ${baseline.length}, one per baseline value, got ${treatment.length}`);
  }
  if (!(typeof level === "number" && level > 0 && level < 1))
    throw new ArgumentError(`level must be in (0, 1), got ${describe(level)}`);

  const differences = Array.from(treatment, (value, i) => value - baseline[i]);
  const { count, mean, sd } = summarize(differences);
  if (sd === null) return { differences, mean, sd, low: null, high: null, t: null };
  const standardError = sd / Math.sqrt(count);
  const margin = studentTQuantile((1 + level) / 2, count - 1) * standardError;
  return { differences, mean, sd, low: mean - margin, high: mean + margin, t: sd > 0 ? mean / standardError : null };
}
