import type { ChooseResults } from "../../experiment/choose/results.ts";
import { finalists } from "../../experiment/choose/verdict-evidence.ts";
import { type MetricName, metricNames } from "../../experiment/results.ts";
import { type Judgement, judge } from "../../experiment/verdict-evidence.ts";
import {
  formatDifference,
  formatEpsilon,
  formatP,
  formatValue,
  metricStyles,
} from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { judgementMark } from "../metrics-table.ts";

/** The chosen ε beside 0 on the test rows, metric by metric; of ε = 0 alone where that is what was chosen. */
export function testTable(results: ChooseResults): Html {
  const [zero, chosen] = finalists(results);
  const heads = chosen === null ? [] : [`ε = ${formatEpsilon(chosen.epsilon)}`, "Difference", "95% interval", "p"];
  return html`<div class="scroll"><table class="rows">
<thead><tr><th scope="col">Metric</th><th scope="col" class="number">ε = 0</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}${chosen === null ? null : html`<th scope="col">Shown</th>`}</tr></thead>
<tbody>${sharedNames(results).map(
    (
      metric,
    ) => html`<tr data-metric="${metric}"><th scope="row">${metricStyles[metric].label}</th><td class="number">${mean(zero, metric)}</td>${chosen === null ? null : cells(results, metric)}</tr>
`,
  )}</tbody></table></div>
<p class="note">After temperature scaling: each ε under the temperature that its own validation rows give, so that ε = 0 there is the remedy that costs no training.</p>`;
}

/** The table's numbers in full precision. */
export function testCsv(results: ChooseResults): CsvTable {
  return {
    name: "test",
    columns: ["metric", "epsilon", "mean", "sd", "difference", "low", "high", "p"],
    rows: sharedNames(results).flatMap((metric) =>
      results.test.arms.map(({ epsilon, metrics, difference }) => {
        const own = difference?.[metric];
        return [
          metric,
          epsilon,
          metrics[metric]?.mean ?? null,
          metrics[metric]?.sd ?? null,
          own?.mean ?? null,
          own?.low ?? null,
          own?.high ?? null,
          own?.p ?? null,
        ];
      }),
    ),
  };
}

function sharedNames({ test }: ChooseResults): readonly MetricName[] {
  return metricNames.filter((metric) => test.arms.every(({ metrics }) => metrics[metric] !== undefined));
}

function cells(results: ChooseResults, metric: MetricName): Html {
  const [, chosen] = finalists(results);
  const difference = chosen?.difference?.[metric];
  if (chosen === null || difference === undefined) return html``;
  const { mean: change, low, high, p } = difference;
  const signed = (value: number): string => formatDifference(metric, value, metricStyles[metric].decimals.table);
  const interval = low === null || high === null ? "–" : `${signed(low)} to ${signed(high)}`;
  const judgement: Judgement = judge(metric, difference);
  return html`<td class="number">${mean(chosen, metric)}</td><td class="number">${signed(change)}</td><td class="number">${interval}</td><td class="number">${formatP(p)}</td><td>${judgementMark(judgement)}</td>`;
}

function mean({ metrics }: ChooseResults["test"]["arms"][number], metric: MetricName): string {
  return formatValue(metric, metrics[metric]?.mean ?? Number.NaN, metricStyles[metric].decimals.table);
}
