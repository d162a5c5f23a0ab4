import type { Arm, Difference, MetricName } from "./results.ts";
import { baselineOf, type Evidence, isShown } from "./verdict-evidence.ts";
import {
  formatCount,
  formatDifference,
  formatEpsilon,
  formatP,
  formatValue,
  metricStyles,
  printedScale,
} from "./verdict-metrics.ts";

/** One step of a metric: two means under it and the difference between them. */
export interface Step {
  readonly epsilon: number;
  readonly from: number;
  readonly to: number;
  readonly difference: Difference;
}

/**
 * A metric from ε = 0 to each arm. `named` says ε beside each value: needed with several arms, and with one where the
 * sentence speaks of others too.
 *
 *     from 95.73% to 96.88% (+1.14 percentage points, 95% interval +0.78 to +1.51)
 *     from 0.354 to 0.313 nats at ε = 0.05 (−0.041, 95% interval −0.054 to −0.029), 0.297 at 0.1 (−0.057, −0.072 to −0.042)
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
    return to === undefined || difference === undefined ? [] : [{ epsilon: arm.epsilon, from, to, difference }];
  });
  return stepsInWords(metric, steps, named);
}

/** {@link fromBaseline} for steps that begin elsewhere; all begin at the same value. */
export function stepsInWords(metric: MetricName, steps: readonly Step[], named: boolean = steps.length > 1): string {
  const decimals = Math.max(...steps.map(({ difference }) => differenceDecimals(metric, difference)));
  const texts = steps.map(({ epsilon, from, to, difference }, i) => {
    const first = i === 0;
    const nats = first && metricStyles[metric].unit === "nats" ? " nats" : "";
    const start = first ? `from ${formatValue(metric, from, decimals)} to ` : "";
    const where = !named ? "" : ` at ${first ? "ε = " : ""}${formatEpsilon(epsilon)}`;
    return `${start}${formatValue(metric, to, decimals)}${nats}${where} (${differenceInWords(metric, difference, decimals, first)})`;
  });
  return texts.join(", ");
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

/** `ε = 0.1`, `ε = 0.05 and 0.1`, `ε = 0.05, 0.1 and 0.2`. */
export function namedArms(arms: readonly Arm[]): string {
  return `ε = ${inWords(arms.map(({ epsilon }) => formatEpsilon(epsilon)))}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** `1 seed`, `6 seeds`, `10,000 rows`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
