/** HTML that is safe to write as it is: only {@link html} and {@link trusted} make it. */
export interface Html {
  readonly html: string;
}

export type HtmlValue = string | number | Html | null | readonly HtmlValue[];

/**
 * A template that escapes every value put into it, unless the value is itself {@link Html}.
 *
 * Safe in text and in attributes in double quotes; lists are joined, `null` is nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: strings.map((text, i) => (i < values.length ? text + rendered(values[i] ?? null) : text)).join("") };
}

/** Marks a string that this package wrote itself (CSS, SVG from a plot) as HTML. */
export function trusted(text: string): Html {
  return { html: text };
}

/** `&`, `<`, `>` and both quotes as entities. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function rendered(value: HtmlValue): string {
  if (value === null) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map(rendered).join("");
}
