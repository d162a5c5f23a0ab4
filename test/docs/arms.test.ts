import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { trainingParameters } from "../../packages/softlabel-cli/src/experiment/arms-schema.ts";
import { kebabCase } from "../../packages/softlabel-cli/src/experiment/kebab-case.ts";
import { readArms, writtenArms } from "../../packages/softlabel-cli/src/experiment/read-arms.ts";
import { givenSource } from "../../packages/softlabel-cli/src/experiment/sources/given.ts";

const page = readFileSync(new URL("../../docs/arms.md", import.meta.url), "utf8");

/** The rows of a table of three columns or two, without its head. */
function table(head: string): readonly (readonly string[])[] {
  const [, after = ""] = page.split(`| ${head}`);
  const [rows = ""] = after.split("\n\n");
  const cells = (row: string): string[] =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  return rows.split("\n").slice(2).map(cells);
}

describe("docs/arms.md", () => {
  const list = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

  test("its list reads as the arms that it tells of", () => {
    const folder = mkdtempSync(join(tmpdir(), "softlabel-docs-"));
    try {
      writeFileSync(join(folder, "arms.yaml"), list);
      const arms = readArms(join(folder, "arms.yaml"), "built-in");
      expect(arms.map(({ name }) => name)).toEqual([
        "one-hot",
        "ε = 0.1, prior uniform",
        "ε = 0.1, prior class-frequencies",
        "slower",
      ]);
      expect(arms[3].parameters).toEqual({ learningRate: 0.0005, epochs: 10 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("its table has every setting that there is, and names every parameter of the laboratory's own training", () => {
    const all = { epsilon: 0.1, name: "a", prior: [1], convention: "other-classes", parameters: { a: 1 } } as const;
    const settings = Object.keys(writtenArms([all])[0]).map((name) => `\`${name}\``);
    expect(
      table("setting")
        .map(([name]) => name)
        .sort(),
    ).toEqual(settings.sort());
    for (const name of Object.keys(trainingParameters())) expect(page).toContain(`\`${kebabCase(name)}\``);
  });

  test.each(
    table("path").map(([path = "", epsilon, seed]) => [path.slice(1, -1), Number(epsilon), Number(seed)] as const),
  )("%s is ε = %d with seed %d", (path, epsilon, seed) => {
    const root = mkdtempSync(join(tmpdir(), "softlabel-docs-"));
    try {
      for (const place of [path, "eps0.9-s1", "eps0-s0"]) {
        mkdirSync(join(root, place), { recursive: true });
        writeFileSync(join(root, place, "predictions.npz"), "");
      }
      const { runs } = givenSource({ from: [root], pattern: null, base: null });
      expect(runs.find(({ id }) => id === join(root, path))).toMatchObject({ arm: `ε = ${epsilon}`, seed });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test("leads to pages that are there", () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(() => readFileSync(new URL(`../../docs/${link}`, import.meta.url)), link).not.toThrow();
    }
  });
});
