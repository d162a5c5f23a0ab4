import { allNamedByEpsilon } from "../experiment/arm-naming.ts";
import type { MetricName } from "../experiment/results.ts";
import { baselineOf, type ComparedArm, judgeArm } from "../experiment/verdict-evidence.ts";
import { formatValue, metricStyles } from "../experiment/verdict-metrics.ts";
import { markedName, unbrokenLabel } from "./arm-labels.ts";
import { type Html, html } from "./html.ts";
import { judgementMark, sharedMetrics } from "./metrics-table.ts";

const metrics: readonly MetricName[] = ["accuracy", "nll", "nllAfterTemperature", "ece", "eceAfterTemperature", "aurc"];

/** The numbers that most readers want, arm by arm. */
export function glance({ arms }: { readonly arms: readonly ComparedArm[] }): Html {
  const baseline = baselineOf({ arms });
  const shown = sharedMetrics(arms).filter((metric) => metrics.includes(metric));
  return html`<dl class="${allNamedByEpsilon(arms) ? "glance" : "glance named"}">${shown.map((metric) => {
    const { label, better, decimals } = metricStyles[metric];
    return html`<div><dt>${label}, ${better} is better</dt>${arms.map((arm, index) => {
      const mark = arm.difference === null ? null : judgementMark(judgeArm(metric, arm, baseline));
      return html`<dd><span class="arm">${markedName(index, unbrokenLabel(arm))}</span><b>${formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, decimals.sentence)}</b>${mark}</dd>`;
    })}</div>\n`;
  })}</dl>`;
}
