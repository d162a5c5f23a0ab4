import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import { type Html, html } from "../html.ts";
import {
  comparedRows,
  percent,
  rowsLabel,
  smoothingLabel,
  strengthInWords,
  trainingInWords,
  trainingsOf,
} from "./arm-names.ts";

/** The accuracies that most readers want: a line for each arm, a column for each attack. */
export function adversarialGlance(results: AdversarialResults): Html {
  const { arms, experiment } = results;
  return html`<table class="accuracies">
<caption>Test accuracy in per cent, attacked at ${strengthInWords(experiment)}</caption>
<thead><tr><td></td>${comparedRows.map((rows) => html`<th scope="col">${rowsLabel(rows, experiment)}</th>`)}</tr></thead>
${trainingsOf(results).map(
  (
    training,
  ) => html`<tbody><tr class="head"><th scope="rowgroup" colspan="5">${trainingInWords(training, experiment)}</th></tr>
${arms
  .filter((arm) => arm.training === training)
  .map(
    (arm) =>
      html`<tr><th scope="row">${smoothingLabel(results, arm.labelSmoothing)}</th>${comparedRows.map((rows) => html`<td>${percent(arm.test[rows])}</td>`)}</tr>
`,
  )}</tbody>
`,
)}</table>`;
}
