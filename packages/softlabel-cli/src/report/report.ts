import type { Results } from "../experiment/results.ts";
import { downloads, figureSection } from "./figure-section.ts";
import { allFigures } from "./figures/all-figures.ts";
import { glance } from "./glance.ts";
import { html } from "./html.ts";
import { methodNote } from "./method-note.ts";
import { metricsCsv, metricsTable } from "./metrics-table.ts";
import { missingSection } from "./missing-section.ts";
import { renderPage, sentence } from "./page.ts";
import { reportTitle } from "./report-title.ts";
import { runCard } from "./run-card.ts";
import { tableStyle } from "./table-style.ts";

/**
 * The report of one experiment: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from data is escaped.
 */
export function renderReport(results: Results): string {
  const [headline = "", ...sentences] = results.verdict;
  const missing = missingSection(results);
  return renderPage({
    generator: "softlabel compare",
    ...reportTitle(results),
    headline,
    style: tableStyle,
    main: html`<div class="answer">
<ul class="verdict">
${sentences.map((text) => html`<li>${sentence(text)}</li>\n`)}</ul>
${glance(results)}
</div>
<nav class="contents" aria-label="Contents">${missing === null ? null : html`<a href="#missing">What is missing</a>`}<a href="#run">What was run</a><a href="#numbers">The numbers</a><a href="#figures">Figures</a><a href="#method">Method</a></nav>
${
  missing === null
    ? null
    : html`<section id="missing"><h2>What is missing</h2>
${missing}
</section>`
}
<section id="run"><h2>What was run</h2>
${runCard(results)}
</section>
<section id="numbers"><h2>The numbers</h2>
${metricsTable(results)}
${downloads([metricsCsv(results)], "table")}
</section>
<section id="figures"><h2>Figures</h2>
${allFigures(results).map(figureSection)}
</section>
<section id="method"><h2>Method</h2>
${methodNote(results)}
</section>`,
  });
}
