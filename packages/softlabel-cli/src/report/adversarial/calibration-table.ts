import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import { formatCount, formatNumber, formatSigned } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { percent, rowsLabel, smoothingLabel, trainingInWords } from "./arm-names.ts";
import { judgedRows } from "./calibration-figures.ts";

const heads = [
  "Accuracy (%)",
  "Confidence (%)",
  "Gap",
  "Confidence when wrong (%)",
  "ECE (%)",
  "NLL (nats)",
  "Rows",
] as const;

/** How each arm's predictions are to be trusted, on images as they are and attacked. */
export function calibrationTable(results: AdversarialResults): Html {
  const { arms, experiment } = results;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Calibration"><table class="rows calibration"><thead><tr><th scope="col">Rows</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
${arms.map(
  ({
    labelSmoothing,
    training,
    calibration,
  }) => html`<tbody><tr class="head"><th scope="rowgroup" colspan="8">${smoothingLabel(results, labelSmoothing)}, ${trainingInWords(training, experiment)}</th></tr>
${judgedRows.map((rows) => {
  const { accuracy, meanConfidence, meanConfidenceWrong, ece, nll, rows: count } = calibration[rows];
  const cells = [
    percent(accuracy),
    percent(meanConfidence),
    formatSigned(100 * (meanConfidence - accuracy), 1),
    percent(meanConfidenceWrong),
    percent(ece),
    formatNumber(nll ?? Number.NaN, 3),
    formatCount(count),
  ];
  return html`<tr data-arm="${labelSmoothing}-${training}" data-rows="${rows}"><th scope="row">${rowsLabel(rows, experiment)}</th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>
`;
})}</tbody>
`,
)}</table></div>`;
}

/** The table's numbers in full precision. */
export function calibrationCsv({ arms }: AdversarialResults): CsvTable {
  return {
    name: "calibration",
    columns: [
      "labelSmoothing",
      "training",
      "attack",
      "rows",
      "accuracy",
      "meanConfidence",
      "meanConfidenceWrong",
      "ece",
      "nll",
    ],
    rows: arms.flatMap(({ labelSmoothing, training, calibration }) =>
      judgedRows.map((rows) => {
        const { rows: count, accuracy, meanConfidence, meanConfidenceWrong, ece, nll } = calibration[rows];
        return [labelSmoothing, training, rows, count, accuracy, meanConfidence, meanConfidenceWrong, ece, nll];
      }),
    ),
  };
}
