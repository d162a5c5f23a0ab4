/** Rules of the tables that only the report of an evaluation has. */
export const evaluationStyle: string = `
.verdict ul { margin: 0; padding: 0; list-style: none; }
.verdict h2 { margin: 1.4rem 0 .4rem; padding: 0; border: 0; font: 650 1rem/1.3 system-ui, sans-serif; overflow-wrap: anywhere; }
.verdict > h2:first-child { margin-top: 0; }
.verdict details { margin: 0 0 .8rem; }
.verdict details ul { margin-top: .6rem; }
.verdict summary { font-family: system-ui, sans-serif; font-size: .875rem; }
.measures { width: 100%; }
.measures.one { max-width: 52rem; }
.measures tbody th { min-width: 15rem; max-width: 30rem; }
.measures.recalibrated tbody th { min-width: 7rem; font-weight: 600; }
.measures .change { color: var(--ink); }
.measures small { white-space: nowrap; }
.measures th small { white-space: normal; }
.measures .question > th { padding-top: 1.4rem; font-weight: 650; }
.measures tbody:first-of-type .question > th { padding-top: .7rem; }
.measures .convention { font-style: italic; }
.measures .who { display: none; }
.measures thead th { overflow-wrap: anywhere; }
.measures.one thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.measures.one { border-top: 1px solid var(--rule); }
.measures.one tbody { border-top: 0; }
.rows.classes, .rows.mistakes { min-width: min(100%, 32rem); }
.rows.mistakes td { max-width: 16rem; }
h3 { overflow-wrap: anywhere; }
.eyebrow, .legend li, .panel h4, .replay { overflow-wrap: anywhere; }
.recalibrated + .method, .scroll + .method { margin-top: 1.2rem; }
.remark { display: block; color: var(--muted); }
.glance dd { grid-template-columns: minmax(0, 5.6rem) auto 1fr; }
.glance .arm { overflow: hidden; text-overflow: ellipsis; }
.glance .interval { color: var(--muted); font-size: .8125rem; white-space: nowrap; justify-self: end; }
.glance.one dd { grid-template-columns: auto 1fr; }
.glance.one .arm { display: none; }
@media screen and (max-width: 52rem) {
  .measures, .measures tbody, .measures tr, .measures th, .measures td { display: block; }
  .measures thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .measures tbody tr { padding: .55rem 0; }
  .measures tbody tr + tr { border-top: 1px solid color-mix(in srgb, var(--rule) 55%, transparent); }
  .measures tbody tr > *, .measures tbody tr + tr > * { border: 0; padding: 0; }
  .measures tbody th, .measures.recalibrated tbody th { min-width: 0; max-width: none; }
  .measures .question > th, .measures tbody:first-of-type .question > th { padding-top: .5rem; }
  .measures td.number { display: grid; grid-template-columns: minmax(0, 8.5rem) auto minmax(0, 1fr); gap: 0 .6rem; align-items: baseline; text-align: left; margin-top: .2rem; }
  .measures.one td.number { grid-template-columns: auto minmax(0, 1fr); }
  .measures .who { display: inline; color: var(--muted); font-size: .8125rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .measures.one .who { display: none; }
  .measures td small { white-space: normal; }
  .measures td small + small { grid-column: 2 / -1; }
}`;
