import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ClassBins, classBins } from "../../../src/calibration/class-bins.ts";
import { evaluatePredictions } from "../../../src/calibration/evaluate-predictions.ts";
import { fitTemperature } from "../../../src/calibration/fit-temperature.ts";
import { scoreByKernel } from "../../../src/calibration/kernel/score-by-kernel.ts";
import type { Predictions } from "../../../src/calibration/predictions.ts";
import { marginsOf, slopeAt } from "../../../src/calibration/recalibration/margins.ts";
import { scoreLogits } from "../../../src/calibration/score-logits.ts";
import { emptyScores } from "../../../src/calibration/score-rank.ts";
import { type BinEdges, uniformBins } from "../../../src/calibration/uniform-bins.ts";
import { seededRandom } from "../../../src/statistics/random.ts";
import { message } from "../support/message.ts";

type Rows = Predictions & { readonly data: Float64Array | Float32Array | number[] };

/** Rows of every kind: ordinary, tied, far apart, with classes that cannot occur; another mixture in each row. */
function problem(rows: number, classes: number): { labels: Int32Array; data: Float64Array } {
  const random = seededRandom(rows + 31 * classes);
  const uniform = (): number => random.next() / 2 ** 32;
  const data = Float64Array.from({ length: rows * classes }, (_, i) => {
    const row = Math.floor(i / classes);
    const z = 10 * (uniform() - 0.5);
    if (row % 7 === 1) return Math.round(z) / 2;
    if (row % 7 === 2) return 300 * z;
    if (row % 7 === 3) return uniform() < 0.3 && i % classes > 0 ? -Infinity : z;
    return row % 7 === 4 ? 0.25 : z;
  });
  return { labels: Int32Array.from({ length: rows }, () => random.below(classes)), data };
}

const of = (data: Rows["data"], rows: number, classes: number): Rows => ({
  data,
  shape: [rows, classes],
  kind: "logits",
});

const shapes: readonly (readonly [rows: number, classes: number])[] = [
  [5000, 1],
  [2500, 2],
  [1500, 3],
  [1000, 10],
  [600, 15],
  [41, 101],
  [9, 1000],
  [2, 20_001],
];
const kinds = {
  float64: (data: Float64Array) => data,
  float32: (data: Float64Array) => Float32Array.from(data),
  "a list": (data: Float64Array) => [...data],
};

describe("the kernel's scores", () => {
  const cases = shapes.flatMap(([rows, classes]) =>
    Object.keys(kinds).map((kind) => [rows, classes, kind as keyof typeof kinds] as const),
  );

  test.each(cases)("of %i × %i logits in %s are the bits that TypeScript gives", (rows, classes, kind) => {
    const { labels, data } = problem(rows, classes);
    const predictions = of(kinds[kind](data), rows, classes);
    const plain = emptyScores(rows);
    scoreLogits(labels, predictions, plain);
    expect(scoreByKernel(labels, predictions)).toStrictEqual(plain);
  });

  const binnings: readonly (readonly [number, BinEdges])[] = [
    [15, "(lo,hi]"],
    [10, "[lo,hi)"],
    [4, "[lo,hi),{1}"],
    [1, "[lo,hi)"],
    [1, "[lo,hi),{1}"],
    [500, "(lo,hi]"],
  ];

  test.each(binnings)("fill %i bins %s of every class with the same bits", (count, edges) => {
    for (const [rows, classes] of shapes.slice(0, -1)) {
      const { labels, data } = problem(rows, classes);
      const predictions = of(data, rows, classes);
      const [ours, plain]: ClassBins[] = [0, 1].map(() => classBins(classes, uniformBins(count, edges)));
      expect(scoreByKernel(labels, predictions, ours)).not.toBeNull();
      scoreLogits(labels, predictions, emptyScores(rows), plain);
      expect(ours.diagrams()).toStrictEqual(plain.diagrams());
    }
  });

  test("are left to TypeScript for few numbers, probabilities and what is no logit or no label", () => {
    const { labels, data } = problem(1000, 10);
    expect(scoreByKernel(labels.subarray(0, 9), of(data.slice(0, 90), 9, 10))).toBeNull();
    expect(scoreByKernel(labels, { ...of(data, 1000, 10), kind: "probabilities" })).toBeNull();
    expect(
      scoreByKernel(
        labels.map((label) => label + 1),
        of(data, 1000, 10),
      ),
    ).toBeNull();
    for (const wrong of [Number.NaN, Infinity]) {
      for (const at of [0, 4321, 9999]) expect(scoreByKernel(labels, of(data.with(at, wrong), 1000, 10))).toBeNull();
    }
    expect(scoreByKernel(labels, of(data.slice().fill(-Infinity, 50, 60), 1000, 10))).toBeNull();
  });
});

