/** Rules of plain tables, which scroll sideways where they do not fit, and of what folds. */
export const tableStyle: string = `
.note { color: var(--muted); font-size: .9375rem; }
.scroll { overflow-x: auto; margin: .6rem 0 0; }
.scroll table { border-collapse: collapse; font-size: .9375rem; line-height: 1.4; }
.scroll th, .scroll td { padding: .34rem .75rem; text-align: left; vertical-align: baseline; font-weight: 400; overflow-wrap: break-word; }
.scroll th:first-child { padding-left: 0; }
.scroll th:last-child, .scroll td:last-child { padding-right: 0; }
.scroll thead th { padding-bottom: .5rem; color: var(--muted); font-size: .8125rem; vertical-align: bottom; }
.scroll tbody { border-top: 1px solid var(--rule); }
.scroll tbody tr + tr > * { border-top: 1px solid color-mix(in srgb, var(--rule) 55%, transparent); }
.scroll .number { text-align: right; white-space: nowrap; }
.scroll thead .number { white-space: normal; min-width: 5.5rem; }
.scroll b { font-weight: 600; }
.rows tbody th { min-width: 5.5rem; max-width: 20rem; font-weight: 600; }
details { margin-top: .6rem; }
summary { cursor: pointer; font-size: .9375rem; color: var(--muted); }
summary:hover { color: var(--ink); }
section > h3 { margin-top: 1.6rem; }
@media screen and (max-width: 52rem) {
  .scroll .rows { font-size: .875rem; }
  .scroll .rows th, .scroll .rows td { padding-inline: .4rem; }
  .scroll .rows th:first-child { padding-left: 0; }
  .scroll .rows thead .number { min-width: 0; }
}
@media print { .scroll { overflow: visible; } }`;
