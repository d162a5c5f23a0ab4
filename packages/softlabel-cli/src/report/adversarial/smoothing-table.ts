import type { AdversarialResults, SmoothingComparison } from "../../experiment/adversarial/results.ts";
import type { Difference } from "../../experiment/results.ts";
import { judge } from "../../experiment/verdict-evidence.ts";
import { formatDifference, formatEpsilon, formatP } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { differenceBar } from "../difference-bar.ts";
import { type Html, html } from "../html.ts";
import { judgementMark } from "../metrics-table.ts";
import {
  attackNames,
  comparedRows,
  percent,
  type Rows,
  rowsLabel,
  smoothingMark,
  trainingInWords,
} from "./arm-names.ts";

/** Every smoothed arm against ε = 0 of the same training, attack by attack; null where there is nothing to compare. */
export function smoothingTable(results: AdversarialResults): Html | null {
  const { comparisons } = results;
  if (comparisons.length === 0) return null;
  return html`<table class="metrics compared" role="table">
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">Images</th>
<th role="columnheader" scope="col" class="number">Accuracy (%), ε = 0 → ε</th>
<th role="columnheader" scope="col" class="number">Difference</th>
<th role="columnheader" scope="col" class="number">95% interval</th>
<td role="cell" class="bar"></td>
<th role="columnheader" scope="col" class="number">p</th><th role="columnheader" scope="col" class="number">Holm p</th>
<th role="columnheader" scope="col">Shown</th></tr></thead>
${comparisons.map((comparison) => comparisonRows(results, comparison))}
</table>`;
}

function comparisonRows(results: AdversarialResults, comparison: SmoothingComparison): Html {
  const { labelSmoothing, training } = comparison;
  const { color, glyph } = smoothingMark(results, labelSmoothing);
  return html`<tbody role="rowgroup" data-arm="${labelSmoothing}-${training}"><tr role="row" class="head"><th role="rowheader" scope="rowgroup" colspan="8"><span style="color:${color}" aria-hidden="true">${glyph}</span> ε\u00a0=\u00a0${formatEpsilon(labelSmoothing)} against ε\u00a0=\u00a00, ${trainingInWords(training, results.experiment)}</th></tr>${comparedRows.map(
    (rows) => comparisonRow(results, comparison, rows, color),
  )}</tbody>
`;
}

function comparisonRow(results: AdversarialResults, comparison: SmoothingComparison, rows: Rows, color: string): Html {
  const { arms, comparisons, experiment } = results;
  const { labelSmoothing, training } = comparison;
  const of = (epsilon: number): number | undefined =>
    arms.find((arm) => arm.labelSmoothing === epsilon && arm.training === training)?.test[rows];
  const difference = comparison.difference[rows];
  const { mean, low, high, p, pHolm } = difference;
  const interval = low === null || high === null ? "–" : `${signed(low)} to ${signed(high)}`;
  // Clean accuracy changes by a hundredth of what accuracy under attack does: on one scale its bars would be points.
  const alike = rows === "clean" ? (["clean"] as const) : attackNames;
  const all = comparisons.flatMap((other) => alike.map((name) => other.difference[name]));
  return html`<tr role="row" data-rows="${rows}"><th role="rowheader" scope="row" class="arm">${rowsLabel(rows, experiment)}</th><td role="cell" class="number mean">${percent(of(0), 2)} → ${percent(of(labelSmoothing), 2)}</td><td role="cell" class="number difference">${signed(mean)}</td><td role="cell" class="number interval">${interval}</td><td role="cell" class="bar">${differenceBar(difference, all, color)}</td><td role="cell" class="number p" data-label="p ">${formatP(p)}</td><td role="cell" class="number p" data-label="Holm p ">${formatP(pHolm)}</td><td role="cell" class="judgement">${isHidden(comparison, rows) ? hiddenMark : judgementMark(judge("accuracy", difference))}</td></tr>`;
}

/** The gain that other attacks take back stands at FGSM. */
export function isHidden({ masked }: SmoothingComparison, rows: Rows): boolean {
  return masked && rows === "fgsm";
}

/** What stands instead of “better” where FGSM alone says so. */
export const hiddenWords = { sign: "✗", word: "hidden gradients" } as const;

const hiddenMark = html`<span class="worse"><span aria-hidden="true">${hiddenWords.sign}</span> ${hiddenWords.word}</span>`;

function signed(value: Difference["mean"]): string {
  return formatDifference("accuracy", value, 2);
}

/** The table's numbers in full precision. */
export function smoothingCsv({ arms, comparisons, experiment: { seeds } }: AdversarialResults): CsvTable {
  return {
    name: "smoothing",
    columns: [
      "labelSmoothing",
      "training",
      "attack",
      "accuracyAtZero",
      "accuracy",
      "difference",
      "low",
      "high",
      "p",
      "pHolm",
      "hiddenGradients",
      ...seeds.map((seed) => `seed ${seed}`),
    ],
    rows: comparisons.flatMap((comparison) =>
      comparedRows.map((rows) => {
        const { labelSmoothing, training } = comparison;
        const of = (epsilon: number): number | null =>
          arms.find((arm) => arm.labelSmoothing === epsilon && arm.training === training)?.test[rows] ?? null;
        const { mean, low, high, p, pHolm, perSeed } = comparison.difference[rows];
        return [
          labelSmoothing,
          training,
          rows,
          of(0),
          of(labelSmoothing),
          mean,
          low,
          high,
          p,
          pHolm,
          String(isHidden(comparison, rows)),
          ...seeds.map((_, i) => perSeed[i] ?? null),
        ];
      }),
    ),
  };
}
