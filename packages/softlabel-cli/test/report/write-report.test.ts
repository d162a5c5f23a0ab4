import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, standaloneSvg } from "../../src/report/drawing.ts";
import { allFigures } from "../../src/report/figures/all-figures.ts";
import { renderReport } from "../../src/report/report.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { balanced } from "./support/balanced.ts";
import { lenet5Results } from "./support/fixtures.ts";

describe("writeReport", () => {
  const results = lenet5Results();
  let folder: string;
  let written: { report: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "softlabel-report-"));
    written = await writeReport(results, folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("writes the report and says where it is", async () => {
    expect(written).toEqual({ report: join(folder, "report.html") });
    expect(await readFile(written.report, "utf8")).toBe(renderReport(results));
  });

  test("writes every table of the report as a CSV file with a row for each thing that it counts", async () => {
    const rows = async (name: string): Promise<number> =>
      (await readFile(join(folder, "data", name), "utf8")).trimEnd().split("\r\n").length - 1;
    expect((await readdir(join(folder, "data"))).sort()).toEqual([
      "confidence.csv",
      "history.csv",
      "metrics-by-epsilon.csv",
      "metrics.csv",
      "penultimate.csv",
      "reliability.csv",
      "risk-coverage.csv",
    ]);
    expect(await rows("metrics.csv")).toBe(11 * 2);
    expect(await rows("metrics-by-epsilon.csv")).toBe(2 * 6);
    expect(await rows("reliability.csv")).toBe(2 * 2 * 15);
    expect(await rows("history.csv")).toBe(2 * 6 * 5);
  });

  test("the CSV of the metrics holds the results in full precision", async () => {
    const [head = "", ...lines] = (await readFile(join(folder, "data", "metrics.csv"), "utf8")).trimEnd().split("\r\n");
    expect(head).toBe("metric,arm,epsilon,mean,sd,difference,low,high,p,pHolm");
    const nll = lines
      .find((line) => line.startsWith("nll,ε = 0.1,"))
      ?.split(",")
      .slice(2)
      .map(Number);
    const [, arm] = results.arms;
    const { mean, low, high, p, pHolm } = arm?.difference?.nll ?? {};
    expect(nll).toEqual([0.1, arm?.metrics.nll?.mean, arm?.metrics.nll?.sd, mean, low, high, p, pHolm]);
  });

  test("writes every panel as an SVG file that stands alone: namespace, title, colours of both schemes", async () => {
    const names = await readdir(join(folder, "plots"));
    expect(names).toContain("reliability-epsilon-0.1-temperature-scaled.svg");
    expect(names.length).toBe(11 + 4 + 4 + 1 + 2 + 2 + 2);
    for (const name of names) {
      const svg = await readFile(join(folder, "plots", name), "utf8");
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-label="[^"]+" viewBox="0 -\d+ \d+ \d+"/,
      );
      expect(svg).toMatch(/<title>[^<]+<\/title><style>:root/);
      expect(svg).toContain("prefers-color-scheme: dark");
      expect(svg).toMatch(/<text class="title"[^>]*>[^<]+<\/text>/);
      expect(balanced(svg), name).toBe(true);
      for (const [, variable] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(svg).toContain(`${variable}: #`);
    }
  });
});

test("an SVG file of several arms says which line is which, and escapes the names of classes", () => {
  const { experiment, ...rest } = lenet5Results();
  const classNames = (experiment.data.classNames ?? []).map((name) => `<b>${name}</b>`);
  const figures = allFigures({ ...rest, experiment: { ...experiment, data: { ...experiment.data, classNames } } });
  const svgOf = (id: string): string => {
    const { groups = [], legend = [] } = figures.find((figure) => figure.id === id) ?? {};
    return standaloneSvg(groups[0]?.[0] as Panel, legend);
  };
  expect(svgOf("risk-coverage")).toMatch(
    /stroke-dasharray="5 3"[^>]*><text[^>]*>ε = 0<\/text><path[^>]*>.*?ε = 0\.1<\/text>/,
  );
  expect(svgOf("penultimate")).toContain(">class &#60;b&#62;0&#60;/b&#62;</text>");
  expect(balanced(svgOf("penultimate"))).toBe(true);
});
