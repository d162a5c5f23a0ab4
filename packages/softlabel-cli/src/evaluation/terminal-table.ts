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

/**
 * The main metrics with intervals, a column for each file and each recalibrator.
 *
 * @param width - characters that a line may have; columns beyond stand below, at least one in each table.
 */
export function terminalTable({ arms, options }: EvaluationResults, width: number = Infinity): string {
  const columns = arms.flatMap((arm) => columnsOf(arm, arms.length > 1));
  const metrics = Object.entries(shown).filter(([metric]) => columns.some(({ metrics }) => metric in metrics));
  const interval = options.resamples === 0 ? "" : intervalName(options);
  const rows = [
    [interval, ...columns.map(({ title }) => title)],
    ...metrics.map(([metric, label]) => [label, ...columns.map(({ metrics }) => cell(metrics[metric]))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return tablesWithin(widths, width)
    .map((shown) => rows.map((row) => line(row, widths, shown)).join("\n"))
    .join("\n\n");
}

const gap = 3;

/** Which columns stand side by side in each table; the first stands in all. */
function tablesWithin([first, ...others]: readonly number[], most: number): readonly (readonly number[])[] {
  const tables: number[][] = [];
  let left = 0;
  others.forEach((width, i) => {
    left -= gap + width;
    if (left >= 0) tables.at(-1)?.push(i + 1);
    else {
      tables.push([0, i + 1]);
      left = most - first - gap - width;
    }
  });
  return tables;
}

function line(row: readonly string[], widths: readonly number[], shown: readonly number[]): string {
  const cells = shown.map((column) => row[column].padEnd(widths[column]));
  return cells.join(" ".repeat(gap)).trimEnd();
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
