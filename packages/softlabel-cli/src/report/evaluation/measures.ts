import type { MetricName } from "softlabel/calibration";
import type { MeasuredValue } from "../../evaluation/evaluation.ts";
import { formatNumber, formatSigned } from "../../experiment/verdict-metrics.ts";

/** The question that a metric helps to answer: the table's sections, in their order. */
export const questions = ["Is it right?", "Is it calibrated?", "Does it know when it is wrong?"] as const;

/** How one metric is named, read and printed in the report of an evaluation. */
export interface MeasureStyle {
  readonly label: string;
  /** What it measures, in a few words; its convention is beside it in the table. */
  readonly meaning: string;
  readonly question: (typeof questions)[number];
  readonly better: "higher" | "lower" | "neither";
  /** Shares are printed in per cent and their differences in percentage points. */
  readonly unit: "share" | "nats" | "number";
  readonly decimals: number;
}

/** What decides how a number is printed. */
export type NumberStyle = Pick<MeasureStyle, "unit" | "decimals">;

type Row = readonly [
  label: string,
  meaning: string,
  better: MeasureStyle["better"],
  unit: MeasureStyle["unit"],
  decimals: number,
];

const [right, calibrated, knowing] = questions;

const rows: Readonly<Record<(typeof questions)[number], Partial<Record<MetricName, Row>>>> = {
  [right]: {
    accuracy: ["Accuracy", "share of rows whose largest probability is on the label", "higher", "share", 2],
    top5: ["Top-5 accuracy", "share of rows whose label is among the five largest", "higher", "share", 2],
    nll: ["NLL", "negative log-likelihood of the labels", "lower", "nats", 4],
    brier: ["Brier score", "squared distance between probabilities and label", "lower", "number", 4],
  },
  [calibrated]: {
    overconfidence: [
      "Confidence − accuracy",
      "above zero over-confident, below zero under-confident",
      "neither",
      "share",
      2,
    ],
    ece: ["ECE", "expected calibration error: mean gap between confidence and accuracy", "lower", "share", 2],
    smoothEce: ["Smooth ECE", "the same without bins", "lower", "share", 2],
    debiasedCe: ["Debiased ECE", "root mean square gap, less what chance adds", "lower", "share", 2],
    rmsCe: ["RMS calibration error", "root mean square gap", "lower", "share", 2],
    adaptiveEce: ["Adaptive ECE", "over bins of equally many rows", "lower", "share", 2],
    classwiseEce: ["Classwise ECE", "of every class’s probability, mean over classes", "lower", "share", 2],
    mce: ["MCE", "the largest gap of any bin, however few its rows", "lower", "share", 2],
    ks: ["Kolmogorov–Smirnov error", "largest cumulative gap", "lower", "share", 2],
    kuiper: ["Kuiper error", "range of the cumulative gap", "lower", "share", 2],
    spiegelhalterZ: [
      "Spiegelhalter’s Z",
      "zero in the mean if calibrated, with a spread of one",
      "neither",
      "number",
      2,
    ],
  },
  [knowing]: {
    auroc: ["AUROC", "chance that a right row is surer than a wrong one", "higher", "number", 4],
    aurc: ["AURC", "error rate averaged over how many rows are answered", "lower", "number", 5],
    augrc: ["AUGRC", "errors answered, averaged over how many rows are answered", "lower", "number", 5],
    fpr95: ["FPR95", "wrong rows accepted where 95% of the right ones are", "lower", "share", 2],
    riskAt80Coverage: ["Risk at 80% coverage", "error rate among the surest four fifths", "lower", "share", 2],
    coverageAt5Risk: [
      "Coverage at 5% risk",
      "rows that can be answered with an error rate of 5%",
      "higher",
      "share",
      2,
    ],
  },
};

/** Every metric that has a style, in the table's order. */
export const measureStyles: ReadonlyMap<string, MeasureStyle> = new Map(
  questions.flatMap((question) =>
    Object.entries(rows[question]).map(
      ([name, [label, meaning, better, unit, decimals]]): readonly [string, MeasureStyle] => [
        name,
        { label, meaning, question, better, unit, decimals },
      ],
    ),
  ),
);

/** A value in the metric's unit with a sign for per cent: `10.79%`, `1.3905`; a dash where there is none. */
export function formatMeasure({ unit, decimals }: NumberStyle, value: number | null | undefined): string {
  const text = formatBare({ unit, decimals }, value);
  return unit === "share" && text !== "–" ? `${text}%` : text;
}

/** The same without the sign, for columns whose head names the unit. */
export function formatBare({ unit, decimals }: NumberStyle, value: number | null | undefined): string {
  return formatNumber(scaled(unit, value), decimals);
}

/** A difference in the metric's unit, signed; of shares in percentage points. */
export function formatMeasureDifference({ unit, decimals }: NumberStyle, value: number | null | undefined): string {
  return formatSigned(scaled(unit, value), decimals);
}

/** `low to high` in the metric's unit, without a sign; a dash without both ends. */
export function formatInterval(style: NumberStyle, { low, high }: Pick<MeasuredValue, "low" | "high">): string | null {
  if (!(isNumber(low) && isNumber(high))) return null;
  return `${formatBare(style, low)} to ${formatBare(style, high)}`;
}

/** Whether there is a number: JSON has `null` for NaN and ±∞. */
export function isNumber(value: unknown): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}

function scaled(unit: MeasureStyle["unit"], value: number | null | undefined): number {
  return isNumber(value) ? value * (unit === "share" ? 100 : 1) : Number.NaN;
}
