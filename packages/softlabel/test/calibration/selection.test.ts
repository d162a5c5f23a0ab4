import fc from "fast-check";
import {
  accuracy,
  augrc,
  aurc,
  auroc,
  coverageAtRisk,
  falsePositiveRateAtRecall,
  type Outcomes,
  riskAtCoverage,
  riskCoverageCurve,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectClose } from "../expect-all-close.ts";
import { outcomes } from "./support/arbitrary-predictions.ts";
import { message } from "./support/message.ts";

const rounding = { atol: 1e-13 };
const allRight = { confidence: [0.4, 0.9, 0.4], correct: [1, 1, 1] };
const allWrong = { confidence: [0.4, 0.9, 0.4], correct: [0, 0, 0] };

describe("the area under the risk–coverage curve by its other definitions", () => {
  const definitions = ["mean", "trapezoid", "row-trapezoid"] as const;

  it("is as written out by hand", () => {
    // Most confident first: right, wrong, a tie of right and wrong. Risks after each level: 0, 1/2, 2/4.
    const given = { confidence: [0.9, 0.7, 0.5, 0.5], correct: [1, 0, 1, 0] };
    expectClose(aurc(given, { definition: "mean" }), (0 + 1 / 2 + 1.5 / 3 + 2 / 4) / 4, rounding);
    expectClose(aurc(given, { definition: "trapezoid" }), 0 + (0 + 1 / 2) / 2 / 4 + (1 / 2 + 1 / 2) / 2 / 2, rounding);
    const rows = (0 + 1 / 2) / 2 + (1 / 2 + 1.5 / 3) / 2 + (1.5 / 3 + 2 / 4) / 2;
    expectClose(aurc(given, { definition: "row-trapezoid" }), rows / 3, rounding);
  });

  it("is 0 when all rows are right, 1 when all are wrong, and the error rate when everything ties", () => {
    for (const definition of definitions) {
      expect(aurc(allRight, { definition })).toBe(0);
      expectClose(aurc(allWrong, { definition }), 1, rounding);
      const tied = { confidence: [0.5, 0.5, 0.5, 0.5], correct: [1, 0, 0, 1] };
      expectClose(aurc(tied, { definition }), 0.5, rounding);
    }
  });

  it("comes to the same for many rows: copies bring the definitions together", () => {
    const given = { confidence: [0.9, 0.8, 0.7, 0.6, 0.5], correct: [1, 0, 1, 1, 0] };
    const spread = (copies: number): number => {
      const areas = definitions.map((definition) => aurc(copy(given, copies), { definition }));
      return Math.max(...areas) - Math.min(...areas);
    };
    // "trapezoid" stays where few confidences are distinct, so each copy gets a confidence of its own.
    expect(spread(1)).toBeGreaterThan(0.02);
    expect(spread(400)).toBeLessThan(0.002);
  });

  it("needs two rows between which to draw a line", () => {
    const one = { confidence: [0.5], correct: [0] };
    expect(message(() => aurc(one, { definition: "row-trapezoid" }))).toBe(
      'outcomes must have at least two rows for "row-trapezoid", got 1',
    );
    expect(aurc(one, { definition: "trapezoid" })).toBe(1);
    expect(message(() => aurc(one, { definition: "area" as "mean" }))).toBe(
      'definition must be "mean", "trapezoid" or "row-trapezoid", got "area"',
    );
  });
});

describe("the area under the generalised risk–coverage curve", () => {
  it("is that of AUROC and accuracy: (1 − AUROC)·a·(1 − a) + (1 − a)²/2", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const a = accuracy(given);
        // Without a right and a wrong row, the first term is 0 whatever the AUROC.
        expectClose(augrc(given), (1 - (auroc(given) ?? 0)) * a * (1 - a) + (1 - a) ** 2 / 2, rounding);
      }),
    );
  });

  it("does not change when every row is there three times", () => {
    fc.assert(
      fc.property(outcomes, ({ confidence, correct }) => {
        const thrice = {
          confidence: [...confidence, ...confidence, ...confidence],
          correct: [...correct, ...correct, ...correct],
        };
        expectClose(augrc(thrice), augrc({ confidence, correct }), rounding);
      }),
    );
  });

  it("is 0 when all rows are right and ½ when all are wrong", () => {
    expect(augrc(allRight)).toBe(0);
    expectClose(augrc(allWrong), 0.5, rounding);
  });
});

