import { readFileSync } from "node:fs";
import { presets } from "softlabel";
import { expect, test } from "vitest";

test("docs/conventions.md has a row for every preset and for nothing else", () => {
  const page = readFileSync(new URL("../../docs/conventions.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("| preset "), page.indexOf("`pytorch`, `tfjs` and"));
  const names = [...table.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(names.sort()).toEqual(Object.keys(presets).sort());
});
