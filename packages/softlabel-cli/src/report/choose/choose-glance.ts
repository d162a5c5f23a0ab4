import type { ChooseResults } from "../../experiment/choose/results.ts";
import { finalists } from "../../experiment/choose/verdict-evidence.ts";
import type { MetricName } from "../../experiment/results.ts";
import { judge } from "../../experiment/verdict-evidence.ts";
import { formatEpsilon, formatValue, metricStyles } from "../../experiment/verdict-metrics.ts";
import { type Html, html } from "../html.ts";
import { judgementMark } from "../metrics-table.ts";
import { armMark } from "../theme.ts";

const metrics: readonly MetricName[] = ["nllAfterTemperature", "accuracy", "nll", "ece", "aurc"];

/** The test rows at a glance: the chosen ε beside 0. */
export function chooseGlance(results: ChooseResults): Html {
  const [zero, chosen] = finalists(results);
  return html`<dl class="glance">${metrics.map((metric) => {
    const { label, better, decimals } = metricStyles[metric];
    return html`<div><dt>${label} on test rows, ${better} is better</dt>${[
      zero,
      ...(chosen === null ? [] : [chosen]),
    ].map((arm, index) => {
      const { color, glyph } = armMark(index);
      const difference = arm.difference?.[metric];
      const mark = difference === undefined ? null : judgementMark(judge(metric, difference));
      return html`<dd><span class="arm"><span style="color:${color}" aria-hidden="true">${glyph}</span> ε\u00a0=\u00a0${formatEpsilon(arm.epsilon)}</span><b>${formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, decimals.sentence)}</b>${mark}</dd>`;
    })}</div>\n`;
  })}</dl>`;
}
