import { type ArmName, allNamedByEpsilon, armInWords, isNamedByEpsilon } from "./arm-naming.ts";
import type { Arm, Difference, MetricName } from "./results.ts";
import { baselineOf, type Evidence, isShown } from "./verdict-evidence.ts";
import {
  formatCount,
  formatDifference,
  formatEpsilon,
  formatNumber,
  formatP,
  formatValue,
  metricStyles,
  printedScale,
} from "./verdict-metrics.ts";

/** One step of a metric: two means under it and the difference between them. */
export interface Step {
  readonly arm: ArmName;
  readonly from: number;
  readonly to: number;
  readonly difference: Difference;
}

/**
 * A metric from the base to each arm. `named` says the arm beside each value: needed with several arms, and with one
 * where the sentence speaks of others too.
 *
 *     from 95.73% to 96.88% (+1.14 percentage points, 95% interval +0.78 to +1.51)
 *     from 0.354 to 0.313 nats at ε = 0.05 (−0.041, 95% interval −0.054 to −0.029), 0.297 at 0.1 (−0.057, −0.072 to −0.042)
 *     from 0.354 to 0.313 nats with “cosine” (−0.041, 95% interval −0.054 to −0.029), 0.297 with “step” (−0.057, …)
 *
 * Of more than four arms, the least and the most: `from 95.73% to between 95.80% at ε = 0.02 (…) and 96.88% at 0.2 (…)`.
 */
export function fromBaseline(
  evidence: Evidence,
  metric: MetricName,
  arms: readonly Arm[],
  named: boolean = arms.length > 1,
): string {
  const from = baselineOf(evidence).metrics[metric]?.mean ?? Number.NaN;
  const steps = arms.flatMap((arm) => {
    const [to, difference] = [arm.metrics[metric]?.mean, arm.difference?.[metric]];
    return to === undefined || difference === undefined ? [] : [{ arm, from, to, difference }];
  });
  return stepsInWords(metric, steps, named);
}

/** {@link fromBaseline} for steps that begin elsewhere; all begin at the same value. */
export function stepsInWords(metric: MetricName, steps: readonly Step[], named: boolean = steps.length > 1): string {
  const told = steps.length > mostListed ? leastAndMost(steps) : steps;
  const range = told.length < steps.length;
  const decimals = Math.max(...told.map(({ difference }) => differenceDecimals(metric, difference)));
  const byEpsilon = allNamedByEpsilon(told.map(({ arm }) => arm));
  const texts = told.map(({ arm, from, to, difference }, i) => {
    const first = i === 0;
    const nats = first && metricStyles[metric].unit === "nats" ? " nats" : "";
    const start = first ? `from ${formatValue(metric, from, decimals)} to ${range ? "between " : ""}` : "";
    const where = named ? ` ${byEpsilon && !first ? `at ${formatEpsilon(arm.epsilon)}` : at(arm)}` : "";
    return `${start}${formatValue(metric, to, decimals)}${nats}${where} (${differenceInWords(metric, difference, decimals, first)})`;
  });
  return texts.join(range ? " and " : ", ");
}

/** The two steps that end lowest and highest; those that end nowhere are neither. */
function leastAndMost(steps: readonly Step[]): readonly Step[] {
  const finite = steps.filter(({ to }) => Number.isFinite(to)).sort((a, b) => a.to - b.to);
  return [finite[0], finite.at(-1)].filter((step) => step !== undefined);
}

/** `at ε = 0.1`, `with “cosine schedule”`. */
export function at(arm: ArmName): string {
  return `${isNamedByEpsilon(arm) ? "at" : "with"} ${armInWords(arm)}`;
}

/** More names or values than this are not listed one by one. */
const mostListed = 4;

/** `ε = 0.1`, `ε = 0.05, 0.1 and 0.2`, `“a” and “b”`, `“a”, “b” and 5 others`. */
export function namedArms(arms: readonly ArmName[]): string {
  if (allNamedByEpsilon(arms)) return `ε = ${inWords(arms.map(({ epsilon }) => formatEpsilon(epsilon)))}`;
  return listed(arms.map(armInWords));
}

/** {@link inWords} of a few; from the fifth on `a, b and 3 others`. */
export function listed(items: readonly string[]): string {
  return inWords(items.length > mostListed ? [...items.slice(0, 2), `${items.length - 2} others`] : items);
}

/** Every number of a few, `0.4, 0.5 and 0.7`; of more the least and the most, `0.4 to 0.7`. */
export function numbersInWords(values: readonly number[], decimals: number): string {
  const texts = (values.length > mostListed ? [Math.min(...values), Math.max(...values)] : values).map((value) =>
    formatNumber(value, decimals),
  );
  return values.length > mostListed ? texts.join(" to ") : inWords(texts);
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/**
 * `+1.14 percentage points, 95% interval +0.78 to +1.51`; unit and name of the interval only when `first`.
 *
 * Where the interval excludes zero and Holm's p does not agree, p is added, or the reader would see a difference that
 * is said not to be shown.
 */
function differenceInWords(metric: MetricName, difference: Difference, decimals: number, first: boolean): string {
  if (!Number.isFinite(difference.mean)) return "no finite difference";
  const signed = (value: number): string => formatDifference(metric, value, decimals);
  const points = first && metricStyles[metric].unit === "share" ? " percentage points" : "";
  const { mean, low, high } = difference;
  const interval =
    low === null || high === null ? "" : `, ${first ? "95% interval " : ""}${signed(low)} to ${signed(high)}`;
  const apart = low !== null && high !== null && (low > 0 || high < 0) && !isShown(difference);
  return `${signed(mean)}${points}${interval}${apart ? `, Holm p ${formatP(difference.pHolm)}` : ""}`;
}

/** {@link sentenceDecimals} for the larger of a difference and half its interval. */
export function differenceDecimals(metric: MetricName, { mean, low, high }: Difference): number {
  return sentenceDecimals(metric, Math.max(Math.abs(mean), low === null || high === null ? 0 : (high - low) / 2));
}

/** The metric's decimals in sentences, up to three more when `value` needs them for two significant digits. */
export function sentenceDecimals(metric: MetricName, value: number): number {
  const least = metricStyles[metric].decimals.sentence;
  const printed = Math.abs(value) * printedScale(metric);
  if (!(printed > 0 && Number.isFinite(printed))) return least;
  return Math.min(least + 3, Math.max(least, 1 - Math.floor(Math.log10(printed))));
}

/** `1 seed`, `6 seeds`, `10,000 rows`, `10 classes`. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
