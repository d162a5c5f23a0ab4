import type { ArmComparison, EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import { formatP } from "../../experiment/verdict-metrics.ts";
import type { CsvTable } from "../csv.ts";
import { downloads } from "../figure-section.ts";
import { type Html, html } from "../html.ts";
import { armLabel } from "./arm-names.ts";
import { formatMeasureDifference, isNumber, type MeasureStyle, measureStyles } from "./measures.ts";

type Compared = Extract<ArmComparison, { comparable: true }>;

/** What each further file changes against the first, row by row; null where only one was given. */
export function comparisonSection(results: EvaluationResults): Html | null {
  const { arms } = results;
  const [first, ...others] = arms;
  if (first === undefined || others.length === 0) return null;
  const entries = others.map((arm, i) => ({ arm, index: i + 1 }));
  return html`<section id="comparison"><h2>Against ${first.name}</h2>
<p class="note">Each file less the first, on the same rows. An interval that excludes zero shows a difference on rows like these; it does not say that another training run would show it.</p>
${entries.map(({ arm, index }) => comparison(arm, index))}
${arms.some((arm) => arm.comparison?.comparable) ? downloads([comparisonCsv(results)], "table") : null}
</section>
`;
}

function comparison(arm: EvaluatedArm, index: number): Html {
  const { comparison: found } = arm;
  if (found === null) return html`<h3>${armLabel(arm, index)}</h3><p>Not compared.</p>`;
  if (!found.comparable) return html`<h3>${armLabel(arm, index)}</h3><p>Not compared: ${found.reason}.</p>`;
  const trust = found.onTrust
    ? html`<p class="note">The rows are taken for the same because there are as many: without labels in both files nothing else shows it.</p>
`
    : null;
  return html`<h3>${armLabel(arm, index)}</h3>
${trust}${differenceTable(found.differences)}`;
}

/** Differences with their intervals, and p where a test was made. */
function differenceTable(differences: Compared["differences"]): Html {
  const tested = Object.values(differences).some(({ p }) => p !== undefined);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Differences"><table class="rows"><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Interval</th>${
    tested ? html`<th scope="col" class="number">p</th>` : null
  }</tr></thead><tbody>
${inOrder(Object.entries(differences)).map(([name, { mean, low, high, p }]) => {
  const style: Pick<MeasureStyle, "label" | "unit" | "decimals"> = styleOf(name);
  const unit = style.unit === "share" ? " (points)" : style.unit === "nats" ? " (nats)" : "";
  const signed = (value: number | null): string => formatMeasureDifference(style, value);
  return html`<tr data-metric="${name}"><th scope="row">${style.label}${unit}</th><td class="number"><b>${signed(mean)}</b></td><td class="number">${
    isNumber(low) && isNumber(high) ? `${signed(low)} to ${signed(high)}` : "–"
  }</td>${tested ? html`<td class="number">${p === undefined ? "" : formatP(p)}</td>` : null}</tr>
`;
})}</tbody></table></div>`;
}

/** As in the table of metrics; those without a style come last. */
function inOrder<Value>(entries: readonly (readonly [string, Value])[]): readonly (readonly [string, Value])[] {
  const names = [...measureStyles.keys()];
  const place = (name: string): number => (measureStyles.has(name) ? names.indexOf(name) : names.length);
  return [...entries].sort(([a], [b]) => place(a) - place(b));
}

/** The style of a metric; one that nobody described is printed as it is. */
function styleOf(name: string): Pick<MeasureStyle, "label" | "unit" | "decimals"> {
  return measureStyles.get(name) ?? { label: name, unit: "number", decimals: 4 };
}

/** The differences in full precision; no row where only one file was given. */
export function comparisonCsv({ arms }: EvaluationResults): CsvTable {
  return {
    name: "comparison",
    columns: ["arm", "metric", "difference", "low", "high", "p"],
    rows: arms.flatMap(({ name, comparison }) =>
      comparison?.comparable === true
        ? Object.entries(comparison.differences).map(([metric, { mean, low, high, p }]) => [
            name,
            metric,
            mean,
            low,
            high,
            p ?? null,
          ])
        : [],
    ),
  };
}
