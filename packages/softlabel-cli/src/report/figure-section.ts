import { type CsvTable, csvDataUri } from "./csv.ts";
import type { Panel } from "./drawing.ts";
import type { Figure } from "./figure.ts";
import { type Html, html, trusted } from "./html.ts";

/** A figure with its heading, legend, panels and the data behind it. */
export function figureSection({ id, title, caption, groups, size, legend, csv, furtherCsv = [] }: Figure): Html {
  const layout = size === "small" ? smallLayout(groups) : size;
  const panels = groups.map((group) =>
    layout === "small"
      ? group.map(panel)
      : html`<div class="group">${group.map(layout === "broad" ? broadPanel : panel)}</div>`,
  );
  return html`<figure id="${id}">
<figcaption><h3>${title}</h3>${caption}</figcaption>
${legend.length === 0 ? null : html`<ul class="legend">${legend.map(legendEntry)}</ul>`}
<div class="panels ${layout}">${panels}</div>
${downloads([csv, ...furtherCsv])}
</figure>
`;
}

/** Small panels in groups of two or three each stay together. */
function smallLayout(groups: Figure["groups"]): "small" | "pairs" | "triples" {
  if (groups.every((group) => group.length === 2)) return "pairs";
  return groups.every((group) => group.length === 3) ? "triples" : "small";
}

/** The links that save the data of a figure or table. */
export function downloads(tables: readonly CsvTable[], of: "figure" | "table" = "figure"): Html {
  const what = `Data of this ${of} as CSV`;
  const [first] = tables;
  return tables.length === 1 && first !== undefined
    ? html`<p class="download">${link(first, what)}</p>`
    : html`<p class="download">${what}: ${tables.map((table, i) => [i === 0 ? "" : ", ", link(table, table.name)])}</p>`;
}

function link(table: CsvTable, text: string): Html {
  return html`<a download="${table.name}.csv" href="${trusted(csvDataUri(table))}">${text}</a>`;
}

function panel({ title, svg }: Panel): Html {
  return html`<div class="panel"><h4>${title}</h4>${trusted(svg)}</div>\n`;
}

/** Scrolls sideways where it does not fit, by the keyboard too. */
function broadPanel({ title, svg }: Panel): Html {
  return html`<div class="panel" tabindex="0" role="group" aria-label="${title}"><h4>${title}</h4>${trusted(svg)}</div>\n`;
}

function legendEntry({ label, color, glyph, dash }: Figure["legend"][number]): Html {
  const sample =
    dash === null
      ? html`<span style="color:${color}" aria-hidden="true">${glyph}</span> `
      : html`<svg width="28" height="8" aria-hidden="true"><path d="M1 4H27" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/></svg>`;
  return html`<li>${sample}${label}</li>`;
}
