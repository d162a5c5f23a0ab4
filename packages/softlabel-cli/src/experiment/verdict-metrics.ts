import type { MetricName } from "./results.ts";

/** How one metric is named, read and printed: the same in the verdict, the terminal and the report. */
export interface MetricStyle {
  readonly label: string;
  /** What it measures, in a few words. */
  readonly meaning: string;
  /** Which way is good; `neither` where zero or one is. */
  readonly better: "higher" | "lower" | "neither";
  /** Shares are printed in per cent and their differences in percentage points. */
  readonly unit: "share" | "nats" | "number";
  /** Decimals in tables and in sentences, in the printed unit. */
  readonly decimals: { readonly table: number; readonly sentence: number };
}

export const metricStyles: Readonly<Record<MetricName, MetricStyle>> = {
  accuracy: {
    label: "Accuracy",
    meaning: "share of test rows whose largest probability is on the label",
    better: "higher",
    unit: "share",
    decimals: { table: 2, sentence: 2 },
  },
  top5: {
    label: "Top-5 accuracy",
    meaning: "share of test rows whose label is among the five largest",
    better: "higher",
    unit: "share",
    decimals: { table: 2, sentence: 2 },
  },
  nll: {
    label: "NLL",
    meaning: "negative log-likelihood of the hard labels",
    better: "lower",
    unit: "nats",
    decimals: { table: 4, sentence: 3 },
  },
  nllAfterTemperature: {
    label: "NLL, temperature-scaled",
    meaning: "the same after one temperature fitted on validation rows",
    better: "lower",
    unit: "nats",
    decimals: { table: 4, sentence: 3 },
  },
  brier: {
    label: "Brier score",
    meaning: "squared distance between probabilities and label, summed over classes",
    better: "lower",
    unit: "number",
    decimals: { table: 4, sentence: 3 },
  },
  brierAfterTemperature: {
    label: "Brier score, temperature-scaled",
    meaning: "the same after one temperature fitted on validation rows",
    better: "lower",
    unit: "number",
    decimals: { table: 4, sentence: 3 },
  },
  ece: {
    label: "ECE",
    meaning: "expected calibration error: mean gap between confidence and accuracy, bin by bin",
    better: "lower",
    unit: "share",
    decimals: { table: 2, sentence: 1 },
  },
  eceAfterTemperature: {
    label: "ECE, temperature-scaled",
    meaning: "the same after one temperature fitted on validation rows",
    better: "lower",
    unit: "share",
    decimals: { table: 2, sentence: 1 },
  },
  overconfidence: {
    label: "Confidence − accuracy",
    meaning: "mean confidence less accuracy: above zero over-confident, below zero under-confident",
    better: "neither",
    unit: "share",
    decimals: { table: 2, sentence: 1 },
  },
  aurc: {
    label: "AURC",
    meaning: "area under the risk–coverage curve: error rate averaged over how many rows are answered",
    better: "lower",
    unit: "number",
    decimals: { table: 5, sentence: 4 },
  },
  temperature: {
    label: "Temperature T",
    meaning: "fitted on validation rows: above one over-confident, below one under-confident",
    better: "neither",
    unit: "number",
    decimals: { table: 3, sentence: 2 },
  },
};

/** `+0.012` of a share is `+1.20`: what to multiply by before printing. */
export function printedScale(metric: MetricName): number {
  return metricStyles[metric].unit === "share" ? 100 : 1;
}

/** A metric's value with its unit where the unit is a sign: `96.75%`, `0.222`. */
export function formatValue(metric: MetricName, value: number, decimals: number): string {
  const text = formatNumber(inUnit(metric, value), decimals);
  return metricStyles[metric].unit === "share" && Number.isFinite(value) ? `${text}%` : text;
}

/** A difference or a bound of its interval, signed, in points where the value is a share: `+1.18`, `−0.039`. */
export function formatDifference(metric: MetricName, value: number, decimals: number): string {
  return formatSigned(inUnit(metric, value), decimals);
}

/** JSON holds what is not finite as `null`, which a multiplication would turn into 0. */
function inUnit(metric: MetricName, value: number): number {
  return value === null ? Number.NaN : value * printedScale(metric);
}

/**
 * Fixed decimals with a true minus sign, no negative zero, and a dash for what is not a finite number; from a million
 * on, `1.20e17`, because no digit but the first few of such a number says anything.
 */
export function formatNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value === Infinity ? "∞" : value === -Infinity ? "−∞" : "–";
  const text = Math.abs(value) < 1e6 ? value.toFixed(decimals) : value.toExponential(2).replace("e+", "e");
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** {@link formatNumber} with a plus sign before what is above zero after rounding. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return Number.isFinite(value) && Number(value.toFixed(decimals)) > 0 ? `+${text}` : text;
}

/** A p value with two significant digits, three decimals at most: `0.031`, `0.45`, `<0.001`, `1`. */
export function formatP(p: number): string {
  if (!Number.isFinite(p)) return "–";
  if (p < 0.001) return "<0.001";
  if (p >= 0.995) return "1";
  return p < 0.1 ? p.toFixed(3) : p.toFixed(2);
}

/** ε as its user types it: `0.1`, never `0.10` or `1e-1`. */
export function formatEpsilon(epsilon: number): string {
  return String(epsilon);
}

/** `61706` → `61,706`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
