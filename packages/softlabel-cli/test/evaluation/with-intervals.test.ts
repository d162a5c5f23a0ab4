import type { Outcomes } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { scoreOutcomes } from "../../src/evaluation/scored-rows.ts";
import { resampleSets } from "../../src/evaluation/with-intervals.ts";

const options = { resamples: 400, seed: 1, confidenceLevel: 0.95 };
const scored = (given: Outcomes) => scoreOutcomes(given, 0, { bins: 15 });

/** Five rows, of which the other model has four more right and is surer. */
const baseline: Outcomes = { confidence: [0.6, 0.7, 0.8, 0.9, 0.95], correct: [0, 0, 0, 0, 1] };
const treatment: Outcomes = { confidence: [0.97, 0.98, 0.99, 0.995, 1], correct: [1, 1, 1, 1, 1] };

describe("the interval of a difference", () => {
  const { differences } = resampleSets([scored(baseline), scored(treatment)], options);
  const [of = {}] = differences;

  it("ends where the metric's own range lets it end: of shares within ±1, of half an area too", () => {
    // 0.8, and a resample of 0.4 would put the end at 1.2.
    expect(of.accuracy).toMatchObject({ high: 1 });
    expect(of.accuracy?.mean).toBeCloseTo(0.8, 12);
    for (const name of ["accuracy", "ece", "mce", "smoothEce", "ks", "aurc", "augrc"]) {
      const { low, high } = of[name] ?? {};
      expect(low, name).toBeGreaterThanOrEqual(-1);
      expect(high, name).toBeLessThanOrEqual(1);
    }
  });

  it("holds the difference itself", () => {
    for (const [name, { mean, low, high }] of Object.entries(of)) {
      if (mean === null || low === null || high === null) continue;
      expect(low, name).toBeLessThanOrEqual(mean + 1e-12);
      expect(high, name).toBeGreaterThanOrEqual(mean - 1e-12);
    }
  });

  it("of a metric without bounds has none", () => {
    const rows = 40;
    const confidence = Array.from({ length: rows }, (_, i) => 0.5 + i / 81);
    const worse = { confidence, correct: confidence.map((_, i) => (i % 3 === 0 ? 1 : 0)) };
    const better = { confidence, correct: confidence.map((_, i) => (i % 5 === 0 ? 0 : 1)) };
    const [change = {}] = resampleSets([scored(worse), scored(better)], options).differences;
    expect(change.spiegelhalterZ?.low).toBeLessThan(-2);
  });
});
