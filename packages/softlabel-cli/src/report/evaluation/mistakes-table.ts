import type { EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import { formatCount } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { downloads } from "../figure-section.ts";
import { type Html, html } from "../html.ts";
import { armLabel, className } from "./arm-names.ts";

const shownAtOnce = 10;

/** The wrong rows of which the model was surest, arm by arm. */
export function mistakesSection(results: EvaluationResults): Html {
  const { arms } = results;
  const some = arms.some(({ mistakes }) => mistakes.length > 0);
  return html`<section id="mistakes"><h2>The most confident mistakes</h2>
<p class="note">Rows of the file, counted from 0. Look at them: a wrong label, a class that cannot be told, or a model that is sure of the wrong thing.</p>
${arms.map((arm, index) => html`${arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}${mistakesOf(arm)}`)}
${some ? downloads([mistakesCsv(results)], "table") : null}
</section>
`;
}

function mistakesOf(arm: EvaluatedArm): Html {
  if (arm.mistakes.length === 0) return html`<p>No row is wrong.</p>`;
  const rest = arm.mistakes.slice(shownAtOnce);
  return html`${mistakesTable(arm, arm.mistakes.slice(0, shownAtOnce))}
${rest.length === 0 ? null : html`<details><summary>The next ${rest.length}</summary>${mistakesTable(arm, rest)}</details>`}
`;
}

/** A column of classes for each that the file says. */
function mistakesTable(arm: EvaluatedArm, mistakes: EvaluatedArm["mistakes"]): Html {
  const said = columns.filter(([, name]) => arm.mistakes.some((mistake) => mistake[name] !== null));
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Mistakes of ${arm.name}"><table class="rows mistakes"><thead><tr><th scope="col">Row</th><th scope="col" class="number">Confidence</th>${said.map(
    ([title]) => html`<th scope="col">${title}</th>`,
  )}</tr></thead><tbody>
${mistakes.map(
  (mistake) =>
    html`<tr><th scope="row">${formatCount(mistake.row)}</th><td class="number">${percent(mistake.confidence)}</td>${said.map(
      ([, name]) => html`<td>${shortened(className(arm, mistake[name] ?? "–"))}</td>`,
    )}</tr>
`,
)}</tbody></table></div>`;
}

const columns = [
  ["Predicted", "prediction"],
  ["Label", "label"],
] as const;

/** An answer in place of a class's name may be a page long. */
function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}

const mostCharacters = 200;

/** `99.998%`, never rounded up to 100% where it is less. */
function percent(confidence: number): string {
  if (confidence === 1) return "100%";
  const digits = [2, 3, 4, 6].find((decimals) => Number((100 * confidence).toFixed(decimals)) < 100);
  return digits === undefined ? ">99.999999%" : `${(100 * confidence).toFixed(digits)}%`;
}

/** The mistakes of every arm. */
export function mistakesCsv({ arms }: EvaluationResults): CsvTable {
  return {
    name: "mistakes",
    columns: ["arm", "row", "confidence", "prediction", "label", "predictionName", "labelName"],
    rows: arms.flatMap((arm) =>
      arm.mistakes.map(({ row, confidence, prediction, label }) => [
        arm.name,
        row,
        confidence,
        prediction,
        label,
        prediction === null ? null : className(arm, prediction),
        label === null ? null : className(arm, label),
      ]),
    ),
  };
}
