import { readFileSync } from "node:fs";
import * as calibration from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { asWritten, runExample } from "./run-example.ts";

const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

describe("docs/metrics.md", () => {
  it("shows what its example gives", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    const shown = await runExample(code);
    expect(shown.length).toBe(3);
    for (const { values, written } of shown) {
      expect(values.map((value, i) => asWritten(value, written[i] ?? ""))).toEqual(written);
    }
  });

  it("has a row for every preset, with its bins and edges, and for nothing else", () => {
    const table = page.slice(page.indexOf("| `calibrationPresets`"), page.indexOf("All have the norm l1"));
    const rows = [...table.matchAll(/^\| `([\w-]+)` +\| (\d+) +\| `([^`]+)`/gm)].map(([, name, bins, edges]) => [
      name,
      { bins: Number(bins), binning: "uniform", edges, norm: "l1" },
    ]);
    expect(Object.fromEntries(rows)).toEqual(calibration.calibrationPresets);
  });

  it("names only functions that there are", () => {
    const named = [...page.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !(name in calibration))).toEqual([]);
  });

  it("has a row for everything that evaluatePredictions measures", () => {
    const functions = [
      "accuracy",
      "topKAccuracy",
      "negativeLogLikelihood",
      "brierScore",
      "perClass",
      "overconfidence",
      "expectedCalibrationError",
      "classwiseCalibrationError",
      "smoothCalibrationError",
      "kolmogorovSmirnovCalibration",
      "kuiperCalibration",
      "spiegelhalterTest",
      "corpDecomposition",
      "brierDecomposition",
      "murphyDecomposition",
      "aurc",
      "augrc",
      "auroc",
      "falsePositiveRateAtRecall",
      "riskAtCoverage",
      "coverageAtRisk",
    ];
    expect(functions.filter((name) => !page.includes(`| \`${name}(`))).toEqual([]);
  });
});
