import type { EvaluatedArm, EvaluationResults, RecalibratedArm } from "../../evaluation/evaluation.ts";
import type { CsvTable } from "../csv.ts";
import type { Panel } from "../drawing.ts";
import type { Figure } from "../figure.ts";
import { downloads, figureSection } from "../figure-section.ts";
import {
  fullestBin,
  readingReliability,
  reliabilityCells,
  reliabilityColumns,
  reliabilityPanel,
} from "../figures/reliability-panel.ts";
import { type Html, html } from "../html.ts";
import { termList } from "../method-terms.ts";
import { armLabel, armSuffix, markOf, tame, titled } from "./arm-names.ts";
import { namedMeasure } from "./figures.ts";
import { formatBare, formatMeasureDifference, isNumber, type MeasureStyle, measureStyles } from "./measures.ts";
import { parametersInWords } from "./parameters-in-words.ts";

/** What the table of recalibrators shows of each: more are in the CSV file. */
const shown = ["accuracy", "nll", "brier", "ece", "smoothEce"];

/**
 * Before and after each recalibrator: numbers, paired differences, what was fitted, remarks, diagrams.
 *
 * @param reliability - {@link recalibratedReliability} of the same.
 */
export function recalibrationSection(results: EvaluationResults, reliability: Figure): Html {
  const { arms } = results;
  const mended = arms.map((arm, index) => ({ arm, index })).filter(({ arm }) => methodsOf(arm).length > 0);
  if (mended.length === 0) {
    return html`<section id="recalibration"><h2>What recalibration would mend</h2><p>${whyNone(results)}</p></section>
`;
  }
  return html`<section id="recalibration"><h2>What recalibration would mend</h2>
<p class="note">Fitted on rows that are not judged here. Below each number stands its change against the predictions as they are, paired over the rows, with its interval; of shares in percentage points.</p>
${mended.map(
  ({ arm, index }) => html`${arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}
${recalibratedTable(arm)}
${infinite(arm)}
${fitted(arm)}
`,
)}${downloads([recalibrationCsv(results)], "table")}
${figureSection(reliability)}
</section>
`;
}

function methodsOf({ recalibrated }: EvaluatedArm): readonly (readonly [string, RecalibratedArm])[] {
  return Object.entries(recalibrated);
}

function whyNone({ arms }: EvaluationResults): string {
  if (arms.every(({ source }) => source.kind === "top-label")) {
    return "Left out: recalibrators are fitted to the probabilities of all classes, and the file holds the confidence of the first choice alone.";
  }
  return "No recalibrator was fitted.";
}

function recalibratedTable(arm: EvaluatedArm): Html {
  const columns = shown.filter((name) => arm.metrics[name] !== undefined);
  const styles = columns.map((name) => measureStyles.get(name) as MeasureStyle);
  const unit = ({ unit: u }: MeasureStyle): string => (u === "share" ? " (%)" : u === "nats" ? " (nats)" : "");
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Recalibrators of ${arm.name}"><table class="measures recalibrated" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Method</th>${styles.map(
    (style) => html`<th role="columnheader" scope="col" class="number">${style.label}${unit(style)}</th>`,
  )}</tr></thead>
<tbody role="rowgroup"><tr role="row" data-method="none"><th role="rowheader" scope="row">as it is</th>${columns.map(
    (name, i) => valueCell(styles[i] as MeasureStyle, arm, name),
  )}</tr>
