import { readFileSync } from "node:fs";
import {
  accuracy,
  expectedCalibrationError,
  mcnemarTest,
  permutationTest,
  permutationTestOfMeans,
} from "softlabel/calibration";
import { signFlipTest } from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/statistics/random.ts";
import { expectClose } from "../../expect-all-close.ts";
import { message } from "../support/message.ts";

const golden: { readonly mcnemar: readonly (readonly [number, number, number])[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/distributions.json", import.meta.url), "utf8"),
);

/** So many rows that only the baseline has right, only the treatment, both and neither. */
function disagreement(b: number, c: number, both = 3, neither = 2): { baseline: number[]; treatment: number[] } {
  const rows = [
    ...Array.from({ length: b }, () => [1, 0]),
    ...Array.from({ length: both }, () => [1, 1]),
    ...Array.from({ length: c }, () => [0, 1]),
    ...Array.from({ length: neither }, () => [0, 0]),
  ];
  return { baseline: rows.map(([one]) => one), treatment: rows.map(([, two]) => two) };
}

describe("McNemar's exact test", () => {
  it("has SciPy's two-sided binomial p", () => {
    for (const [b, c, p] of golden.mcnemar) {
      const test = mcnemarTest(disagreement(b, c));
      expect([test.onlyBaseline, test.onlyTreatment]).toEqual([b, c]);
      expectClose(test.p, p, { rtol: 1e-12 }, `${b} against ${c}`);
    }
  });

  it("does not see rows that both have right or wrong, nor which model is which", () => {
    const { p } = mcnemarTest(disagreement(4, 11));
    expect(mcnemarTest(disagreement(4, 11, 500, 70)).p).toBe(p);
    expect(mcnemarTest(disagreement(11, 4)).p).toBe(p);
    expect(mcnemarTest(disagreement(0, 0)).p).toBe(1);
  });

  it("refuses lists that do not match or hold anything else", () => {
    expect(message(() => mcnemarTest({ baseline: [1], treatment: [1, 0] }))).toBe(
      "treatment must be 1, one per row of baseline, got 2",
    );
    expect(message(() => mcnemarTest({ baseline: [0.5], treatment: [1] }))).toBe(
      "baseline must be 0 or 1, got 0.5 at row 0",
    );
    expect(message(() => mcnemarTest({ baseline: [1, 1], treatment: [1, -1] }))).toBe(
      "treatment must be 0 or 1, got -1 at row 1",
    );
  });
});

describe("the permutation test", () => {
  const baseline = [0.9, 1.4, 0.2, 2.1, 0.7, 1.1, 0.4, 1.9, 0.6, 1.2];
  const treatment = [0.8, 1.1, 0.3, 1.6, 0.5, 1.1, 0.1, 1.6, 0.7, 0.8];

  it("comes close to the exact sign-flip test", () => {
    const test = permutationTestOfMeans({ baseline, treatment }, { permutations: 20_000, seed: 2 });
    const exact = signFlipTest(treatment.map((x, i) => x - baseline[i])).p;
    expectClose(test.difference, -0.19, { atol: 1e-12 });
    // Standard deviation √(p/20,000), 0.001.
    expectClose(test.p, exact, { atol: 0.005 });
  });

  it("is the same by a metric that is a mean, from the same draws", () => {
    const pair = disagreement(3, 12);
    const confidence = pair.baseline.map(() => 0.5);
    const outcomes = {
      baseline: { confidence, correct: pair.baseline },
      treatment: { confidence, correct: pair.treatment },
    };
    const options = { permutations: 500, seed: 6 };
    const means = permutationTestOfMeans(pair, options);
    const metric = permutationTest(outcomes, accuracy, options);
    expect(metric.p).toBe(means.p);
    expectClose(metric.difference, means.difference, { atol: 1e-15 });
    expect(metric).toMatchObject({ permutations: 500, seed: 6 });
  });

  it("finds a model that is over-confident and spares one that is not", () => {
    const { next } = seededRandom(11);
    const rows = Array.from({ length: 400 }, () => ({
      c: 0.5 + next() / 2 ** 33,
      u: next() / 2 ** 32,
      v: next() / 2 ** 32,
    }));
    const honest = { confidence: rows.map(({ c }) => c), correct: rows.map(({ c, u }) => Number(u < c)) };
    const other = { confidence: honest.confidence, correct: rows.map(({ c, v }) => Number(v < c)) };
    const sure = { confidence: rows.map(({ c }) => c ** 0.2), correct: honest.correct };
    const p = (treatment: typeof honest): number =>
      permutationTest({ baseline: honest, treatment }, expectedCalibrationError, { permutations: 200 }).p;
    expect(p(sure)).toBe(1 / 201);
    expect(p(other)).toBeGreaterThan(0.05);
  });

  it("is never 0, and 1 for a model and itself", () => {
    expect(permutationTestOfMeans({ baseline, treatment: baseline }).p).toBe(1);
    const clear = { baseline: new Array<number>(40).fill(1), treatment: new Array<number>(40).fill(0) };
    expect(permutationTestOfMeans(clear, { permutations: 99 }).p).toBe(0.01);
  });

  it("refuses what does not match", () => {
    const pair = { baseline: [1, 2], treatment: [1] };
    expect(message(() => permutationTestOfMeans(pair))).toBe("treatment must be 2, one per row of baseline, got 1");
    expect(message(() => permutationTestOfMeans({ baseline: [], treatment: [] }))).toBe(
      "baseline must have at least one row, got 0",
    );
    expect(message(() => permutationTestOfMeans({ baseline: [1], treatment: [Infinity] }))).toBe(
      "baseline and treatment must be finite, got another at row 0",
    );
    expect(message(() => permutationTestOfMeans({ baseline: [1], treatment: [1] }, { permutations: 0.5 }))).toBe(
      "permutations must be an integer of at least 1, got 0.5",
    );
  });
});
