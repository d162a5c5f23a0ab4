import type { EvaluatedArm, EvaluationResults, MeasuredValue } from "../../evaluation/evaluation.ts";
import { formatP } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { armLabel } from "./arm-names.ts";
import {
  formatBare,
  formatInterval,
  isNumber,
  type MeasureStyle,
  measureStyles,
  type NumberStyle,
  questions,
} from "./measures.ts";

/** Every metric of every arm, value over interval, with the convention by which it is that number and no other. */
export function metricsPanel({ arms }: EvaluationResults): Html {
  const columns = arms.length + 1;
  const known = questions.map((question) => ({
    question,
    names: [...measureStyles].filter(([, style]) => style.question === question).map(([name]) => name),
  }));
  const rest = metricsOf(arms).filter((name) => !measureStyles.has(name));
  const sections = [...known, { question: "Also measured", names: rest }]
    .map(({ question, names }) => ({ question, names: names.filter((name) => isMeasured(arms, name)) }))
    .filter(({ names }) => names.length > 0);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="The metrics"><table class="measures${arms.length === 1 ? " one" : ""}" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Metric</th>${arms.map(
    (arm, index) => html`<th role="columnheader" scope="col" class="number">${armLabel(arm, index)}</th>`,
  )}</tr></thead>
${sections.map(
  ({
    question,
    names,
  }) => html`<tbody role="rowgroup"><tr role="row" class="question"><th role="rowheader" scope="rowgroup" colspan="${columns}">${question}</th></tr>
${names.map((name) => metricRow(arms, name))}</tbody>
`,
)}</table></div>
${missing(arms)}${biased(arms)}`;
}

/** The names of the arms' metrics, each once, in the order in which they come. */
function metricsOf(arms: readonly EvaluatedArm[]): readonly string[] {
  return [...new Set(arms.flatMap(({ metrics }) => Object.keys(metrics)))];
}

function isMeasured(arms: readonly EvaluatedArm[], name: string): boolean {
  return arms.some(({ metrics }) => metrics[name] !== undefined);
}

/** A metric that nobody described is printed as it is. */
const undescribed = { meaning: "", better: "neither", unit: "number", decimals: 4 } as const;

function metricRow(arms: readonly EvaluatedArm[], name: string): Html {
  const style: Omit<MeasureStyle, "question"> = measureStyles.get(name) ?? { label: name, ...undescribed };
  const convention = arms.map(({ metrics }) => metrics[name]?.convention).find((text) => text !== undefined);
  const unit = style.unit === "share" ? " (%)" : style.unit === "nats" ? " (nats)" : "";
  const direction = style.better === "neither" ? [] : [`${style.better} is better`];
  const notes = [style.meaning, ...direction].filter((text) => text !== "").join(", ");
  return html`<tr role="row" data-metric="${name}"><th role="rowheader" scope="row">${style.label}${unit} <small>${notes}</small>${
    convention === undefined ? null : html`<small class="convention">${convention}</small>`
  }</th>${arms.map((arm, index) => {
    const measured = arm.metrics[name];
    return html`<td role="cell" class="number"><span class="who">${armLabel(arm, index)}</span>${valueCell(style, measured)}</td>`;
  })}</tr>
`;
}

function valueCell(style: NumberStyle, measured: MeasuredValue | undefined): Html {
  if (measured === undefined) return html`<b>–</b>`;
  const interval = formatInterval(style, measured);
  return html`<b>${formatBare(style, measured.value)}</b>${interval === null ? null : html`<small>${interval}</small>`}${
    isNumber(measured.p) ? html`<small>p ${formatP(measured.p)}</small>` : null
  }`;
}

/** What stands for a dash, where there is one. */
function missing(arms: readonly EvaluatedArm[]): Html | null {
  const values = arms.flatMap((arm) => Object.values(arm.metrics));
  return values.every(({ value }) => isNumber(value))
    ? null
    : html`<p class="note">A dash stands where a metric is not defined or not finite on these rows: there was no wrong row or no right one, or a label had probability 0.</p>`;
}

/** Why an interval may lie below its value, where one does. */
function biased(arms: readonly EvaluatedArm[]): Html | null {
  const values = arms.flatMap((arm) => Object.values(arm.metrics));
  return values.some(({ value, high }) => isNumber(value) && isNumber(high) && value > high)
    ? html`<p class="note">An interval may lie below its value: chance makes gaps even in a calibrated classifier, and the interval takes off what it adds.</p>`
    : null;
}

/** A few numbers for the reader who reads no table. */
export function evaluationGlance({ arms }: EvaluationResults): Html {
  const shown = ["accuracy", "overconfidence", "ece", "smoothEce", "nll", "auroc"].filter((name) =>
    arms.every(({ metrics }) => metrics[name] !== undefined),
  );
  return html`<dl class="glance${arms.length === 1 ? " one" : ""}">${shown.map((name) => {
    const style = measureStyles.get(name) as MeasureStyle;
    const better = style.better === "neither" ? "" : `, ${style.better} is better`;
    return html`<div><dt>${style.label}${better}</dt>${arms.map((arm, index) => glanceEntry(arm, index, name, style))}</div>
`;
  })}</dl>`;
}

function glanceEntry(arm: EvaluatedArm, index: number, name: string, style: MeasureStyle): Html {
  const measured = arm.metrics[name];
  const value = measured?.value;
  const sentence = { unit: style.unit, decimals: glanceDecimals[style.unit] };
  const text = `${formatBare(sentence, value)}${style.unit === "share" && isNumber(value) ? "%" : ""}`;
  const interval = measured === undefined ? null : formatInterval(sentence, measured);
  return html`<dd><span class="arm" title="${arm.name}">${armLabel(arm, index)}</span><b>${text}</b><span class="interval">${interval}</span></dd>`;
}

/** As few as a sentence has. */
const glanceDecimals: Readonly<Record<MeasureStyle["unit"], number>> = { share: 1, nats: 3, number: 3 };

/** The panel's numbers in full precision. */
export function metricsCsv({ arms }: EvaluationResults): CsvTable {
  return {
    name: "metrics",
    columns: ["arm", "metric", "value", "low", "high", "p", "convention"],
    rows: arms.flatMap((arm) =>
      Object.entries(arm.metrics).map(([name, { value, low, high, p, convention }]) => [
        arm.name,
        name,
        value,
        low,
        high,
        p ?? null,
        convention ?? null,
      ]),
    ),
  };
}
