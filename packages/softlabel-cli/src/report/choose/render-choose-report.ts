import type { ChooseResults } from "../../experiment/choose/results.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import type { CsvTable } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { downloads, figureSection } from "../figure-section.ts";
import { html } from "../html.ts";
import { renderPage, sentence } from "../page.ts";
import { tableStyle } from "../table-style.ts";
import { armsCsv, armsTable } from "./arms-table.ts";
import { chooseCard } from "./choose-card.ts";
import { chooseGlance } from "./choose-glance.ts";
import { chooseMethod } from "./choose-method.ts";
import { objectiveByEpsilon } from "./objective-by-epsilon.ts";
import { testCsv, testTable } from "./test-table.ts";

/**
 * The report of one choice: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from data is escaped.
 */
export function renderChooseReport(results: ChooseResults): string {
  const { experiment, verdict } = results;
  const { trainer } = experiment;
  const [headline = "", ...sentences] = verdict;
  const sections = [
    ["choice", "How it was chosen", html`${chooseFigures(results).map(figureSection)}`],
    [
      "validation",
      "Every ε on the validation rows",
      html`${armsTable(results)}${downloads([armsCsv(results)], "table")}`,
    ],
    ["test", "On the test rows", html`${testTable(results)}${downloads([testCsv(results)], "table")}`],
    ["run", "What was run", chooseCard(results)],
    ["method", "Method", chooseMethod(results)],
  ] as const;
  return renderPage({
    generator: "softlabel choose",
    question: "Which ε?",
    subject: `${trainer.kind === "built-in" ? trainer.model : trainer.kind} on ${experiment.data.name}`,
    extent: `${counted(results.arms.length, "ε")}, ${counted(experiment.seeds.length, "seed")}`.replace("εs", "ε"),
    headline,
    style: `${tableStyle}\n.scroll .remark { white-space: nowrap; }`,
    main: html`<div class="answer">
<ul class="verdict">
${sentences.map((text) => html`<li>${sentence(text)}</li>\n`)}</ul>
${chooseGlance(results)}
</div>
<nav class="contents" aria-label="Contents">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
${sections.map(
  ([id, title, body]) => html`<section id="${id}"><h2>${title}</h2>
${body}
</section>
`,
)}`,
  });
}

/** Every figure of the report, in its order. */
export function chooseFigures(results: ChooseResults): readonly Figure[] {
  return [objectiveByEpsilon(results)];
}

/** Every table that the report links, each a CSV file of its own in its folder. */
export function chooseTables(results: ChooseResults): readonly CsvTable[] {
  return [armsCsv(results), testCsv(results), ...chooseFigures(results).map(({ csv }) => csv)];
}
