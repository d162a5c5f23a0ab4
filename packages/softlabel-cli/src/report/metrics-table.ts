import { tidied } from "../experiment/arm-naming.ts";
import { type Difference, type MetricName, metricNames } from "../experiment/results.ts";
import { baselineOf, type ComparedArm, type Judgement, judgeArm } from "../experiment/verdict-evidence.ts";
import { formatDifference, formatP, formatValue, metricStyles } from "../experiment/verdict-metrics.ts";
import { armColumn, markedName, unbrokenLabel } from "./arm-labels.ts";
import type { CsvTable } from "./csv.ts";
import { differenceBar } from "./difference-bar.ts";
import { type Html, html } from "./html.ts";
import { armMark } from "./theme.ts";

/** How a judgement is written: a sign and a word, so that colour only repeats them. */
export const judgementMarks: Readonly<Record<Judgement, { readonly sign: string; readonly word: string }>> = {
  better: { sign: "✓", word: "better" },
  worse: { sign: "✗", word: "worse" },
  changed: { sign: "≠", word: "changed" },
  unclear: { sign: "≈", word: "not shown" },
};

/** Metrics that every arm has, in the schema's order. */
export function sharedMetrics(arms: readonly Pick<ComparedArm, "metrics">[]): readonly MetricName[] {
  return metricNames.filter((metric) => arms.every((arm) => arm.metrics[metric] !== undefined));
}

/** Every metric of every arm: mean ± sd, the paired difference with its interval, p, Holm's p, the judgement. */
export function metricsTable({ arms }: { readonly arms: readonly ComparedArm[] }): Html {
  const { heading } = armColumn(arms);
  const named = unbrokenLabel(baselineOf({ arms }));
  const base = named.length > longestHeading ? "the base" : named;
  return html`<table class="${heading === "ε" ? "metrics" : "metrics named"}" role="table">
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">${heading}</th>
<th role="columnheader" scope="col" class="number">Mean ± sd</th>
<th role="columnheader" scope="col" class="number">Difference to <bdi>${base}</bdi></th>
<th role="columnheader" scope="col" class="number">95% interval</th>
<td role="cell" class="bar"></td>
<th role="columnheader" scope="col" class="number">p</th><th role="columnheader" scope="col" class="number">Holm p</th>
<th role="columnheader" scope="col">Shown</th></tr></thead>
${sharedMetrics(arms).map((metric) => metricRows(arms, metric))}
</table>`;
}

/** A longer name of the base would make a column of its own width. */
const longestHeading = 24;

function metricRows(arms: readonly ComparedArm[], metric: MetricName): Html {
  const { label, meaning, better, unit } = metricStyles[metric];
  const direction = better === "neither" ? "" : `, ${better} is better`;
  const inUnit = unit === "nats" ? " (nats)" : unit === "share" ? " (%)" : "";
  const head = html`<tr role="row" class="head"><th role="rowheader" scope="rowgroup" colspan="8">${label}${inUnit} <small>${meaning}${direction}</small></th></tr>`;
  return html`<tbody role="rowgroup" data-metric="${metric}">${head}${arms.map((arm, index) => armRow(arms, arm, index, metric))}</tbody>
`;
}

function armRow(arms: readonly ComparedArm[], arm: ComparedArm, index: number, metric: MetricName): Html {
  const decimals = metricStyles[metric].decimals.table;
  const summary = arm.metrics[metric];
  const difference = arm.difference?.[metric];
  const { color } = armMark(index);
  const sameMetric = arms.flatMap((other) => other.difference?.[metric] ?? []);
  // The column's head names the unit: no % sign on every number.
  const value = (x: number): string => formatValue(metric, x, decimals).replace("%", "");
  const sd = summary?.sd === null || summary?.sd === undefined ? null : value(summary.sd);
  const cells =
    difference === undefined
      ? html`<td role="cell" colspan="6" class="none"></td>`
      : html`${differenceCells(metric, difference, differenceBar(difference, sameMetric, color))}<td role="cell" class="judgement">${judgementMark(judgeArm(metric, arm, baselineOf({ arms })))}</td>`;
  return html`<tr role="row" data-arm="${tidied(arm.name)}"><th role="rowheader" scope="row" class="arm">${markedName(index, armColumn(arms).cell(arm))}</th><td role="cell" class="number mean">${value(summary?.mean ?? Number.NaN)}${sd === null ? null : html` <span class="sd">± ${sd}</span>`}</td>${cells}</tr>`;
}

function differenceCells(metric: MetricName, difference: Difference, bar: Html | null): Html {
  const { mean, low, high, p, pHolm } = difference;
  const signed = (x: number): string => formatDifference(metric, x, metricStyles[metric].decimals.table);
  const interval = low === null || high === null ? "–" : `${signed(low)} to ${signed(high)}`;
  return html`<td role="cell" class="number difference">${signed(mean)}</td><td role="cell" class="number interval">${interval}</td><td role="cell" class="bar">${bar}</td><td role="cell" class="number p" data-label="p ">${formatP(p)}</td><td role="cell" class="number p" data-label="Holm p ">${formatP(pHolm)}</td>`;
}

/** The judgement as a sign and a word in a pill. */
export function judgementMark(judgement: Judgement): Html {
  const { sign, word } = judgementMarks[judgement];
  return html`<span class="${judgement}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** The table's numbers in full precision. */
export function metricsCsv({ arms }: { readonly arms: readonly ComparedArm[] }): CsvTable {
  return {
    name: "metrics",
    columns: ["metric", "arm", "epsilon", "mean", "sd", "difference", "low", "high", "p", "pHolm"],
    rows: sharedMetrics(arms).flatMap((metric) =>
      arms.map((arm) => {
        const summary = arm.metrics[metric];
        const difference = arm.difference?.[metric];
        return [
          metric,
          arm.name,
          arm.epsilon,
          summary?.mean ?? null,
          summary?.sd ?? null,
          difference?.mean ?? null,
          difference?.low ?? null,
          difference?.high ?? null,
          difference?.p ?? null,
          difference?.pHolm ?? null,
        ];
      }),
    ),
  };
}
