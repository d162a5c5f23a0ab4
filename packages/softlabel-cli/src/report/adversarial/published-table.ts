import type { PublishedNumber, PublishedRun } from "../../experiment/adversarial/published.ts";
import { publishedRuns } from "../../experiment/adversarial/published.ts";
import type { AdversarialExperiment, AdversarialResults } from "../../experiment/adversarial/results.ts";
import { formatCount } from "../../experiment/verdict-metrics.ts";
import { counted, inWords } from "../../experiment/verdict-wording.ts";
import type { CsvTable } from "../csv.ts";
import { type Html, html } from "../html.ts";
import { normName, percent, smoothingLabel, smoothingsOf } from "./arm-names.ts";

/** What others published of the same tutorial, beside our numbers, and what differs. */
export function publishedTable(results: AdversarialResults): Html {
  const smoothings = smoothingsOf(results);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Published numbers"><table class="rows published"><thead><tr><th scope="col">Test accuracy (%)</th><th scope="col" class="number">Published</th>${smoothings.map(
    (epsilon) => html`<th scope="col" class="number">Here, ${smoothingLabel(results, epsilon)}</th>`,
  )}</tr></thead>
${publishedRuns.map(
  (
    run,
  ) => html`<tbody><tr class="head"><th scope="rowgroup" colspan="${2 + smoothings.length}">${run.source} <small>${settingInWords(run)} · ${run.url}</small></th></tr>
${run.numbers.map((number) => publishedRow(results, number))}</tbody>
`,
)}</table></div>
${publishedRuns.map((run) => html`<p class="note"><b>What differs from ${run.source}.</b> ${differencesInWords(run, results.experiment)}</p>\n`)}`;
}

function publishedRow(results: AdversarialResults, { training, rows, accuracy, spread }: PublishedNumber): Html {
  const ours = (epsilon: number): string => percent(ourAccuracy(results, epsilon, { training, rows }), 2);
  const images = rows === "clean" ? "clean images" : "under FGSM";
  return html`<tr><th scope="row">${published[training]}, ${images}</th><td class="number"><b>${percent(accuracy, 2)}</b>${
    spread === null ? null : html` <span class="sd">± ${percent(spread, 2)}</span>`
  }</td>${smoothingsOf(results).map((epsilon) => html`<td class="number">${ours(epsilon)}</td>`)}</tr>
`;
}

function ourAccuracy(
  { arms }: AdversarialResults,
  epsilon: number,
  { training, rows }: Pick<PublishedNumber, "training" | "rows">,
): number | null {
  return arms.find((arm) => arm.labelSmoothing === epsilon && arm.training === training)?.test[rows] ?? null;
}

/** `6 epochs, Adam, 60,000 images, FGSM at strength 0.3, one run`. */
function settingInWords({ epochs, optimizer, trainRows, attackEpsilon, spreadOf }: PublishedRun): string {
  return [
    counted(epochs, "epoch"),
    ...(optimizer === null ? [] : [optimizerNames[optimizer]]),
    counted(trainRows, "image"),
    `FGSM at strength ${attackEpsilon}`,
    spreadOf,
  ].join(", ");
}

/** What they trained on, whatever ours did. */
const published = { clean: "trained on clean images", adversarial: "trained against FGSM" } as const;

const optimizerNames: Readonly<Record<AdversarialExperiment["optimizer"], string>> = {
  adam: "Adam",
  sgd: "SGD",
  momentum: "momentum",
};

/** What our options set otherwise, then what the source did otherwise whatever our options are. */
export function differencesInWords(run: PublishedRun, experiment: AdversarialExperiment): string {
  const { data, attack } = experiment;
  const here = [
    ...(experiment.epochs === run.epochs ? [] : [`${counted(experiment.epochs, "epoch")} instead of ${run.epochs}`]),
    ...(data.trainRows === run.trainRows
      ? []
      : [`${formatCount(data.trainRows)} training images instead of ${formatCount(run.trainRows)}`]),
    ...(run.optimizer === null || experiment.optimizer === run.optimizer
      ? []
      : [`${optimizerNames[experiment.optimizer]} instead of ${optimizerNames[run.optimizer]}`]),
    ...(data.attackedRows === 10000
      ? []
      : [`${formatCount(data.attackedRows)} test images attacked instead of 10,000`]),
    ...(attack.epsilon === run.attackEpsilon && attack.norm === "inf"
      ? []
      : [`strength ${attack.epsilon} in ${normName(experiment)} instead of ${run.attackEpsilon} in L∞`]),
    ...(attack.name === "pgd" ? ["training against PGD instead of FGSM"] : []),
    ...(data.name === "MNIST" ? [] : [`${data.name} instead of MNIST`]),
    ...(experiment.model === "cleverhans" ? [] : [`the model ${experiment.model} instead of the tutorial’s`]),
  ];
  const settings = here.length === 0 ? "Nothing in the settings." : `Here: ${inWords(here)}.`;
  return `${settings} ${run.remark}`;
}

/** The published numbers and ours, a line for each of ours. */
export function publishedCsv(results: AdversarialResults): CsvTable {
  return {
    name: "published",
    columns: ["source", "epochs", "training", "attack", "published", "spread", "labelSmoothing", "ours"],
    rows: publishedRuns.flatMap(({ source, epochs, numbers }) =>
      numbers.flatMap(({ training, rows, accuracy, spread }) =>
        smoothingsOf(results).map((epsilon) => [
          source,
          epochs,
          training,
          rows,
          accuracy,
          spread,
          epsilon,
          ourAccuracy(results, epsilon, { training, rows }),
        ]),
      ),
    ),
  };
}
