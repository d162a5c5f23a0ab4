/** Rules that only the report of an adversarial experiment has. */
export const adversarialStyle: string = `
.accuracies { align-self: start; width: 100%; max-width: 34rem; margin: 1.6rem 0 0; border-collapse: collapse; border-bottom: 1px solid var(--rule); line-height: 1.4; }
.accuracies caption { padding: .8rem 0 .3rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .8125rem; text-align: left; }
.accuracies th, .accuracies td { padding: .26rem 0 .26rem .5rem; font-weight: 400; text-align: right; white-space: nowrap; }
.accuracies thead th { color: var(--muted); font-size: .8125rem; }
.accuracies tbody th { padding-left: 0; color: var(--muted); font-size: .875rem; text-align: left; }
.accuracies .head th { padding-top: .7rem; border-top: 1px solid var(--rule); font-size: .8125rem; }
.accuracies td { font-weight: 600; }
.accuracies .head th::first-letter, .rows:not(.published) .head th::first-letter { text-transform: uppercase; }
.accuracies tbody tr:last-child > * { padding-bottom: .7rem; }
.scroll .head > th { max-width: none; padding-top: .8rem; font-weight: 600; }
.scroll .head small { font-weight: 400; overflow-wrap: anywhere; }
.scroll tbody tr:not(.head) th { font-weight: 400; white-space: nowrap; max-width: none; }
.scroll .sd { color: var(--muted); }
.published .head > th { white-space: normal; }
.note + .note { margin-top: -.4rem; }
.compared .head > * { padding-top: .9rem; }
.checks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.6rem 3rem; }
.checks section { margin: 0; }
.checks ul { margin: .5rem 0 0; padding: 0; list-style: none; font-size: .9375rem; }
.checks li { padding: .45rem 0; border-top: 1px solid color-mix(in srgb, var(--rule) 55%, transparent); }
.checks b { font-weight: 600; }
.broad .panel h4 { display: none; }
.broad .panel svg { max-width: 62rem; }
.broad .panel svg.digits { margin-left: -6px; }
@media screen and (min-width: 62rem) { .accuracies { margin-top: .3rem; } }
@media screen and (max-width: 52rem) {
  .broad .panel svg { width: 44rem; max-width: none; }
  .compared tbody tr:not(.head) { grid-template-columns: 4.2rem 1fr auto; }
}
@media print {
  .checks li, .accuracies { break-inside: avoid; }
  .scroll .rows { font-size: .75rem; }
  .scroll .rows :is(th, td) { padding-left: .5rem; }
  .scroll .rows thead th { white-space: normal; }
}`;
