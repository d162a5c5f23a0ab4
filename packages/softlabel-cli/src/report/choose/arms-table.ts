import type { ChooseArm, ChooseResults } from "../../experiment/choose/results.ts";
import { objectiveMetric } from "../../experiment/choose/verdict-evidence.ts";
import type { MetricName } from "../../experiment/results.ts";
import {
  formatEpsilon,
  formatNumber,
  formatSigned,
  formatValue,
  metricStyles,
  printedScale,
} from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";

const inReport: readonly MetricName[] = ["nllAfterTemperature", "nll", "accuracy", "ece", "aurc", "temperature"];

/**
 * The heads of {@link armCells}: what ε is chosen by first, its distance from the best, then other metrics.
 *
 * @param metrics - what stands beside, but for the objective itself.
 */
export function armColumns(results: ChooseResults, metrics: readonly MetricName[] = inReport): readonly string[] {
  const metric = objectiveMetric(results);
  const first = metric === null ? "weighted sum" : headOf(metric);
  return [first, "behind the best", ...beside(results, metrics).map(headOf)];
}

/** The numbers of one ε in the order of {@link armColumns}. */
export function armCells(
  results: ChooseResults,
  arm: ChooseArm,
  metrics: readonly MetricName[] = inReport,
): readonly string[] {
  const metric = objectiveMetric(results);
  const objective = metric === null ? formatNumber(arm.objective.mean, 4) : printed(metric, arm.objective.mean);
  return [
    objective,
    behind(results, arm),
    ...beside(results, metrics).map((name) => printed(name, arm.metrics[name]?.mean ?? Number.NaN)),
  ];
}

/** Every ε: what it was chosen by, how far behind the best it lies, and the other metrics. */
export function armsTable(results: ChooseResults): Html {
  return html`<div class="scroll"><table class="rows">
<thead><tr><th scope="col">ε</th>${armColumns(results).map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col"></th></tr></thead>
<tbody>${results.arms.map(
    (arm) =>
      html`<tr data-epsilon="${arm.epsilon}"><th scope="row">${formatEpsilon(arm.epsilon)}</th>${armCells(results, arm).map((text) => html`<td class="number">${text}</td>`)}<td class="remark">${armRemark(results, arm.epsilon)}</td></tr>
`,
  )}</tbody></table></div>`;
}

/** The table's numbers in full precision. */
export function armsCsv(results: ChooseResults): CsvTable {
  const metrics = beside(results, inReport);
  return {
    name: "validation",
    columns: [
      "epsilon",
      "found",
      "objective",
      "sd",
      "behindBest",
      "standardError",
      "withinOneStandardError",
      ...metrics,
    ],
    rows: results.arms.map(({ epsilon, found, objective, fromBest, metrics: own }) => [
      epsilon,
      found,
      objective.mean,
      objective.sd,
      fromBest.mean,
      fromBest.standardError,
      fromBest.within ? 1 : 0,
      ...metrics.map((name) => own[name]?.mean ?? null),
    ]),
  };
}

/** Metrics that stand beside the objective: not itself again. */
function beside(results: ChooseResults, metrics: readonly MetricName[]): readonly MetricName[] {
  const metric = objectiveMetric(results);
  return metrics.filter((name) => name !== metric);
}

/** `+0.0123 ± 0.0031`: mean and standard error of the paired differences of losses. */
function behind(results: ChooseResults, { epsilon, fromBest }: ChooseArm): string {
  if (epsilon === results.chosen.best) return "0";
  const metric = objectiveMetric(results);
  const [scale, decimals] = metric === null ? [1, 4] : [printedScale(metric), metricStyles[metric].decimals.table];
  const { mean, standardError } = fromBest;
  const error = standardError === null ? "" : ` ± ${formatNumber(scale * standardError, decimals)}`;
  return `${formatSigned(scale * mean, decimals)}${error}`;
}

function printed(metric: MetricName, value: number): string {
  return formatValue(metric, value, metricStyles[metric].decimals.table).replace("%", "");
}

function headOf(metric: MetricName): string {
  const { label, unit } = metricStyles[metric];
  const sign = unit === "share" ? " (%)" : unit === "nats" ? " (nats)" : "";
  return `${label.replace("temperature-scaled", "after T")}${sign}`;
}

/** What the rule said of an ε. */
export function armRemark({ chosen }: Pick<ChooseResults, "chosen">, epsilon: number): string {
  const marks = [
    ...(epsilon === chosen.epsilon ? ["chosen"] : []),
    ...(epsilon === chosen.best ? ["best"] : []),
    ...(chosen.within.includes(epsilon) && epsilon !== chosen.best ? ["within one standard error"] : []),
  ];
  return marks.join(", ");
}