describe("the area under the ROC curve", () => {
  it("is the share of pairs in order, ties half", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const of = (kind: number): number[] => given.confidence.filter((_, row) => given.correct[row] === kind);
        const pairs = of(1).flatMap((right) =>
          of(0).map((wrong) => Number(right > wrong) + Number(right === wrong) / 2),
        );
        const expected = pairs.length === 0 ? null : pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length;
        if (expected === null) expect(auroc(given)).toBe(null);
        else expectClose(auroc(given) as number, expected, rounding);
      }),
    );
  });

  it("is 1 for an oracle, 0 for its opposite and ½ when everything ties", () => {
    const correct = [1, 0, 1, 0];
    expect(auroc({ confidence: correct, correct })).toBe(1);
    expect(auroc({ confidence: correct.map((y) => 1 - y), correct })).toBe(0);
    expect(auroc({ confidence: [0.3, 0.3, 0.3, 0.3], correct })).toBe(0.5);
  });
});

describe("the false-positive rate at a recall", () => {
  it("is read at the first threshold that lets enough right rows through", () => {
    const given = { confidence: [0.9, 0.8, 0.7, 0.6, 0.6, 0.2], correct: [1, 0, 1, 1, 0, 0] };
    expect(falsePositiveRateAtRecall(given, { recall: 1 / 3 })).toBe(0);
    expect(falsePositiveRateAtRecall(given, { recall: 0.5 })).toBeCloseTo(1 / 3, 15);
    // The third right row ties with a wrong one.
    expect(falsePositiveRateAtRecall(given)).toBeCloseTo(2 / 3, 15);
  });

  it("is not defined without a right and a wrong row, and names a recall out of range", () => {
    expect(falsePositiveRateAtRecall(allRight)).toBe(null);
    expect(falsePositiveRateAtRecall(allWrong)).toBe(null);
    for (const recall of [0, 1.5, Number.NaN]) {
      expect(message(() => falsePositiveRateAtRecall(allRight, { recall }))).toBe(
        `recall must be in (0, 1], got ${recall}`,
      );
    }
  });
});

describe("risk at a coverage and coverage at a risk", () => {
  it("are points of the curve at whole rows", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const rows = given.correct.length;
        const { risk } = riskCoverageCurve(given);
        for (let answered = 1; answered <= rows; answered++) {
          expectClose(riskAtCoverage(given, answered / rows), risk[answered - 1], rounding);
          expectClose(riskAtCoverage(given, (answered - 0.5) / rows), risk[answered - 1], rounding);
          const rounded = Math.min(1, risk[answered - 1] + 1e-13);
          expect(coverageAtRisk(given, rounded)).toBeGreaterThanOrEqual(answered / rows);
        }
      }),
    );
  });

  it("counts 0.07 of 100 rows as seven, not as eight", () => {
    const confidence = Array.from({ length: 100 }, (_, i) => 1 - i / 200);
    const correct = confidence.map((_, i) => (i === 7 ? 0 : 1));
    expect(riskAtCoverage({ confidence, correct }, 0.07)).toBe(0);
    expect(riskAtCoverage({ confidence, correct }, 0.071)).toBe(1 / 8);
    expect(riskAtCoverage({ confidence, correct }, 1e-9)).toBe(0);
  });

  it("takes the largest coverage, also behind more risk, and 0 where there is none", () => {
    const given = { confidence: [0.9, 0.8, 0.7, 0.6], correct: [0, 1, 1, 1] };
    expect(coverageAtRisk(given, 0.25)).toBe(1);
    expect(coverageAtRisk(given, 0.2)).toBe(0);
    expect(coverageAtRisk(allRight, 0)).toBe(1);
    expect(coverageAtRisk(allWrong, 0.99)).toBe(0);
  });

  it("names what is out of range", () => {
    for (const share of [-0.1, 1.1, Number.NaN]) {
      expect(message(() => riskAtCoverage(allRight, share))).toBe(`coverage must be in (0, 1], got ${share}`);
      expect(message(() => coverageAtRisk(allRight, share))).toBe(`risk must be in [0, 1], got ${share}`);
    }
  });
});

/** Each row many times, with confidences so near to each other that no other row comes between. */
function copy({ confidence, correct }: Outcomes, copies: number): Outcomes {
  const row = (i: number): number => Math.floor(i / copies);
  const length = confidence.length * copies;
  return {
    confidence: Array.from({ length }, (_, i) => confidence[row(i)] - (i % copies) * 1e-6),
    correct: Array.from({ length }, (_, i) => correct[row(i)]),
  };
}
