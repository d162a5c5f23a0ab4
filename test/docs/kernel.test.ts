import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { classWeightKeys } from "../../packages/softlabel/src/core/class-weights.ts";
import { reductionKeys, smoothingKeys } from "../../packages/softlabel/src/core/options.ts";
import { root } from "../house/imports.ts";
import { asWritten, runExample } from "./run-example.ts";

const text = readFileSync(join(root, "docs/kernel.md"), "utf8");

describe("docs/kernel.md", () => {
  it("shows what its example gives", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const shown = await runExample(code);
    expect(shown.length).toBe(2);
    for (const { values, written } of shown) {
      expect(values.map((value, i) => asWritten(value, written[i] ?? ""))).toEqual(written);
    }
  });

  it("says of every option which way it goes, but of the axis in words", () => {
    const options = Object.keys({ ...smoothingKeys, ...reductionKeys, ...classWeightKeys });
    const table = text.slice(text.indexOf("| option"), text.indexOf("A [test]"));
    expect(options.filter((option) => !table.includes(`\`${option}`))).toEqual(["axis"]);
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
