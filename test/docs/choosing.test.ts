import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { objectiveNames } from "../../packages/softlabel-cli/src/experiment/choose/objective.ts";
import { chooseDefaults } from "../../packages/softlabel-cli/src/experiment/choose/options.ts";
import { refineGrid } from "../../packages/softlabel-cli/src/experiment/choose/refine-grid.ts";
import { root } from "../house/imports.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Shares {
  readonly near: number;
  readonly zero: number;
  readonly regret: number;
}

interface Raw {
  readonly experiments: number;
  readonly grid: readonly number[];
  readonly cells: readonly {
    readonly noise: string;
    readonly truth: string;
    readonly seeds: number;
    readonly rules: Readonly<Record<string, Shares>>;
    readonly unrefined: Readonly<Record<string, Shares>>;
  }[];
}

const raw: Raw = JSON.parse(read("bench/results/choosing.json"));
const sharesOf = (truth: string, seeds: number, rule = "paired standard error", noise = "even"): Shares => {
  const cell = raw.cells.find((one) => one.noise === noise && one.truth === truth && one.seeds === seeds);
  return cell?.rules[rule] as Shares;
};

describe("docs/choosing.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-choosing-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows the raw results: its tables and its figure are what the script makes of them", () => {
    const [document, figure] = [join(folder, "choosing.md"), join(folder, "figure.svg")];
    execFileSync(process.execPath, ["scripts/tables-choosing-bench.js", document, figure], { cwd: root });
    const remedy = "run node scripts/tables-choosing-bench.js";
    expect(readFileSync(document, "utf8"), remedy).toBe(read("docs/choosing.md"));
    expect(readFileSync(figure, "utf8"), remedy).toBe(read("docs/images/choosing-lenet5.svg"));
  });

  it("was measured on the grid that is the default, with experiments enough for a per cent", () => {
    expect(raw.grid).toEqual(chooseDefaults.epsilon);
    expect(raw.experiments).toBeGreaterThanOrEqual(2000);
  });

  it("says of few seeds what the raw results say", () => {
    for (const best of ["0.05 is best", "0.1 is best", "0.2 is best"])
      expect(sharesOf(best, 3).zero).toBeLessThan(0.01);
    expect(sharesOf("0.2 is best", 3).near).toBeCloseTo(0.5, 1);
    const [three, ten] = [3, 10].map((seeds) => sharesOf("0.1 is best, a quarter of the gain", seeds));
    expect(three?.zero).toBeGreaterThan(0.03);
    expect(ten?.zero).toBeLessThan(0.01);
    expect(sharesOf("0 is best", 3).zero).toBeCloseTo(0.9, 1);
    for (const seeds of [3, 6, 10]) expect(sharesOf("all are equal", seeds).zero).toBeCloseTo(0.5, 1);
  });

  it("chose its rule on the raw results", () => {
    expect(sharesOf("0 is best", 3, "lowest mean").zero).toBeCloseTo(2 / 3, 1);
    for (const truth of ["0.05 is best", "0.1 is best", "0.2 is best", "0.1 is best, a quarter of the gain"]) {
      for (const seeds of [3, 6, 10]) {
        const { regret } = sharesOf(truth, seeds);
        expect(sharesOf(truth, seeds, "lowest mean").regret).toBeLessThan(regret);
        expect(sharesOf(truth, seeds, "standard error of the best mean").regret).toBeGreaterThan(regret);
        const gone = "one trial in fifty goes wrong";
        expect(sharesOf(truth, seeds, "pooled standard error", gone).regret).toBeGreaterThan(
          1.3 * sharesOf(truth, seeds, "paired standard error", gone).regret,
        );
      }
    }
  });

  it("lists every objective, and the default grid", () => {
    const document = read("docs/choosing.md");
    for (const name of objectiveNames) expect(document).toContain(`| \`${name}\``);
    expect(document).toContain(`(${chooseDefaults.epsilon.join(", ")}; 0 is always in)`);
    expect(refineGrid(chooseDefaults.epsilon, 3)).toEqual([0.075, 0.125]);
  });

  it("links only to files that exist", () => {
    const links = [...read("docs/choosing.md").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links).not.toEqual([]);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
