import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shortConvolution } from "../../packages/softlabel-cli/src/training/kernels/short-convolution.ts";
import { root } from "../house/imports.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("docs/performance.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-performance-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows the raw results: its tables and its chart are what the script makes of them", () => {
    const [chart, document] = [join(folder, "chart.svg"), join(folder, "performance.md")];
    execFileSync(process.execPath, ["scripts/chart-loss-bench.js", chart, document], { cwd: root });
    const remedy = "run node scripts/chart-loss-bench.js";
    expect(readFileSync(document, "utf8"), remedy).toBe(read("docs/performance.md"));
    expect(readFileSync(chart, "utf8"), remedy).toBe(read("docs/images/loss-speed.svg"));
  });

  it("counts the products of a convolution by tiles as its algorithm has them", () => {
    const points = shortConvolution(5).taps.length;
    expect(read("docs/performance.md").replaceAll("\n", " ")).toContain(
      `in pieces of 3 and 2 at ${points} points (Toom and Cook), so that the 25 outputs take ${points ** 2} products`,
    );
  });

  it("links only to files that exist", () => {
    const links = [...read("docs/performance.md").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, link = ""]) => link,
    );
    expect(links).not.toEqual([]);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
