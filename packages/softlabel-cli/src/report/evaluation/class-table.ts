import type { ClassSummary } from "softlabel/calibration";
import type { EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import { formatCount, formatNumber, formatSigned } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { downloads } from "../figure-section.ts";
import { type Html, html } from "../html.ts";
import { armLabel, className, countedClasses } from "./arm-names.ts";
import { isNumber } from "./measures.ts";

/** So many classes are shown at once; the others wait behind a fold. */
const shownAtOnce = 10;

/** Every class of every arm, the worst calibrated first. */
export function classSection(results: EvaluationResults): Html {
  const judged = results.arms.map((arm, index) => ({ arm, index })).filter(({ arm }) => arm.classes.length > 0);
  if (judged.length === 0) {
    return html`<section id="classes"><h2>Class by class</h2><p>Left out: a file of confidences holds no classes.</p></section>
`;
  }
  return html`<section id="classes"><h2>Class by class</h2>
<p class="note">Worst first, by the calibration error of the class’s probability in every row. Recall is the share of the class’s rows that are right, precision the share of the rows predicted to it; confidence is the mean over those, and the gap is confidence less precision, in percentage points: above zero over-confident. Of few rows, most of this is chance.</p>
${judged.map(({ arm, index }) => {
  const sorted = worstFirst(arm.classes);
  const rest = sorted.slice(shownAtOnce);
  return html`${judged.length === 1 && results.arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}
${classTable(arm, sorted.slice(0, shownAtOnce))}
${rest.length === 0 ? null : html`<details><summary>The other ${countedClasses(rest.length)}</summary>${classTable(arm, rest)}</details>`}
`;
})}
${downloads([classesCsv(results)], "table")}
</section>
`;
}

/** By calibration error, the largest first; ties in the order of the classes. */
function worstFirst(classes: readonly ClassSummary[]): readonly ClassSummary[] {
  const error = ({ calibrationError }: ClassSummary): number =>
    isNumber(calibrationError) ? calibrationError : Number.NEGATIVE_INFINITY;
  return [...classes].sort((a, b) => error(b) - error(a) || a.label - b.label);
}

function classTable(arm: EvaluatedArm, classes: readonly ClassSummary[]): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Classes of ${arm.name}"><table class="rows classes"><thead><tr><th scope="col">Class</th>${[
    "Calibration error (%)",
    "Gap",
    "Confidence (%)",
    "Precision (%)",
    "Recall (%)",
    "NLL",
    "Rows",
    "Predicted",
  ].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead><tbody>
${classes.map((summary) => classRow(arm, summary))}</tbody></table></div>`;
}

function classRow(arm: EvaluatedArm, summary: ClassSummary): Html {
  const { label, support, predicted, recall, precision, confidence, calibrationError, nll } = summary;
  const percent = (share: number | null): string => formatNumber(isNumber(share) ? 100 * share : Number.NaN, 1);
  const gap = isNumber(confidence) && isNumber(precision) ? 100 * (confidence - precision) : Number.NaN;
  const cells = [
    formatNumber(isNumber(calibrationError) ? 100 * calibrationError : Number.NaN, 2),
    formatSigned(gap, 1),
    percent(confidence),
    percent(precision),
    percent(recall),
    formatNumber(nll ?? Number.NaN, 3),
    formatCount(support),
    formatCount(predicted),
  ];
  return html`<tr><th scope="row">${className(arm, label)}</th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>
`;
}

/** Every class of every arm in full precision, in the order of the classes. */
export function classesCsv({ arms }: EvaluationResults): CsvTable {
  return {
    name: "classes",
    columns: [
      "arm",
      "label",
      "className",
      "rows",
      "predicted",
      "recall",
      "precision",
      "meanConfidence",
      "calibrationError",
      "brier",
      "nll",
    ],
    rows: arms.flatMap((arm) =>
      arm.classes.map((summary) => [
        arm.name,
        summary.label,
        className(arm, summary.label),
        summary.support,
        summary.predicted,
        summary.recall,
        summary.precision,
        summary.confidence,
        summary.calibrationError,
        summary.brier,
        summary.nll,
      ]),
    ),
  };
}
