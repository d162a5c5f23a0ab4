import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import type { CsvTable } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { downloads, figureSection } from "../figure-section.ts";
import { type Html, html } from "../html.ts";
import { renderPage, sentence } from "../page.ts";
import { tableStyle } from "../table-style.ts";
import { accuracyCsv, accuracyTable } from "./accuracy-table.ts";
import { adversarialCard } from "./adversarial-card.ts";
import { adversarialMethod } from "./adversarial-method.ts";
import { adversarialStyle } from "./adversarial-style.ts";
import { confidenceFigure, reliabilityFigure } from "./calibration-figures.ts";
import { calibrationCsv, calibrationTable } from "./calibration-table.ts";
import { digitsFigure } from "./digits-figure.ts";
import { adversarialGlance } from "./glance.ts";
import { maskingCsv, maskingTable } from "./masking-table.ts";
import { publishedCsv, publishedTable } from "./published-table.ts";
import { robustnessFigure } from "./robustness-figure.ts";
import { smoothingCsv, smoothingTable } from "./smoothing-table.ts";

/**
 * The report of one adversarial experiment: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from data is escaped.
 */
export function renderAdversarialReport(results: AdversarialResults): string {
  const { experiment, verdict } = results;
  const [headline = "", ...sentences] = verdict;
  const digits = digitsFigure(results);
  const compared = smoothingTable(results);
  const sections: readonly (readonly [id: string, title: string, body: Html] | null)[] = [
    [
      "accuracy",
      "How robust is each?",
      html`${figureSection(robustnessFigure(results))}<h3>In numbers, mean ± sd over seeds</h3>${accuracyTable(results)}${downloads([accuracyCsv(results)], "table")}`,
    ],
    compared && [
      "smoothing",
      "What smoothing changed",
      html`${compared}${downloads([smoothingCsv(results)], "table")}`,
    ],
    ["checks", "Are gradients hidden?", html`${maskingTable(results)}${maskingDownloads(results)}`],
    digits && ["examples", "Under attack", figureSection(digits)],
    [
      "calibration",
      "How far can the confidence be trusted?",
      html`${calibrationTable(results)}${downloads([calibrationCsv(results)], "table")}${figureSection(confidenceFigure(results))}${figureSection(reliabilityFigure(results))}`,
    ],
    [
      "published",
      "Beside published numbers",
      html`${publishedTable(results)}${downloads([publishedCsv(results)], "table")}`,
    ],
    ["run", "What was run", adversarialCard(results)],
    ["method", "Method", adversarialMethod(results)],
  ];
  const present = sections.filter((section) => section !== null);
  return renderPage({
    generator: "softlabel adversarial",
    question: "What does label smoothing do to robustness?",
    subject: `${experiment.model} on ${experiment.data.name}`,
    extent: `${counted(experiment.data.trainRows, "training row")}, ${counted(experiment.epochs, "epoch")}, ${counted(experiment.seeds.length, "seed")}`,
    headline,
    style: tableStyle + adversarialStyle,
    main: html`<div class="answer">
<ul class="verdict">
${sentences.map((text) => html`<li>${sentence(text)}</li>\n`)}</ul>
${adversarialGlance(results)}
</div>
<nav class="contents" aria-label="Contents">${present.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
${present.map(
  ([id, title, body]) => html`<section id="${id}"><h2>${title}</h2>
${body}
</section>
`,
)}`,
  });
}

function maskingDownloads(results: AdversarialResults): Html | null {
  return results.checks.length === 0 ? null : downloads([maskingCsv(results)], "table");
}

/** Every figure of the report, in its order. */
export function adversarialFigures(results: AdversarialResults): readonly Figure[] {
  const digits = digitsFigure(results);
  return [
    robustnessFigure(results),
    ...(digits === null ? [] : [digits]),
    confidenceFigure(results),
    reliabilityFigure(results),
  ];
}

/** Every table that the report links, each a CSV file of its own in its folder. */
export function adversarialTables(results: AdversarialResults): readonly CsvTable[] {
  return [
    accuracyCsv(results),
    smoothingCsv(results),
    maskingCsv(results),
    calibrationCsv(results),
    publishedCsv(results),
    ...adversarialFigures(results).map(({ csv }) => csv),
  ].filter(({ rows }) => rows.length > 0);
}
