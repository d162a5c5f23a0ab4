import { colorVariables } from "./theme.ts";

/** The report's whole style: no font, image or sheet from outside; screens of any width, both schemes, paper. */
export const styleSheet: string = `${colorVariables}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
header, main, footer { max-width: 68rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header { padding-top: clamp(2rem, 7vw, 4.5rem); }
.eyebrow { max-width: none; margin: 0 0 .9rem; color: var(--muted); font-size: .875rem; letter-spacing: .01em; }
.eyebrow b { color: var(--ink); font-weight: 600; }
h1, .verdict { font-family: Charter, "Iowan Old Style", "Source Serif 4", Georgia, "DejaVu Serif", serif; }
h1, .verdict li, .panel h4, .legend li, .eyebrow { overflow-wrap: anywhere; }
h1 { margin: 0; max-width: 26em; font-size: clamp(1.55rem, 4.6vw, 2.4rem); line-height: 1.2; font-weight: 600; letter-spacing: -.012em; text-wrap: pretty; }
h1.long { max-width: 34em; font-size: clamp(1.3rem, 3.4vw, 1.75rem); line-height: 1.28; }
.aside { color: var(--muted); }
.flag { white-space: nowrap; }
h1 .aside { font-size: .66em; font-weight: 400; letter-spacing: 0; }
.verdict { max-width: 42em; margin: 1.75rem 0 0; padding: 0; list-style: none; font-size: 1.0625rem; line-height: 1.55; }
.verdict li { margin: 0 0 .8rem; text-wrap: pretty; }
.verdict code { display: block; margin-top: .5rem; padding: .6rem .75rem; background: var(--panel); border-radius: .35rem; overflow-wrap: anywhere; }
.verdict .aside { font-size: .93em; }
section { margin-top: clamp(2.75rem, 7vw, 4.5rem); }
h2 { margin: 0 0 1rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); font-size: 1.25rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
h3 { margin: 0 0 .3rem; color: var(--ink); font-size: 1.0625rem; font-weight: 650; }
p, figcaption, dd { max-width: 44em; }
small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; line-height: 1.4; }
code, pre { font: .84375rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: .4rem 0 0; padding: .8rem 1rem; background: var(--panel); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: .18em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--arm-1); outline-offset: 2px; border-radius: 2px; }
.answer { display: grid; gap: 0 clamp(2rem, 5vw, 4.5rem); }
code > span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.contents { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; margin-top: 2rem; font-size: .875rem; }

.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16.5rem), 1fr)); gap: 0 2rem; align-self: start; margin: 1.6rem 0 0; border-bottom: 1px solid var(--rule); }
.glance > div { padding: .8rem 0 .9rem; border-top: 1px solid var(--rule); }
.glance dt { margin-bottom: .25rem; color: var(--muted); font-size: .8125rem; }
.glance dd { display: grid; grid-template-columns: 5.6rem 4.9rem 1fr; gap: .4rem; align-items: baseline; margin: 0; }
.glance dd > .better, .glance dd > .worse { justify-self: start; }
.glance dd b { font-size: 1.1875rem; font-weight: 600; letter-spacing: -.01em; }
.glance .arm { color: var(--muted); font-size: .875rem; white-space: nowrap; }
.glance.named dd { grid-template-columns: minmax(0, 1fr) auto 5.2rem; padding: .1rem 0; }
.glance.named .arm { white-space: normal; overflow-wrap: anywhere; line-height: 1.3; }
.glance.named dd > b { font-size: 1.0625rem; }
.named bdi { overflow-wrap: anywhere; }

.better, .worse, .changed, .unclear { display: inline-block; padding: .05rem .45rem; border-radius: 1rem; font-size: .8125rem; white-space: nowrap; }
.better { background: var(--better-tint); color: var(--better); font-weight: 600; }
.worse { background: var(--worse-tint); color: var(--worse); font-weight: 600; }
.changed { background: var(--panel); }
.unclear { padding-inline: 0; color: var(--muted); }

.card, .method { margin: 0; }
.card > div { grid-template-columns: 7.5rem minmax(0, 1fr); }
.method > div { grid-template-columns: 11.5rem minmax(0, 1fr); }
.card > div, .method > div { display: grid; gap: 0 1rem; padding: .32rem 0; }
.card > div, .method > div { border-top: 1px solid color-mix(in srgb, var(--rule) 55%, transparent); }
dt { color: var(--muted); }
.card, .method { font-size: .9375rem; }
.card { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 3rem; }
.card > .wide { grid-column: 1 / -1; }
.method dt { color: var(--ink); font-weight: 600; }
.card dd, .method dd { margin: 0; overflow-wrap: anywhere; }
.card pre { margin: 0; padding: .45rem .7rem; }
.replay { margin: 1.1rem 0 0; color: var(--muted); font-size: .9375rem; }
.references { color: var(--muted); font-size: .8125rem; max-width: 52em; }

.metrics { width: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.4; }
.metrics th, .metrics td { padding: .34rem .6rem; text-align: left; vertical-align: baseline; font-weight: 400; }
.metrics th:first-child { padding-left: 0; }
.metrics td:last-child, .metrics thead th:last-child { padding-right: 0; }
.metrics thead th { padding-bottom: .5rem; color: var(--muted); font-size: .8125rem; white-space: nowrap; }
.metrics tbody { border-top: 1px solid var(--rule); }
.metrics tbody .head > * { padding-top: .7rem; padding-bottom: 0; font-weight: 600; }
.metrics .head small { display: inline; margin-left: .35rem; }
.metrics tbody tr:last-child > * { padding-bottom: .6rem; }
.metrics .number { text-align: right; white-space: nowrap; }
.metrics .sd, .metrics .p { color: var(--muted); }
.metrics .arm { white-space: nowrap; }
.metrics.named .arm { min-width: 9rem; max-width: 15rem; white-space: normal; line-height: 1.3; }
.metrics.named thead th { white-space: normal; max-width: 9rem; }
.metrics .difference { font-weight: 600; }
.metrics .judgement, .metrics thead th:last-child { padding-left: 1.5rem; }
.metrics .bar { width: 6.5rem; }
.metrics .bar svg { display: block; position: relative; top: .15rem; }

.missing p { margin: .6rem 0 0; font-size: .9375rem; overflow-wrap: anywhere; }
.missing pre { max-height: 22rem; overflow: auto; }
.missing summary { color: var(--ink); overflow-wrap: anywhere; }

figure { margin: 2.75rem 0 0; }
.panels { display: grid; gap: 1.25rem 1.5rem; margin-top: 1.1rem; }
.panels.small { grid-template-columns: repeat(auto-fill, minmax(min(46%, 14rem), 1fr)); }
.panels.pairs { grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
.panels.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); }
.group { display: grid; gap: 1rem 1.25rem; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.triples .group { grid-template-columns: repeat(3, minmax(0, 15.5rem)); gap: 1rem 2rem; }
.wide .group, .broad .group { display: contents; }
.broad .panel { overflow-x: auto; }
.broad .panel svg { overflow: hidden; }
.panel { display: flex; flex-direction: column; justify-content: space-between; margin: 0; min-width: 0; break-inside: avoid; }
.small .panel, .pairs .panel, .triples .panel { max-width: 17rem; }
.wide .panel { max-width: 31rem; }
.panel h4 { margin: 0 0 .2rem; font-size: .8125rem; line-height: 1.35; font-weight: 600; }
.panel svg { display: block; width: 100%; height: auto; overflow: visible; }
.panel text { white-space: pre; }
figcaption { color: var(--muted); font-size: .9375rem; line-height: 1.5; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .8rem 0 0; padding: 0; list-style: none; font-size: .875rem; }
.legend svg { vertical-align: middle; margin-right: .4rem; }
.download { margin: .9rem 0 0; font-size: .8125rem; color: var(--muted); }
footer { margin-top: 4rem; padding-block: 1.25rem 3rem; color: var(--muted); font-size: .8125rem; }

@media screen and (min-width: 62rem) {
  .answer { grid-template-columns: minmax(0, 1fr) 19rem; margin-top: 2rem; }
  .verdict { margin-top: 0; }
  .glance { grid-template-columns: 1fr; margin-top: .3rem; }
}
@media (max-width: 62rem) { .metrics .bar { display: none; } }
@media screen and (max-width: 52rem) {
  .metrics, .metrics tbody, .metrics tr, .metrics th, .metrics td { display: block; }
  .metrics thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .metrics .bar, .metrics td.none { display: none; }
  .metrics tbody { padding: .75rem 0; }
  .metrics tbody tr > *, .metrics tbody .head > *, .metrics tbody tr:last-child > * { padding: 0; }
  .metrics .head small { display: block; margin: 0; }
  .metrics tbody tr:not(.head) { display: grid; grid-template-columns: 3.4rem 1fr auto; gap: .1rem .6rem; align-items: baseline; padding-top: .45rem; }
  .metrics .number { text-align: left; white-space: normal; }
  .metrics .mean { grid-column: 2 / -1; grid-row: 1; }
  .metrics .sd { font-size: .8125rem; }
  .metrics .judgement { grid-column: 3; grid-row: 1; padding: 0; text-align: right; }
  .metrics .difference { grid-column: 2; grid-row: 2; }
  .metrics .difference::before { content: "Δ "; color: var(--muted); font-weight: 400; }
  .metrics .interval { grid-column: 3; grid-row: 2; font-size: .875rem; text-align: right; color: var(--muted); }
  .metrics .p { grid-row: 3; grid-column: 2; font-size: .8125rem; }
  .metrics .p + .p { grid-column: 3; text-align: right; }
  .metrics .p::before { content: attr(data-label); }
  .metrics.named tbody tr:not(.head) { grid-template-columns: 1fr auto; }
  .metrics.named .arm { grid-area: 1 / 1 / 2 / -1; max-width: none; }
  .metrics.named .mean { grid-area: 2 / 1 / 3 / 2; }
  .metrics.named .judgement { grid-area: 2 / 2 / 3 / 3; }
  .metrics.named .difference { grid-area: 3 / 1 / 4 / 2; }
  .metrics.named .interval { grid-area: 3 / 2 / 4 / 3; }
  .metrics.named .p { grid-area: 4 / 1 / 5 / 2; }
  .metrics.named .p + .p { grid-area: 4 / 2 / 5 / 3; }
  .triples .group { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem 1.25rem; }
  .card > div, .method > div { grid-template-columns: minmax(0, 1fr); padding: .45rem 0; }
  .card > div { grid-template-columns: 6.5rem minmax(0, 1fr); padding: .3rem 0; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 9.5pt; }
  header, main, footer { max-width: none; padding-inline: 0; }
  header { padding-top: 0; }
  h1 { font-size: 19pt; }
  .contents, .download { display: none; }
  section { margin-top: 9mm; }
  .answer { display: block; }
  .glance { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .glance dd { grid-template-columns: 3.3rem 3.5rem 1fr; }
  .glance .arm, .glance dd > .better, .glance dd > .worse, .glance dd > .unclear { font-size: 7.5pt; }
  .glance dd b { font-size: 11pt; }
  .card { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; font-size: 8.5pt; }
  .card > div { grid-template-columns: 5.5rem minmax(0, 1fr); }
  figure, .metrics tbody, .card > div, .method > div, .glance > div, .verdict li { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  .metrics, .metrics small, .metrics thead th, .metrics .judgement > span { font-size: 8pt; }
  .metrics th, .metrics td { padding: .12rem .4rem; }
  figcaption, .method, code { font-size: 8.5pt; }
  .metrics .bar { display: none; }
  .panels.small { grid-template-columns: repeat(4, 1fr); }
  .triples .group { grid-template-columns: repeat(3, 1fr); }
  .panels.pairs, .panels.wide { grid-template-columns: repeat(2, 1fr); }
  .better, .worse, .changed { border: .5pt solid currentColor; background: none; }
}`;
