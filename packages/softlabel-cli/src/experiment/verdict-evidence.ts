import type { Arm, Difference, MetricName, Results } from "./results.ts";
import { metricStyles } from "./verdict-metrics.ts";

/** The numbers that a verdict is given on. */
export type Evidence = Omit<Results, "verdict">;

/** As much of an arm as can be judged. */
export type ComparedArm = Pick<Arm, "name" | "epsilon" | "metrics" | "difference">;

/** What a difference shows: `changed` where a metric has no good direction, `unclear` where nothing is shown. */
export type Judgement = "better" | "worse" | "changed" | "unclear";

/** The level of every test in a report. */
const significanceLevel = 0.05;

/**
 * Whether a difference is shown: Holm's p is below 0.05 *and* the 95 % interval excludes zero.
 *
 * The sign-flip test assumes only symmetry, the t interval gives the size; with few seeds one of them can
 * be fooled alone. A difference from one seed is never shown.
 */
export function isShown(difference: Difference): boolean {
  const { low, high, pHolm } = difference;
  return low !== null && high !== null && pHolm < significanceLevel && (low > 0 || high < 0);
}

/** Reads a difference under its metric's good direction; unclear when it is not {@link isShown} or not there. */
export function judge(metric: MetricName, difference: Difference | undefined): Judgement {
  if (difference === undefined || !isShown(difference)) return "unclear";
  const { better } = metricStyles[metric];
  if (better === "neither") return "changed";
  return difference.mean > 0 === (better === "higher") ? "better" : "worse";
}

/** {@link judge} of an arm against the base; after temperature scaling unclear unless every seed of both has a temperature. */
export function judgeArm(metric: MetricName, arm: ComparedArm, baseline: ComparedArm): Judgement {
  const scaled = metric.endsWith("AfterTemperature");
  if (scaled && !(temperatureFitted(arm) && temperatureFitted(baseline))) return "unclear";
  return judge(metric, arm.difference?.[metric]);
}

/** The arm that the others are compared with. */
export function baselineOf<Compared extends Pick<Arm, "difference">>({
  arms,
}: {
  readonly arms: readonly Compared[];
}): Compared {
  const arm = arms.find(({ difference }) => difference === null);
  if (arm === undefined) throw new RangeError("arms must contain the base, got none");
  return arm;
}

/** Every arm but the base. */
export function smoothedArms<Compared extends Pick<Arm, "difference">>({
  arms,
}: {
  readonly arms: readonly Compared[];
}): readonly Compared[] {
  return arms.filter(({ difference }) => difference !== null);
}

/** Seeds of every arm. */
export function seedCount(evidence: Evidence): number {
  return evidence.experiment.seeds.length;
}

/**
 * The least p that Holm's correction can leave the clearest of `comparisons` exact two-sided sign-flip tests:
 *
 *     comparisons · 2 / 2ⁿ, 1 at most
 *
 * All n differences of one sign give 2/2ⁿ, and Holm multiplies the least p by the number of comparisons.
 */
export function leastHolmP(seeds: number, comparisons: number): number {
  return Math.min(1, (comparisons * 2) / 2 ** seeds);
}

/** The fewest seeds whose {@link leastHolmP} is below 0.05. */
export function fewestSeeds(comparisons: number): number {
  let seeds = 1;
  while (leastHolmP(seeds, comparisons) >= significanceLevel) seeds++;
  return seeds;
}

/** Whether any difference at all could be shown by this experiment. */
export function seedsSuffice(evidence: Evidence): boolean {
  return leastHolmP(seedCount(evidence), smoothedArms(evidence).length) < significanceLevel;
}

/** What the verdict weighs; the table shows the rest. */
const weighed: readonly MetricName[] = ["accuracy", "nll", "brier", "ece", "nllAfterTemperature", "aurc"];

/** Whether anything that the verdict weighs is shown on any arm. */
export function anythingShown(evidence: Evidence): boolean {
  const baseline = baselineOf(evidence);
  return smoothedArms(evidence).some((arm) => weighed.some((metric) => judgeArm(metric, arm, baseline) !== "unclear"));
}

/** Smoothed arms whose difference under a metric is judged so; an arm without a finite difference is none of these. */
export function judgedArms(evidence: Evidence, metric: MetricName, judgement: Judgement): readonly Arm[] {
  return smoothedArms(evidence).filter((arm) => {
    const difference = arm.difference?.[metric];
    return difference !== undefined && Number.isFinite(difference.mean) && judge(metric, difference) === judgement;
  });
}

/** Whether every seed of an arm has a temperature that is a finite number above zero. */
export function temperatureFitted(arm: Pick<Arm, "metrics">): boolean {
  const fitted = arm.metrics.temperature?.perSeed ?? [];
  return fitted.length > 0 && fitted.every((t) => Number.isFinite(t) && t > 0);
}
