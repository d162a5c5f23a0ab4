import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("docs/accuracy.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-accuracy-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows the raw results: its tables and its chart are what the script makes of them", () => {
    const [chart, document] = [join(folder, "chart.svg"), join(folder, "accuracy.md")];
    execFileSync(process.execPath, ["scripts/chart-accuracy-bench.js", chart, document], { cwd: root });
    const remedy = "run node scripts/chart-accuracy-bench.js";
    expect(readFileSync(document, "utf8"), remedy).toBe(read("docs/accuracy.md"));
    expect(readFileSync(chart, "utf8"), remedy).toBe(read("docs/images/loss-errors.svg"));
  });

  it("links only to files that exist", () => {
    const links = [...read("docs/accuracy.md").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links).not.toEqual([]);
    expect(links.filter((link) => !existsSync(join(root, "docs", link)))).toEqual([]);
  });
});