describe("what is refused of many rows", () => {
  const { labels, data } = problem(1000, 10);
  const failure = (wrong: Float64Array, of_ = labels): string =>
    message(() => evaluatePredictions(of_, of(wrong, 1000, 10)));

  test("is refused with the place and the words of few", () => {
    expect(failure(data.with(4321, Number.NaN))).toBe("logits must be finite or −∞, got NaN at row 432, class 1");
    expect(failure(data.with(9999, Infinity))).toBe("logits must be finite or −∞, got Infinity at row 999, class 9");
    expect(failure(data.slice().fill(-Infinity, 50, 60))).toBe(
      "logits must have a finite one in every row, got −∞ for every class of row 5",
    );
    expect(failure(data, labels.with(3, 10))).toBe(
      "labels must be integers in [0, 10), got 10 at row 3; if labels start at 1, subtract 1",
    );
    // Predictions come first.
    expect(failure(data.with(0, Number.NaN), labels.with(3, 10))).toContain("got NaN at row 0");
  });
});

describe("the kernel's moments", () => {
  test.each([
    [900, 10],
    [700, 15],
    [60, 101],
  ])("of %i × %i logits give the mean of the slopes of parts too small for it", (rows, classes) => {
    const { labels, data } = problem(rows, classes);
    const part = Math.floor(4095 / classes);
    for (const [kind, cast] of Object.entries(kinds)) {
      for (const sign of [1, -1] as const) {
        const all = marginsOf(labels, of(cast(data), rows, classes), sign);
        const possible = all.own.map((own) => (own === -Infinity ? 0 : own));
        const margins = { ...all, own: possible };
        for (const beta of [0, 0.01, 1, 30]) {
          const whole = slopeAt(margins, beta);
          const sums = { nll: 0, slope: 0, curvature: 0, bend: 0 };
          for (let from = 0; from < rows; from += part) {
            const end = Math.min(rows, from + part);
            const some = slopeAt(
              {
                ...margins,
                logits: [...Array.from(margins.logits).slice(from * classes, end * classes)],
                largest: margins.largest.slice(from, end),
                own: margins.own.slice(from, end),
              },
              beta,
            );
            for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += some[name] * (end - from);
          }
          for (const name of Object.keys(sums) as (keyof typeof sums)[]) {
            // Both are sums of the same terms in float64, in another order, each below 1 in size but for the NLL.
            const close = 1e-12 * Math.max(1, Math.abs(sums[name] / rows));
            expect(Math.abs(whole[name] - sums[name] / rows), `${kind}, ${name} at ${beta}`).toBeLessThan(close);
          }
        }
      }
    }
  });
});

describe("without WebAssembly", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const forbidding = {
    validate: () => true,
    Module: class {
      constructor() {
        throw new EvalError("a content security policy forbids it");
      }
    },
  };

  test.each([
    ["where there is none", undefined],
    ["where a page's policy forbids it", forbidding],
  ])("%s every metric is the same, to the last bit, and the temperature to 1e-11", async (_, engine) => {
    const { labels, data } = problem(1000, 10);
    // Possible labels only: a label that cannot occur has no temperature.
    const predictions = of(
      Float32Array.from(data, (z) => (z === -Infinity ? -9 : z)),
      1000,
      10,
    );
    const own = evaluatePredictions(labels, predictions);
    const { temperature } = fitTemperature(labels, predictions);
    vi.stubGlobal("WebAssembly", engine);
    vi.resetModules();
    const plain = await import("../../../src/calibration/index.ts");
    expect(plain.evaluatePredictions(labels, predictions)).toStrictEqual(own);
    expect(plain.fitTemperature(labels, predictions).temperature / temperature).toBeCloseTo(1, 11);
  });
});

describe("the compiled kernel", () => {
  const path = fileURLToPath(new URL("../../../src/calibration/kernel/generated.ts", import.meta.url));

  test("is that of assembly/calibration; npm run kernels -w softlabel renews it", async () => {
    const script = new URL("../../../scripts/build-calibration-kernel.js", import.meta.url);
    const { generated } = (await import(script.href)) as { generated: () => Promise<string> };
    expect(readFileSync(path, "utf8")).toBe(await generated());
  });

  test("costs a page less than 2 kB compressed", () => {
    expect(gzipSync(readFileSync(path)).length).toBeLessThan(2000);
  });
});