${methodsOf(arm).map(
  ([method, mended]) =>
    html`<tr role="row" data-method="${method}"><th role="rowheader" scope="row">${method}</th>${columns.map(
      (name, i) => valueCell(styles[i] as MeasureStyle, mended, name),
    )}</tr>
`,
)}</tbody></table></div>`;
}

function valueCell(
  style: MeasureStyle,
  { metrics, difference = {} }: Pick<EvaluatedArm, "metrics"> & Partial<Pick<RecalibratedArm, "difference">>,
  name: string,
): Html {
  const change = difference[name];
  const signed = (value: number | null): string => formatMeasureDifference(style, value);
  const interval =
    change === undefined || !(isNumber(change.low) && isNumber(change.high))
      ? null
      : html`<small>${signed(change.low)} to ${signed(change.high)}</small>`;
  return html`<td role="cell" class="number"><span class="who">${style.label}</span><b>${formatBare(style, metrics[name]?.value)}</b>${
    change === undefined ? null : html`<small class="change">${signed(change.mean)}</small>${interval}`
  }</td>`;
}

/** What a dash in the table means, where there is one. */
function infinite(arm: EvaluatedArm): Html | null {
  return methodsOf(arm).every(([, { metrics }]) => shown.every((name) => !(metrics[name]?.value === null)))
    ? null
    : html`<p class="note">A dash stands where the number is not finite: a label got probability 0.</p>`;
}

/** What was fitted, and what the search says of itself. */
function fitted(arm: EvaluatedArm): Html {
  return termList(
    methodsOf(arm).map(([method, mended]) => [
      method,
      html`${parametersInWords(mended.document.method, mended)}${mended.remarks.map(
        (remark) => html` <span class="remark">${remark}</span>`,
      )}`,
    ]),
  );
}

/** Reliability diagrams before and after each recalibrator: small multiples with one scale. */
export function recalibratedReliability({ arms, options: { confidenceLevel } }: EvaluationResults): Figure {
  const mended = arms.map((arm, index) => ({ arm, index })).filter(({ arm }) => methodsOf(arm).length > 0);
  return {
    id: "recalibrated-reliability",
    title: "Before and after",
    caption: `The judged rows as they are and after each recalibrator. ${readingReliability(confidenceLevel)}`,
    groups: mended.flatMap(({ arm, index }) => [
      [panel(arms, index, "as it is", arm.metrics, arm.figures.reliability, confidenceLevel)],
      ...methodsOf(arm).map(([method, { metrics, reliability }]) => [
        panel(arms, index, method, metrics, reliability, confidenceLevel),
      ]),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "recalibrated-reliability",
      columns: ["arm", "method", ...reliabilityColumns],
      rows: arms.flatMap((arm) =>
        methodsOf(arm).flatMap(([method, { reliability }]) =>
          reliability.map((bin) => [arm.name, method, ...reliabilityCells(bin, confidenceLevel)]),
        ),
      ),
    },
  };
}

function panel(
  arms: readonly EvaluatedArm[],
  index: number,
  state: string,
  metrics: EvaluatedArm["metrics"],
  bins: EvaluatedArm["figures"]["reliability"],
  confidenceLevel: number,
): Panel {
  const arm = arms[index] as EvaluatedArm;
  const ece = namedMeasure({ metrics }, "ece");
  return reliabilityPanel({
    name: `recalibrated${armSuffix(arms, index)}-${tame(state)}`,
    title: titled(arms, arm, `${state}, ${ece}`),
    alt: `Reliability diagram of ${arm.name}, ${state}: ${ece}. ${fullestBin(bins)}`,
    bins,
    color: markOf(arms, index).color,
    confidenceLevel,
  });
}

/** Every metric of every recalibrator in full precision, with the paired difference where there is one. */
export function recalibrationCsv({ arms }: EvaluationResults): CsvTable {
  return {
    name: "recalibration",
    columns: ["arm", "method", "metric", "value", "low", "high", "difference", "differenceLow", "differenceHigh"],
    rows: arms.flatMap((arm) =>
      methodsOf(arm).flatMap(([method, { metrics, difference }]) =>
        Object.entries(metrics).map(([metric, { value, low, high }]) => {
          const change = difference[metric];
          return [
            arm.name,
            method,
            metric,
            value,
            low,
            high,
            change?.mean ?? null,
            change?.low ?? null,
            change?.high ?? null,
          ];
        }),
      ),
    ),
  };
}
