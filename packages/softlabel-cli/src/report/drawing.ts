import * as Plot from "@observablehq/plot";
// The same in one file: a hundred files take several times as long to load.
import { parseHTML } from "linkedom/worker";
import { escapeHtml } from "./html.ts";
import { colorVariables, type LegendEntry } from "./theme.ts";

/** One drawn panel of a figure. */
export interface Panel {
  /** File name without `.svg`. */
  readonly name: string;
  /** Shown above the panel. */
  readonly title: string;
  /** What the panel shows, for those who do not see it. */
  readonly alt: string;
  /** An `<svg>` element whose colours are the page's CSS variables. */
  readonly svg: string;
}

/** Draws a panel with Observable Plot. */
export function drawPanel(text: Pick<Panel, "name" | "title" | "alt">, options: Plot.PlotOptions): Panel {
  const { document } = parseHTML("<!doctype html><html></html>");
  const drawn: { readonly outerHTML: string } = Plot.plot({
    document,
    className: "plot",
    ...options,
    x: { tickSize: 3, ...options.x },
    y: { tickSize: 0, tickPadding: 6, ...options.y },
  });
  return { ...text, svg: labelledSvg(tidied(drawn.outerHTML), text.alt) };
}

/** The panel as a file of its own: with its title and legend, and with the colours of both schemes inside. */
export function standaloneSvg({ svg, title }: Panel, legend: readonly LegendEntry[]): string {
  const [, width = "0", height = "0"] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  const titles = wrapped(title, Number(width) / headLetter);
  const entries = placed(legend, Number(width));
  const rows = titles.length + Math.max(0, ...entries.map(({ row, lines }) => row + lines.length));
  const top = rows * headLine + 6;
  const total = Number(height) + top;
  const style =
    `<style>${colorVariables} svg { color: var(--ink); background: var(--page); } ` +
    `text { font-family: system-ui, sans-serif; } .title { font-size: 11px; font-weight: 600; }</style>`;
  const heading = titles.map((line, i) => {
    const y = (i + 1) * headLine - top;
    return `<text class="title" x="2" y="${y}" text-anchor="start" fill="currentColor">${escapeHtml(line)}</text>`;
  });
  const samples = entries.map(({ entry, x, row, lines }) => {
    const y = (titles.length + row + 1) * headLine - top;
    const sample =
      entry.dash === null
        ? `<text x="${x}" y="${y}" text-anchor="start" fill="${entry.color}">${entry.glyph}</text>`
        : `<path d="M${x} ${y - 3}h20" stroke="${entry.color}" stroke-width="2" stroke-dasharray="${entry.dash}"/>`;
    const labels = lines.map((line, i) => {
      const place = `x="${x + sampleWidth(entry)}" y="${y + i * headLine}"`;
      return `<text ${place} text-anchor="start" fill="currentColor">${escapeHtml(line)}</text>`;
    });
    return sample + labels.join("");
  });
  return svg
    .replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace(/viewBox="[^"]*"/, `viewBox="0 ${-top} ${width} ${total}"`)
    .replace(/ height="\d+"/, ` height="${total}"`)
    .replace("</title>", () => `</title>${style}${heading.join("")}${samples.join("")}`);
}

const headLine = 14;
/** Width of a letter of the title, on average, with room to spare. */
const headLetter = 6.4;

function sampleWidth({ dash }: LegendEntry): number {
  return dash === null ? 13 : 24;
}

/** An entry of the legend where it stands, in rows below the title. */
interface PlacedEntry {
  readonly entry: LegendEntry;
  readonly x: number;
  readonly row: number;
  readonly lines: readonly string[];
}

/** Entries from left to right, in the next row where one would not fit; one that is wider than that has several lines. */
function placed(legend: readonly LegendEntry[], width: number): readonly PlacedEntry[] {
  let [x, row] = [2, 0];
  return legend.map((entry) => {
    const room = sampleWidth(entry) + letters(entry.label) * headLetter + 8;
    if (x > 2 && x + room > width) [x, row] = [2, row + 1];
    const lines = wrapped(entry.label, (width - 2 - sampleWidth(entry)) / headLetter);
    const place = { entry, x, row, lines };
    if (lines.length > 1) [x, row] = [2, row + lines.length];
    else x += room;
    return place;
  });
}

/** Words in lines of at most `most` letters; a word that is longer is broken where it must be. */
function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").flatMap((whole) => broken(whole, most))) {
    const last = lines.at(-1);
    if (last !== undefined && letters(last) + 1 + letters(word) <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A word in pieces of at most `most` letters, each of whole characters as readers see them. */
function broken(word: string, most: number): readonly string[] {
  if (letters(word) <= most) return [word];
  const pieces = [""];
  for (const { segment } of characters.segment(word)) {
    const last = pieces.at(-1) as string;
    if (last !== "" && letters(last + segment) > most) pieces.push(segment);
    else pieces[pieces.length - 1] = last + segment;
  }
  return pieces;
}

/** How many Latin letters are as wide: an ideograph or a pictogram takes the room of two. */
function letters(text: string): number {
  const wide = text.match(wideCharacter)?.length ?? 0;
  return [...characters.segment(text)].length + wide;
}

const characters = new Intl.Segmenter("en", { granularity: "grapheme" });
const wideCharacter =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}|[\u3000-\u303f\uff00-\uffef]/gu;

/** Without Plot's own style sheet and labels, and with coordinates to a hundredth of a pixel. */
function tidied(svg: string): string {
  return svg
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/ aria-(label|hidden|description)="[^"]*"/g, "")
    .replace(/<[^>]+>/g, (tag) =>
      tag.replace(/-?\d+\.\d{3,}(e-\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
}

/** The `<svg>` with what it shows in words, for those who do not see it. */
export function labelledSvg(svg: string, alt: string): string {
  const text = escapeHtml(alt);
  return svg.replace(/^<svg ([^>]*)>/, (_, attributes) => {
    return `<svg role="img" aria-label="${text}" ${attributes}><title>${text}</title>`;
  });
}
