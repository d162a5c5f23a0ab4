import { holm, pairedDifference, signFlipTest, summarize } from "softlabel/statistics";
import type { Difference, Summary } from "./results.ts";

/** A difference before Holm's correction. */
export type PlainDifference = Omit<Difference, "pHolm">;

/** Mean and spread over seeds; where a value is not finite the mean is not either, and there is no spread. */
export function summaryOf(perSeed: readonly number[]): Summary {
  if (!perSeed.every(Number.isFinite)) {
    return { mean: perSeed.reduce((sum, value) => sum + value, 0) / perSeed.length, sd: null, perSeed };
  }
  const { mean, sd } = summarize(perSeed);
  return { mean, sd, perSeed };
}

/**
 * treatment − baseline, seed by seed: mean, t interval, exact sign-flip p.
 *
 * Where a value is not finite, mean and p are NaN and there is no interval.
 */
export function differenceOf(baseline: readonly number[], treatment: readonly number[]): PlainDifference {
  if (![...baseline, ...treatment].every(Number.isFinite)) {
    const perSeed = treatment.map((value, i) => value - baseline[i]);
    return { mean: Number.NaN, low: null, high: null, p: Number.NaN, perSeed };
  }
  const { mean, low, high, differences } = pairedDifference({ baseline, treatment });
  return { mean, low, high, p: signFlipTest(differences).p, perSeed: differences };
}

/** Holm's correction over all of them; one whose p is NaN is not among the comparisons that it is for. */
export function withHolm(plain: readonly PlainDifference[]): readonly Difference[] {
  const tested = plain.filter(({ p }) => !Number.isNaN(p));
  const corrected = holm(tested.map(({ p }) => p));
  return plain.map((one) => ({ ...one, pHolm: corrected[tested.indexOf(one)] ?? Number.NaN }));
}
