import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";
import { theoryNumbers } from "./theory-numbers.ts";

const text = readFileSync(join(root, "docs/theory.md"), "utf8");

/** `0.4076<!-- H(q,p) -->`: a number and the name of what computes it. */
const marked = [...text.matchAll(/([−+]?\d+(?:\.\d+)?)<!-- (.+?) -->/g)].map(([, shown = "", name = ""]) => ({
  shown,
  name,
}));

/** A link to a source file, what is said of it, and the lines quoted from it. */
const blocks = [...text.matchAll(/^\[[^\]]+\]\(\.\.\/(packages\/[^)]+)\).*\n(?:\S.*\n)*\n```ts\n([\s\S]*?)\n```/gm)];
const quotes = blocks.flatMap(([, file = "", code = ""]) => code.split("\n").map((line) => ({ file, line })));

describe("docs/theory.md", () => {
  it.each(marked)("shows $name as it is computed: $shown", ({ shown, name }) => {
    const compute = theoryNumbers[name];
    if (compute === undefined) throw new Error(`theory-numbers.ts has nothing under ${name}`);
    const decimals = shown.split(".")[1]?.length ?? 0;
    const sign = shown.startsWith("+") ? "+" : "";
    const value = compute();
    expect(shown).toBe(`${value >= 0 ? sign : "−"}${Math.abs(value).toFixed(decimals)}`);
  });

  it("shows every number that theory-numbers.ts computes", () => {
    const shown = new Set(marked.map(({ name }) => name));
    expect(Object.keys(theoryNumbers).filter((name) => !shown.has(name))).toEqual([]);
  });

  it("shows no other number with a decimal point than what is given", () => {
    const given = new Map([
      ["0.1", "ε of the examples and of Szegedy et al. 2016, §7"],
      ["0.2", "percentage points, Szegedy et al. 2016, §7"],
    ]);
    const prose = text
      .replace(/```[\s\S]*?```/g, "")
      .replace(/\]\([^)]*\)|arXiv:[\d.]+/g, "")
      .replace(/[−+]?\d+(?:\.\d+)?<!-- .+? -->/g, "");
    const unmarked = [...prose.matchAll(/\d+\.\d+/g)].map(([number]) => number);
    expect(unmarked.filter((number) => !given.has(number))).toEqual([]);
  });

  it("names the source of every block that it quotes", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(7);
    expect(blocks).toHaveLength([...text.matchAll(/^```ts$/gm)].length);
  });

  it.each(quotes)("quotes a line that is still in $file: $line", ({ file, line }) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    expect(lines.filter((source) => source.includes(line.trim()))).not.toEqual([]);
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });

  it("keeps marks out of code blocks, where they would be seen", () => {
    const code = [...text.matchAll(/```[\s\S]*?```|^ {4}.*$/gm)].map(([block]) => block);
    expect(code.filter((block) => block.includes("<!--"))).toEqual([]);
  });
});
