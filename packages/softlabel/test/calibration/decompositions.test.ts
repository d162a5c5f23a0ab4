import fc from "fast-check";
import {
  brierDecomposition,
  brierScore,
  corpDecomposition,
  murphyDecomposition,
  negativeLogLikelihood,
  type Outcomes,
  reliabilityDiagram,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectClose } from "../expect-all-close.ts";
import { labelledLogits, outcomes } from "./support/arbitrary-predictions.ts";
import { message } from "./support/message.ts";

/** Sums of a few dozen float64 terms below 1, and differences of them. */
const rounding = { atol: 1e-13 };

describe("the CORP decomposition", () => {
  it("gives back the score: miscalibration − discrimination + uncertainty", () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom("brier" as const, "log" as const), (given, score) => {
        const parts = corpDecomposition(given, { score });
        expectClose(parts.score, meanScore(given, score), rounding);
        expect(parts.miscalibration).toBeGreaterThanOrEqual(0);
        expect(parts.discrimination).toBeGreaterThanOrEqual(0);
        fc.pre(parts.score < Infinity);
        expectClose(parts.miscalibration - parts.discrimination + parts.uncertainty, parts.score, rounding);
      }),
    );
  });

  it("has as refinement the least score of any map of the confidence that never falls", () => {
    const small = outcomes.filter(({ correct }) => correct.length <= 5);
    fc.assert(
      fc.property(small, (given) => {
        const { uncertainty, discrimination } = corpDecomposition(given);
        const levels = [...new Set(given.confidence)].sort((a, b) => a - b);
        // The isotonic fit takes shares of at most five rows; all ascending choices of them are tried.
        const shares = [...new Set([1, 2, 3, 4, 5].flatMap((n) => Array.from({ length: n + 1 }, (_, i) => i / n)))];
        const best = Math.min(
          ...ascending(
            shares.sort((a, b) => a - b),
            levels.length,
          ).map((map) =>
            meanScore({ ...given, confidence: given.confidence.map((c) => map[levels.indexOf(c)]) }, "brier"),
          ),
        );
        expectClose(uncertainty - discrimination, best, rounding);
      }),
      { numRuns: 50 },
    );
  });

  it("does not change when the order of the confidences stays, but for the miscalibration", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const squared = { ...given, confidence: given.confidence.map((c) => c * c) };
        const [before, after] = [corpDecomposition(given), corpDecomposition(squared)];
        expect(after.discrimination).toBe(before.discrimination);
        expect(after.uncertainty).toBe(before.uncertainty);
      }),
    );
  });

  it("splits the NLL of two classes into refinement and calibration", () => {
    const logits = { data: [1, 0, 0, 2, 0.5, 0.25, -1, 1.5], shape: [4, 2], kind: "logits" } as const;
    const labels = [0, 1, 1, 0];
    const confidence = [0, 1, 2, 3].map((row) => 1 / (1 + Math.exp(logits.data[2 * row] - logits.data[2 * row + 1])));
    const parts = corpDecomposition({ confidence, correct: labels }, { score: "log" });
    const refinement = parts.uncertainty - parts.discrimination;
    expectClose(refinement + parts.miscalibration, negativeLogLikelihood(labels, logits), rounding);
  });

  it("of one row or of rows that all came true has nothing but miscalibration", () => {
    expect(corpDecomposition({ confidence: [0.5], correct: [1] })).toEqual({
      score: 0.25,
      miscalibration: 0.25,
      discrimination: 0,
      uncertainty: 0,
    });
    expect(corpDecomposition({ confidence: [0.5, 1], correct: [1, 1] })).toMatchObject({ miscalibration: 0.125 });
  });

  it("of everything tied at the base rate has nothing but uncertainty", () => {
    const tied = { confidence: [0.75, 0.75, 0.75, 0.75], correct: [1, 0, 1, 1] };
    expect(corpDecomposition(tied)).toEqual({
      score: 0.1875,
      miscalibration: 0,
      discrimination: 0,
      uncertainty: 0.1875,
    });
  });

  it("names a score that it does not have", () => {
    const score = "spherical" as "brier";
    expect(message(() => corpDecomposition({ confidence: [0.5], correct: [1] }, { score }))).toBe(
      'score must be "brier" or "log", got "spherical"',
    );
  });
});

describe("the decomposition of the Brier score over classes", () => {
  it("adds up to the Brier score, of logits as of probabilities", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const { score, miscalibration, discrimination, uncertainty } = brierDecomposition(labels, predictions);
        expectClose(score, brierScore(labels, predictions), rounding);
        expectClose(miscalibration - discrimination + uncertainty, score, rounding);
      }),
    );
  });

  it("has the Gini impurity of the labels as uncertainty", () => {
    const uniform = { data: new Float32Array(12).fill(1), shape: [4, 3], kind: "logits" } as const;
    const { uncertainty, discrimination } = brierDecomposition([0, 0, 1, 2], uniform);
    expectClose(uncertainty, 1 - (1 / 4 + 1 / 16 + 1 / 16), rounding);
    expect(discrimination).toBe(0);
  });
});

describe("Murphy's decomposition", () => {
  it("adds up to the score exactly, whatever the bins", () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 20 }), (given, bins) => {
        for (const options of [{ bins }, { bins, edges: "[lo,hi),{1}" }, { bins, binning: "equal-mass" }] as const) {
          const m = murphyDecomposition(given, options);
          expectClose(m.score, meanScore(given, "brier"), rounding);
          const classical = m.reliability - m.resolution + m.uncertainty;
          expectClose(classical + m.withinBinVariance - m.withinBinCovariance, m.score, rounding);
        }
      }),
    );
  });

  it("has no within-bin terms when every distinct confidence is a bin", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const m = murphyDecomposition(given, { binning: "equal-mass", bins: given.correct.length });
        expectClose(m.withinBinVariance, 0, rounding);
        expectClose(m.withinBinCovariance, 0, rounding);
      }),
    );
  });

  it("has the squared l2 calibration error as reliability", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const rows = given.correct.length;
        const gaps = reliabilityDiagram(given).map((bin) => (bin.count / rows) * (bin.accuracy - bin.confidence) ** 2);
        const sum = gaps.reduce((total, gap) => total + gap, 0);
        expectClose(murphyDecomposition(given).reliability, sum, rounding);
      }),
    );
  });
});

function meanScore({ confidence, correct }: Outcomes, score: "brier" | "log"): number {
  const losses = Array.from(confidence, (c, i) => {
    if (score === "brier") return (c - correct[i]) ** 2;
    return -Math.log(correct[i] === 1 ? c : 1 - c);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Every list of this length that takes values in ascending order, repeats allowed. */
function ascending(values: readonly number[], length: number): number[][] {
  if (length === 0) return [[]];
  return values.flatMap((value, i) => ascending(values.slice(i), length - 1).map((rest) => [value, ...rest]));
}
