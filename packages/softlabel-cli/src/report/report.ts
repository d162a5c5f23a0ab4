import type { MetricName, Results } from "../experiment/results.ts";
import { baselineOf, judgeArm } from "../experiment/verdict-evidence.ts";
import { formatEpsilon, formatValue, metricStyles } from "../experiment/verdict-metrics.ts";
import { counted } from "../experiment/verdict-wording.ts";
import { downloads, figureSection } from "./figure-section.ts";
import { allFigures } from "./figures/all-figures.ts";
import { type Html, html } from "./html.ts";
import { methodNote } from "./method-note.ts";
import { judgementMark, metricsCsv, metricsTable } from "./metrics-table.ts";
import { renderPage, sentence } from "./page.ts";
import { runCard } from "./run-card.ts";
import { armMark } from "./theme.ts";

/**
 * The report of one experiment: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from data is escaped.
 */
export function renderReport(results: Results): string {
  const { experiment, verdict } = results;
  const { trainer } = experiment;
  const [headline = "", ...sentences] = verdict;
  return renderPage({
    generator: "softlabel compare",
    question: "Does label smoothing help?",
    subject: `${trainer.kind === "built-in" ? trainer.model : trainer.kind} on ${experiment.data.name}`,
    extent: `${trainer.kind === "built-in" ? `${counted(experiment.data.trainRows ?? 0, "training row")}, ${counted(trainer.epochs, "epoch")}, ` : ""}${counted(experiment.seeds.length, "seed")}`,
    headline,
    main: html`<div class="answer">
<ul class="verdict">
${sentences.map((text) => html`<li>${sentence(text)}</li>\n`)}</ul>
${glance(results)}
</div>
<nav class="contents" aria-label="Contents"><a href="#run">What was run</a><a href="#numbers">The numbers</a><a href="#figures">Figures</a><a href="#method">Method</a></nav>
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

/** The numbers that most readers want, arm by arm. */
function glance({ arms }: Results): Html {
  const baseline = baselineOf({ arms });
  const metrics: readonly MetricName[] = [
    "accuracy",
    "nll",
    "nllAfterTemperature",
    "ece",
    "eceAfterTemperature",
    "aurc",
  ];
  const shown = metrics.filter((metric) => arms.every((arm) => arm.metrics[metric] !== undefined));
  return html`<dl class="glance">${shown.map((metric) => {
    const { label, better, decimals } = metricStyles[metric];
    return html`<div><dt>${label}, ${better} is better</dt>${arms.map((arm, index) => {
      const { color, glyph } = armMark(index);
      const mark = arm.difference === null ? null : judgementMark(judgeArm(metric, arm, baseline));
      return html`<dd><span class="arm"><span style="color:${color}" aria-hidden="true">${glyph}</span> ε\u00a0=\u00a0${formatEpsilon(arm.epsilon)}</span><b>${formatValue(metric, arm.metrics[metric]?.mean ?? Number.NaN, decimals.sentence)}</b>${mark}</dd>`;
    })}</div>\n`;
  })}</dl>`;
}
