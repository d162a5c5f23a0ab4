import type { AdversarialResults, MaskingCheck } from "../../experiment/adversarial/results.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { sentence } from "../page.ts";
import { smoothingLabel, trainingInWords } from "./arm-names.ts";

/** Every check for hidden gradients, arm by arm, passed or failed, with the sentence that it was judged by. */
export function maskingTable(results: AdversarialResults): Html {
  const { arms, checks, experiment } = results;
  if (checks.length === 0) return html`<p>No check was made.</p>`;
  return html`<div class="checks">${arms.map(({ labelSmoothing, training }) => {
    const own = checks.filter((check) => check.labelSmoothing === labelSmoothing && check.training === training);
    return own.length === 0
      ? null
      : html`<section><h3>${smoothingLabel(results, labelSmoothing)}, ${trainingInWords(training, experiment)}</h3><ul>
${own.map(item)}</ul></section>
`;
  })}</div>`;
}

function item({ name, passed, evidence }: MaskingCheck): Html {
  const mark = passed
    ? html`<span class="better"><span aria-hidden="true">✓</span> passed</span>`
    : html`<span class="worse"><span aria-hidden="true">✗</span> failed</span>`;
  return html`<li>${mark} <b>${asSentence(name)}</b> ${sentence(asSentence(evidence))}</li>
`;
}

/** With a capital before and a full stop behind, unless it has them. */
function asSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** The checks as a table. */
export function maskingCsv({ checks }: AdversarialResults): CsvTable {
  return {
    name: "checks",
    columns: ["labelSmoothing", "training", "check", "passed", "evidence"],
    rows: checks.map(({ labelSmoothing, training, name, passed, evidence }) => [
      labelSmoothing,
      training,
      name,
      String(passed),
      evidence,
    ]),
  };
}
