import type { MetricName, Results } from "../experiment/results.ts";
import { baselineOf, judgeArm } from "../experiment/verdict-evidence.ts";
import { formatEpsilon, formatValue, metricStyles } from "../experiment/verdict-metrics.ts";
import { counted } from "../experiment/verdict-wording.ts";
import { type CsvTable, csvDataUri } from "./csv.ts";
import type { Panel } from "./drawing.ts";
import type { Figure } from "./figure.ts";
import { allFigures } from "./figures/all-figures.ts";
import { escapeHtml, type Html, html, trusted } from "./html.ts";
import { methodNote } from "./method-note.ts";
import { judgementMark, metricsCsv, metricsTable } from "./metrics-table.ts";
import { commandLine, runCard } from "./run-card.ts";
import { styleSheet } from "./style-sheet.ts";
import { armMark } from "./theme.ts";

/**
 * The report of one experiment: one HTML document that needs no script, no network and no second file.
 *
 * Pure: the same results give the same document. Every string that came from data is escaped.
 */
export function renderReport(results: Results): string {
  const { experiment, verdict } = results;
  const [headline = "", ...sentences] = verdict;
  const subject = `${experiment.model} on ${experiment.data.name}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="softlabel compare">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>Does label smoothing help? ${subject}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<header>
<p class="eyebrow"><b>Does label smoothing help?</b> ${subject}, ${counted(experiment.data.trainRows, "training row")}, ${counted(experiment.epochs, "epoch")}, ${counted(experiment.seeds.length, "seed")}</p>
<h1>${sentence(headline)}</h1>
</header>
<main>
<div class="answer">
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
${downloads(metricsCsv(results))}
</section>
<section id="figures"><h2>Figures</h2>
${allFigures(results).map(figure)}
</section>
<section id="method"><h2>Method</h2>
${methodNote(results)}
</section>
</main>
<footer>Written by softlabel compare. Everything here is in results.json beside this file.</footer>
</body>
</html>
`;
  return page.html;
}

/** A verdict's sentence: intervals step back, a command stands apart, ε keeps its number on its line. */
function sentence(text: string): Html {
  const [prose = "", command] = text.split(/(?<=To see:) /);
  const marked = escapeHtml(prose)
    .replace(/([εT]) = /g, "$1\u00a0=\u00a0")
    .replace(/ (\([+−\d–][^()]*\)[.,;]?)/g, ' <span class="aside">$1</span>');
  return html`${trusted(marked)}${command === undefined ? null : html` ${commandLine(command)}`}`;
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

function figure({ id, title, caption, groups, size, legend, csv }: Figure): Html {
  const paired = size === "small" && groups.every((group) => group.length === 2);
  const panels = groups.map((group) =>
    size === "small" && !paired ? group.map(panel) : html`<div class="group">${group.map(panel)}</div>`,
  );
  return html`<figure id="${id}">
<figcaption><h3>${title}</h3>${caption}</figcaption>
${legend.length === 0 ? null : html`<ul class="legend">${legend.map(legendEntry)}</ul>`}
<div class="panels ${paired ? "pairs" : size}">${panels}</div>
${downloads(csv)}
</figure>
`;
}

function panel({ title, svg }: Panel): Html {
  return html`<div class="panel"><h4>${title}</h4>${trusted(svg)}</div>\n`;
}

function legendEntry({ label, color, glyph, dash }: Figure["legend"][number]): Html {
  const sample =
    dash === null
      ? html`<span style="color:${color}" aria-hidden="true">${glyph}</span> `
      : html`<svg width="28" height="8" aria-hidden="true"><path d="M1 4H27" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/></svg>`;
  return html`<li>${sample}${label}</li>`;
}

function downloads(table: CsvTable): Html {
  return html`<p class="download"><a download="${table.name}.csv" href="${trusted(csvDataUri(table))}">Data of this ${table.name === "metrics" ? "table" : "figure"} as CSV</a></p>`;
}
