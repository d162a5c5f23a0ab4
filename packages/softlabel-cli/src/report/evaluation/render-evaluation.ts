import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import type { CsvTable } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { downloads, figureSection } from "../figure-section.ts";
import { type Html, html } from "../html.ts";
import { renderPage } from "../page.ts";
import { tableStyle } from "../table-style.ts";
import { applySection } from "./apply-section.ts";
import { countedClasses } from "./arm-names.ts";
import { classesCsv, classSection } from "./class-table.ts";
import { comparisonCsv, comparisonSection } from "./comparison-table.ts";
import { evaluationStyle } from "./evaluation-style.ts";
import { evaluationFigures } from "./figures.ts";
import { evaluationMethod } from "./method.ts";
import { evaluationGlance, metricsCsv, metricsPanel } from "./metrics-panel.ts";
import { mistakesCsv, mistakesSection } from "./mistakes-table.ts";
import { recalibratedReliability, recalibrationCsv, recalibrationSection } from "./recalibration-section.ts";
import { smoothingSection } from "./smoothing-section.ts";
import { sourceCard } from "./source-card.ts";
import { verdictList } from "./verdict-list.ts";

/** The figures of one evaluation, which take most of the time of its report. */
export interface DrawnFigures {
  readonly figures: readonly Figure[];
  /** Of the section on recalibration. */
  readonly recalibrated: Figure;
}

/** Draws them once, for the report, its files and its tables. */
export function drawFigures(results: EvaluationResults): DrawnFigures {
  return { figures: evaluationFigures(results), recalibrated: recalibratedReliability(results) };
}

/**
 * The report of one evaluation: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from a file is escaped.
 */
export function renderEvaluation(results: EvaluationResults, drawn: DrawnFigures = drawFigures(results)): string {
  const { arms, verdict } = results;
  const [headline = ""] = verdict;
  const [first] = arms;
  const comparison = comparisonSection(results);
  const smoothing = smoothingSection(results);
  return renderPage({
    generator: "softlabel evaluate",
    question: "How far can the confidence be trusted?",
    subject: arms.map(({ name }) => name).join(", "),
    extent: [
      counted(first?.source.rows ?? 0, "row"),
      ...(first?.source.classes ? [countedClasses(first.source.classes)] : []),
    ].join(", "),
    headline,
    style: tableStyle + evaluationStyle,
    main: html`<div class="answer">
${verdictList(results)}
${evaluationGlance(results)}
</div>
${contents(comparison !== null, smoothing !== null)}
<section id="source"><h2>What was judged</h2>
${sourceCard(results)}
</section>
<section id="numbers"><h2>The numbers</h2>
${metricsPanel(results)}
${downloads([metricsCsv(results)], "table")}
</section>
${comparison}<section id="figures"><h2>Figures</h2>
${drawn.figures.map(figureSection)}
</section>
${recalibrationSection(results, drawn.recalibrated)}${applySection(results)}${smoothing}${classSection(results)}${mistakesSection(results)}<section id="method"><h2>Method</h2>
${evaluationMethod(results)}
</section>`,
  });
}

function contents(compared: boolean, smoothed: boolean): Html {
  const entries: readonly (readonly [id: string, text: string, there?: boolean])[] = [
    ["source", "What was judged"],
    ["numbers", "The numbers"],
    ["comparison", "File against file", compared],
    ["figures", "Figures"],
    ["recalibration", "Recalibration"],
    ["apply", "How to apply it"],
    ["smoothing", "Label smoothing", smoothed],
    ["classes", "Class by class"],
    ["mistakes", "Mistakes"],
    ["method", "Method"],
  ];
  return html`<nav class="contents" aria-label="Contents">${entries
    .filter(([, , there = true]) => there)
    .map(([id, text]) => html`<a href="#${id}">${text}</a>`)}</nav>`;
}

/** Every table that the report links, each a CSV file of its own in its folder. */
export function evaluationTables(
  results: EvaluationResults,
  drawn: DrawnFigures = drawFigures(results),
): readonly CsvTable[] {
  return [
    metricsCsv(results),
    comparisonCsv(results),
    ...drawn.figures.flatMap(({ csv, furtherCsv = [] }) => [csv, ...furtherCsv]),
    recalibrationCsv(results),
    drawn.recalibrated.csv,
    classesCsv(results),
    mistakesCsv(results),
  ].filter(({ rows }) => rows.length > 0);
}
