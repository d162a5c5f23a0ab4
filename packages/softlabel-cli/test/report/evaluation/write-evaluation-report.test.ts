import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderEvaluation } from "../../../src/report/evaluation/render-evaluation.ts";
import { writeEvaluationReport } from "../../../src/report/evaluation/write-evaluation-report.ts";
import { imagined } from "./support/imagined.ts";

describe("writeEvaluationReport", () => {
  const results = imagined([
    { name: "base.npz", classes: 3 },
    { name: "../ so/called \u0000.npz", classes: 3 },
  ]);
  let folder: string;
  let written: { report: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "softlabel-evaluation-"));
    written = await writeEvaluationReport(results, folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const table = async (name: string): Promise<string[][]> =>
    (await readFile(join(folder, "data", name), "utf8"))
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));

  test("writes the report and says where it is", async () => {
    expect(written).toEqual({ report: join(folder, "report.html") });
    expect(await readFile(written.report, "utf8")).toBe(renderEvaluation(results));
  });

  test("writes every table as a CSV file with a row for each thing that it counts", async () => {
    expect((await readdir(join(folder, "data"))).sort()).toEqual([
      "classes.csv",
      "comparison.csv",
      "confidence.csv",
      "metrics.csv",
      "mistakes.csv",
      "recalibrated-reliability.csv",
      "recalibration.csv",
      "reliability.csv",
      "risk-coverage.csv",
      "smooth.csv",
    ]);
    const [arm] = results.arms;
    const metrics = Object.keys(arm?.metrics ?? {}).length;
    const rows = async (name: string): Promise<number> => (await table(name)).length - 1;
    expect(await rows("classes.csv")).toBe(2 * 3);
    expect(await rows("reliability.csv")).toBe(2 * 15);
    expect(await rows("recalibrated-reliability.csv")).toBe(2 * 2 * 15);
    expect(await rows("risk-coverage.csv")).toBe(2 * 50);
    expect(await rows("smooth.csv")).toBe(2 * 21);
    expect(await rows("recalibration.csv")).toBe(2 * 2 * metrics);
  });

  test("the CSV of the metrics and of the bins hold the results in full precision", async () => {
    const [arm] = results.arms;
    const nll = (await table("metrics.csv")).find(([name, metric]) => name === "base.npz" && metric === "nll");
    const { value, low, high } = arm?.metrics.nll ?? {};
    expect(nll?.slice(2, 5).map(Number)).toEqual([value, low, high]);
    const last = (await table("reliability.csv")).filter(([name]) => name === "base.npz").at(-1);
    const bin = arm?.figures.reliability.at(-1);
    expect(last?.slice(1, 6).map(Number)).toEqual([bin?.low, bin?.high, bin?.count, bin?.confidence, bin?.accuracy]);
    const [from, to] = [Number(last?.[6]), Number(last?.[7])];
    expect(from).toBeLessThan(bin?.accuracy ?? 0);
    expect(to).toBeGreaterThan(bin?.accuracy ?? 1);
  });

  test("writes every panel as an SVG file under a tame name, whatever the file is called", async () => {
    const names = await readdir(join(folder, "plots"));
    for (const name of names) expect(name).toMatch(/^[a-z-]+(-\d-[A-Za-z0-9.-]+)?\.svg$/);
    expect(names.filter((name) => name.startsWith("recalibrated-"))).toHaveLength(2 * 3);
    expect(names).toContain("reliability-1-base.npz.svg");
    expect(names).toContain("reliability-2-so-called-.npz.svg");
    expect(names.length).toBe(2 + 2 + 2 + 1 + 6);
    const svg = await readFile(join(folder, "plots", "reliability-1-base.npz.svg"), "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-label="[^"]+"/);
  });
});
