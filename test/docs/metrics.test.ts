import { readFileSync } from "node:fs";
import * as calibration from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { asWritten, runExample } from "./run-example.ts";

const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

interface Ends {
  readonly held: number;
  readonly low: number;
  readonly high: number;
}

interface Cell {
  readonly rows: number;
  readonly gap: number;
  readonly sign: string;
  readonly rejected: number;
  readonly estimateOutsideBasic: number;
  readonly kinds: Readonly<Record<string, Ends>>;
}

interface Coverage {
  readonly level: number;
  readonly samples: number;
  readonly resamples: number;
  readonly cells: readonly Cell[];
}

const read = (name: string): Coverage =>
  JSON.parse(readFileSync(new URL(`../../bench/results/${name}.json`, import.meta.url), "utf8"));

const [raw, heldOut] = [read("coverage"), read("coverage-held-out")];

const percent = (share: number): string => (100 * share).toFixed(1);

/** The rows of the first table of coverages behind a heading. */
function shownBehind(heading: string): unknown[][] {
  const [, section = ""] = page.split(`${heading}\n`);
  const [own = ""] = section.split(/^##/m);
  return [...own.matchAll(/^\| ([\d,]+) +\| (0(?:\.\d+)?) +\|(.*)\|$/gm)].map(([, rows = "", gap, rest = ""]) => [
    Number(rows.replace(",", "")),
    Number(gap),
    ...rest.split("|").map((cell) => cell.trim()),
  ]);
}

/** What such a table shows: by rows and truth the lowest share of any sign. */
function lowestShares(cells: readonly Cell[], columns: readonly string[]): unknown[][] {
  return cells
    .filter(({ sign }) => sign === "over")
    .map(({ rows, gap }) => {
      const same = cells.filter((cell) => cell.rows === rows && cell.gap === gap);
      const lowest = (of: (cell: Cell) => number): string => percent(Math.min(...same.map(of)));
      return [
        rows,
        gap,
        ...columns.map((kind) => lowest((cell) => cell.kinds[kind].held)),
        lowest((cell) => cell.rejected),
      ];
    });
}

/** The columns of the page's table. */
const kinds = ["percentile", "bias-corrected", "basic", "bias-bounded", "debiased l2", "debiased l2, centred"];

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
      { bins: Number(bins), binning: "uniform", edges, norm: "l1", ...(name === "google-um" && { threshold: 0 }) },
    ]);
    expect(Object.fromEntries(rows)).toEqual(calibration.calibrationPresets);
  });

  it("has a row for every adaptive preset, with its bins, cuts and threshold, and for nothing else", () => {
    const table = page.slice(page.indexOf("| `adaptivePresets`"), page.indexOf("## How sure"));
    const rows = [...table.matchAll(/^\| `([\w-]+)` +\| (\d+) +\| (?:`(\w+)`|as NumPy's) +\| ([\d.]*) +\|/gm)];
    const presets = rows.map(([, name, bins, cuts, threshold]) => [
      name,
      {
        bins: Number(bins),
        binning: "equal-mass",
        norm: "l1",
        ...(cuts && { cuts }),
        ...(threshold && { threshold: Number(threshold) }),
      },
    ]);
    expect(Object.fromEntries(presets)).toEqual(calibration.adaptivePresets);
  });

  it("shows the coverage of intervals that the raw results have, of each truth the worse sign", () => {
    const { level, samples, resamples, cells } = raw;
    expect(page.replace(/\s+/g, " ")).toContain(`${samples} samples, ${resamples} resamples, level ${level * 100}%`);
    expect(shownBehind("## How sure is the error itself?")).toEqual(lowestShares(cells, kinds));
    const beside = Math.max(...cells.map(({ estimateOutsideBasic }) => estimateOutsideBasic));
    expect(page).toContain(`beside it in up to ${(100 * beside).toFixed(1)}% of the samples`);
    const width = ({ low, high }: Ends): number => high - low;
    for (const { gap, kinds: of } of cells.filter((cell) => cell.gap === 0.05)) {
      expect(width(of["debiased l2, centred"]), `${gap}`).toBeGreaterThan(width(of["bias-bounded"]));
    }
  });

  it("shows what held on designs that had no say in the choice", () => {
    const heading = "### On designs that had no say in the choice";
    const methods = kinds.slice(0, 4);
    expect(shownBehind(heading)).toEqual(lowestShares(heldOut.cells, methods));
    expect([heldOut.level, heldOut.samples, heldOut.resamples]).toEqual([raw.level, raw.samples, raw.resamples]);
    const text = page.slice(page.indexOf(heading)).replace(/\s+/g, " ");
    const range = (shares: readonly number[]): string =>
      `${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}%`;
    const held = (cells: readonly Cell[], isZero: boolean): string =>
      range(cells.filter(({ gap }) => (gap === 0) === isZero).map((cell) => cell.kinds["bias-bounded"].held));
    expect(text).toContain(
      `above 0 in ${held(heldOut.cells, false)} of the samples, where it was ${held(raw.cells, false)}`,
    );
    expect(text).toContain(`exactly 0 in ${held(heldOut.cells, true)}, where it was ${held(raw.cells, true)}`);
    const large = heldOut.cells.filter(({ rows, gap }) => rows === 10_000 && gap === 0.05);
    expect(text).toContain(
      `the four hold ${range(large.flatMap((cell) => methods.map((kind) => cell.kinds[kind].held)))}`,
    );
    for (const { kinds: of } of large) {
      expect(Math.max(...methods.map((kind) => of[kind].held))).toBe(of.percentile.held);
    }
    const calibrated = heldOut.cells.filter(({ gap }) => gap === 0);
    expect(text).toContain(`rejects calibrated rows in ${range(calibrated.map(({ rejected }) => rejected))}`);
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
