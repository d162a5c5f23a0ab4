import { differenceOf, summaryOf, withHolm } from "./differences.ts";
import {
  type Arm,
  type ArmFigures,
  type ArmSettings,
  type Difference,
  type EpochPoint,
  type MetricName,
  metricNames,
  type Summary,
} from "./results.ts";

/** What is known of one arm when all its trials are judged; lists are in the order of the seeds. */
export interface JudgedArm {
  readonly settings: ArmSettings;
  readonly trials: Arm["trials"];
  readonly metrics: readonly Readonly<Partial<Record<MetricName, number>>>[];
  readonly figures: ArmFigures;
}

/** Scores that temperature scaling of ε = 0 could give as well. */
const rivalScores = {
  nll: "nllAfterTemperature",
  ece: "eceAfterTemperature",
  brier: "brierAfterTemperature",
} as const satisfies Partial<Record<MetricName, MetricName>>;

/**
 * Compares every arm with the base, seed by seed.
 *
 * A difference whose values are not all finite (a temperature of 0 can give an NLL of ∞) has a mean, p and Holm's p of
 * NaN, `null` in JSON, and no interval; it does not count among the comparisons that Holm's correction is for.
 * @param arms - The first one is the base; every one has the same seeds in the same order.
 */
export function judge(arms: readonly JudgedArm[]): readonly Arm[] {
  const [baseline, ...smoothed] = arms;
  if (baseline === undefined) return [];
  const differences = new Map(
    metricNames.map((metric) => [metric, compare(baseline, smoothed, metric, metric)] as const),
  );
  const rivals = Object.entries(rivalScores) as [keyof typeof rivalScores, MetricName][];
  const againstRival = new Map(
    rivals.map(
      ([metric, afterTemperature]) => [metric, compare(baseline, smoothed, metric, afterTemperature)] as const,
    ),
  );
  return arms.map((arm) => {
    const at = smoothed.indexOf(arm);
    return {
      ...arm.settings,
      trials: arm.trials,
      metrics: ofMetrics((metric) => summarized(valuesOf(arm, metric))),
      difference: at < 0 ? null : ofMetrics((metric) => differences.get(metric)?.[at] ?? null),
      againstTemperatureScaling: at < 0 ? null : rivalDifferences(againstRival, at),
      stillImproving: isStillImproving(arm.figures.history),
      figures: arm.figures,
    };
  });
}

/**
 * Whether the validation loss, unsmoothed and averaged over the seeds, was lower after the last epoch than after every
 * one before; `null` where that was not told. One epoch shows nothing that has ended.
 */
export function isStillImproving(histories: readonly (readonly EpochPoint[])[]): boolean | null {
  const losses = histories.map((history) => history.map(({ validationNll }) => validationNll));
  if (losses.length === 0 || losses.flat().includes(null)) return null;
  const epochs = Math.min(...losses.map((series) => series.length));
  const mean = (epoch: number): number => losses.reduce((sum, series) => sum + Number(series[epoch]), 0);
  const last = mean(epochs - 1);
  return Array.from({ length: epochs - 1 }, (_, epoch) => mean(epoch)).every((earlier) => last < earlier);
}

/** One difference per smoothed arm, Holm's correction over them; `null` where the metric is not there. */
function compare(
  baseline: JudgedArm,
  smoothed: readonly JudgedArm[],
  metric: MetricName,
  baselineMetric: MetricName,
): readonly (Difference | null)[] {
  const against = valuesOf(baseline, baselineMetric);
  const plain = smoothed.map((arm) => {
    const values = valuesOf(arm, metric);
    return values === null || against === null ? null : differenceOf(against, values);
  });
  const corrected = [...withHolm(plain.filter((one) => one !== null))];
  return plain.map((one) => one && (corrected.shift() ?? null));
}

function summarized(perSeed: readonly number[] | null): Summary | null {
  return perSeed === null ? null : summaryOf(perSeed);
}

function valuesOf(arm: JudgedArm, metric: MetricName): readonly number[] | null {
  const values = arm.metrics.map((metrics) => metrics[metric]);
  return values.every((value) => value !== undefined) ? values : null;
}

function ofMetrics<Value>(of: (metric: MetricName) => Value | null): Partial<Record<MetricName, Value>> {
  return Object.fromEntries(metricNames.map((metric) => [metric, of(metric)]).filter(([, value]) => value !== null));
}

function rivalDifferences(
  againstRival: ReadonlyMap<keyof typeof rivalScores, readonly (Difference | null)[]>,
  at: number,
): NonNullable<Arm["againstTemperatureScaling"]> {
  const of = (metric: keyof typeof rivalScores): Difference => againstRival.get(metric)?.[at] as Difference;
  return { nll: of("nll"), ece: of("ece"), brier: of("brier") };
}
