import { formatNumber } from "../experiment/verdict-metrics.ts";
import type { EvaluatedArm, EvaluationResults, MeasuredValue } from "./evaluation.ts";
import { intervalName } from "./verdict-words.ts";

const shown = {
  accuracy: "Accuracy",
  top5: "Top-5 accuracy",
  nll: "NLL (nats)",
  brier: "Brier score",
  ece: "ECE",
  smoothEce: "Smooth ECE",
  overconfidence: "Confidence − accuracy",
  aurc: "AURC",
  auroc: "AUROC",
} as const;

/** The main metrics with intervals, a column for each file and each recalibrator. */
export function terminalTable({ arms, options }: EvaluationResults): string {
  const columns = arms.flatMap((arm) => columnsOf(arm, arms.length > 1));
  const metrics = Object.entries(shown).filter(([metric]) => columns.some(({ metrics }) => metric in metrics));
  const interval = options.resamples === 0 ? "" : intervalName(options);
  const rows = [
    [interval, ...columns.map(({ title }) => title)],
    ...metrics.map(([metric, label]) => [label, ...columns.map(({ metrics }) => cell(metrics[metric]))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}

interface Column {
  readonly title: string;
  readonly metrics: Readonly<Record<string, MeasuredValue>>;
}

function columnsOf({ name, metrics, recalibrated }: EvaluatedArm, isNamed: boolean): readonly Column[] {
  const whose = isNamed ? `${name}, ` : "";
  const after = Object.entries(recalibrated).map(([method, { metrics }]) => ({
    title: `${whose}after ${method}`,
    metrics,
  }));
  return [{ title: isNamed ? name : "as it is", metrics }, ...after];
}

function cell(measured: MeasuredValue | undefined): string {
  if (measured === undefined) return "";
  const { value, low, high } = measured;
  const text = formatNumber(value ?? Number.NaN, 4);
  return low === null || high === null ? text : `${text} [${formatNumber(low, 4)}, ${formatNumber(high, 4)}]`;
}
