import { type Html, type HtmlValue, html } from "./html.ts";

/** A name of the report and what it means. */
export type Term = readonly [name: string, text: HtmlValue];

/** A work that a report leans on. */
export type Reference = readonly [authors: string, title: string, where: string];

/** Names and what they mean, one below the other. */
export function termList(terms: readonly Term[]): Html {
  return html`<dl class="method">${terms.map(
    ([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>
`,
  )}</dl>`;
}

/** The works, one after the other. */
export function referenceList(references: readonly Reference[]): Html {
  return html`<p class="references">${references.map(
    ([authors, title, where], i) => html`${i === 0 ? "" : " · "}${authors}, <cite>${title}</cite>, ${where}`,
  )}</p>`;
}
