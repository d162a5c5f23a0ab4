import { summarize } from "softlabel/statistics";
import type { AdversarialResults, TestAccuracies, TrainAccuracies } from "../../experiment/adversarial/results.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { percent, rowsLabel, smoothingLabel, trainingInWords, trainingsOf } from "./arm-names.ts";

type Column = readonly ["train", keyof TrainAccuracies] | readonly ["test", keyof TestAccuracies];

const columns: readonly Column[] = [
  ["test", "clean"],
  ["test", "fgsm"],
  ["test", "pgd"],
  ["test", "transfer"],
  ["train", "clean"],
  ["train", "fgsm"],
];

/** Mean and spread over the seeds of every accuracy of every arm. */
export function accuracyTable(results: AdversarialResults): Html {
  const { arms, experiment } = results;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Accuracies"><table class="rows"><thead><tr><th scope="col">Accuracy (%)</th>${columns.map(
    ([split, rows]) => html`<th scope="col" class="number">${rowsLabel(rows, experiment)}, ${split}</th>`,
  )}</tr></thead>
${trainingsOf(results).map(
  (
    training,
  ) => html`<tbody><tr class="head"><th scope="rowgroup" colspan="7">${trainingInWords(training, experiment)}</th></tr>
${arms
  .filter((arm) => arm.training === training)
  .map(
    (arm) =>
      html`<tr data-arm="${arm.labelSmoothing}-${training}"><th scope="row">${smoothingLabel(results, arm.labelSmoothing)}</th>${columns.map(
        (column) => {
          const sd = spread(perSeedOf(arm, column));
          return html`<td class="number" data-column="${column.join("-")}"><b>${percent(meanOf(arm, column), 2)}</b>${sd === null ? null : html` <span class="sd">± ${percent(sd, 2)}</span>`}</td>`;
        },
      )}</tr>
`,
  )}</tbody>
`,
)}</table></div>`;
}

type Arm = AdversarialResults["arms"][number];

function meanOf({ train, test }: Arm, [split, rows]: Column): number {
  return split === "train" ? train[rows] : test[rows];
}

function perSeedOf({ perSeed: { train, test } }: Arm, [split, rows]: Column): readonly number[] {
  return split === "train" ? train[rows] : test[rows];
}

function spread(perSeed: readonly number[]): number | null {
  return summarize(perSeed).sd;
}

/** The table's numbers in full precision, seed by seed beside the means. */
export function accuracyCsv({ arms, experiment: { seeds } }: AdversarialResults): CsvTable {
  return {
    name: "accuracy",
    columns: ["labelSmoothing", "training", "split", "attack", "mean", "sd", ...seeds.map((seed) => `seed ${seed}`)],
    rows: arms.flatMap((arm) =>
      columns.map((column) => {
        const perSeed = perSeedOf(arm, column);
        return [
          arm.labelSmoothing,
          arm.training,
          ...column,
          meanOf(arm, column),
          spread(perSeed),
          ...seeds.map((_, i) => perSeed[i] ?? null),
        ];
      }),
    ),
  };
}
