import { confidenceHistogram, type Outcomes, reliabilityDiagram, riskCoverageCurve } from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { createArmFigures } from "../../src/experiment/arm-figures.ts";
import { judgeTrial, type TrialJudgement } from "../../src/experiment/judge-trial.ts";
import type { Penultimate } from "../../src/experiment/read-trial.ts";
import type { ArmFigures, EpochPoint } from "../../src/experiment/results.ts";
import { historyOf, predictionsOf } from "./support/arms.ts";

const judgements = [8, 5].map((wrongEvery) =>
  judgeTrial({ validation: predictionsOf(300, 10, 1.5, 9), test: predictionsOf(400, 10, 1.5, wrongEvery) }),
);
const histories = [historyOf(0.5, 0.4), historyOf(0.6, 0.3)];

function figuresOf(
  given: readonly (readonly [TrialJudgement, readonly EpochPoint[] | null])[],
  penultimate: Penultimate | null,
): ArmFigures {
  const figures = createArmFigures();
  for (const [judgement, history] of given) figures.add(judgement, history);
  return figures.finish(penultimate);
}

const trials = judgements.map((judgement, i) => [judgement, histories[i]] as const);

/** The rows of all trials in one list. */
function pooled(parts: readonly Outcomes[]): Outcomes {
  return {
    confidence: parts.flatMap(({ confidence }) => Array.from(confidence)),
    correct: parts.flatMap(({ correct }) => Array.from(correct)),
  };
}

/** Four features, of which the templates of the classes 0, 1, 2 use the first two. */
function penultimate(rows: number, classes: number): Penultimate {
  const weights = new Float32Array(4 * classes);
  for (const [feature, label, w] of [
    [0, 1, 2],
    [1, 2, 3],
    [3, 3, 1],
  ]) {
    if (label < classes) weights[feature * classes + label] = w;
  }
  return {
    activations: { data: Float32Array.from({ length: rows * 4 }, (_, i) => i / 10), shape: [rows, 4] },
    labels: { data: Int32Array.from({ length: rows }, (_, row) => row % classes), shape: [rows] },
    weights: { data: weights, shape: [4, classes] },
  };
}

describe("createArmFigures", () => {
  const figures = figuresOf(trials, penultimate(12, 4));

  test("bins hold the rows of all seeds, 15 bins for reliability and 20 for confidence", () => {
    const { reliability, reliabilityAfterTemperature, confidence, confidenceAfterTemperature } = figures;
    for (const bins of [reliability, reliabilityAfterTemperature]) {
      expect(bins).toHaveLength(15);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(800);
    }
    for (const bins of [confidence, confidenceAfterTemperature]) {
      expect(bins).toHaveLength(20);
      expect(bins.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(50 + 80);
      expect(bins.reduce((sum, { right }) => sum + right, 0)).toBe(800 - 130);
    }
  });

  test("at full coverage the mean risk is the mean error rate", () => {
    const { coverage, risk } = figures.riskCoverage;
    expect(coverage).toHaveLength(100);
    expect([coverage[0], coverage[99]]).toEqual([0.01, 1]);
    expect(risk[99]).toBeCloseTo((50 / 400 + 80 / 400) / 2, 12);
  });

  test("bins filled trial by trial are those of all rows together, and risks the mean of the curves", () => {
    // Unequal numbers of rows, and a bin that only one of the trials fills.
    const sizes = [400, 37, 1];
    const unequal = sizes.map((rows, i) =>
      judgeTrial({ validation: predictionsOf(300, 10, 1.5, 9), test: predictionsOf(rows, 10, 1 + 2 * i, 4) }),
    );
    const grown = figuresOf(
      unequal.map((judgement) => [judgement, null]),
      null,
    );
    const before = pooled(unequal.map(({ outcomes }) => outcomes));
    const after = pooled(unequal.map(({ outcomesAfterTemperature }) => outcomesAfterTemperature));
    for (const [seen, rows] of [
      [grown.reliability, before],
      [grown.reliabilityAfterTemperature, after],
    ] as const) {
      const expected = reliabilityDiagram(rows);
      // The sums of confidences are grouped by trial: of 438 numbers in [0, 1] they differ by rounding alone.
      expect(seen).toEqual(
        expected.map((bin) => ({
          ...bin,
          confidence: expect.toSatisfy((value: number) => Math.abs(value - bin.confidence) <= 1e-14),
        })),
      );
      expect(seen.some(({ count }) => count === 0)).toBe(true);
    }
    expect(grown.confidence).toEqual(confidenceHistogram(before, { bins: 20 }));
    expect(grown.confidenceAfterTemperature).toEqual(confidenceHistogram(after, { bins: 20 }));
    const { coverage, risk } = grown.riskCoverage;
    const curves = unequal.map(({ outcomes }) => riskCoverageCurve(outcomes, { coverage }).risk);
    expect(risk).toEqual(coverage.map((_, i) => (curves[0][i] + curves[1][i] + curves[2][i]) / 3));
  });

  test("every seed's history is there, and none where one is missing", () => {
    expect(figures.history).toEqual(histories);
    const [first, second] = trials;
    expect(figuresOf([first, [second[0], null]], null).history).toEqual([]);
  });

  test("without activations there is no projection", () => {
    expect(figuresOf(trials, null).penultimate).toBeNull();
  });

  test("what is finished does not change with trials that are added later", () => {
    const growing = createArmFigures();
    growing.add(judgements[0], null);
    const one = growing.finish(null);
    const copy = structuredClone(one);
    growing.add(judgements[1], null);
    expect(one).toEqual(copy);
    expect(growing.finish(null).reliability).toEqual(figures.reliability);
  });

  test("figures of no trial are refused", () => {
    expect(() => createArmFigures().finish(null)).toThrow("an arm's figures need a trial, got none");
  });

  test("the projection puts the templates at (0, 0), (2, 0), (0, 3) turned onto its axes", () => {
    const { templates = [], points = [], classes } = figures.penultimate ?? {};
    expect(classes).toEqual([0, 1, 2]);
    expect(templates).toEqual([
      { x: 0, y: 0, label: 0 },
      { x: 2, y: 0, label: 1 },
      { x: 0, y: 3, label: 2 },
    ]);
    // Row 4 is the second of class 0: its activations begin with 1.6, 1.7.
    expect(points).toHaveLength(9);
    expect(points[1]).toEqual({ x: expect.closeTo(1.6, 6), y: expect.closeTo(1.7, 6), label: 0 });
    expect(points.map(({ label }) => label)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  test("as many points of each class, 100 at most", () => {
    const { points = [] } = figuresOf(trials, penultimate(900, 4)).penultimate ?? {};
    expect(points).toHaveLength(300);
  });

  test("two classes, or three templates on one line, have no plane", () => {
    expect(figuresOf(trials, penultimate(12, 2)).penultimate).toBeNull();
    const flat = { ...penultimate(12, 4), weights: { data: new Float32Array(16), shape: [4, 4] } };
    expect(figuresOf(trials, flat).penultimate).toBeNull();
  });
});
