import fc from "fast-check";
import {
  brierScore,
  classOutcomes,
  classwiseCalibrationError,
  expectedCalibrationError,
  negativeLogLikelihood,
  perClass,
  reliabilityDiagram,
  rowScores,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { labelledLogits, softmaxRows } from "./support/arbitrary-predictions.ts";
import { message } from "./support/message.ts";

const rounding = { rtol: 1e-12, atol: 1e-14 };
const binnings = [
  { bins: 15 },
  { bins: 7, edges: "[lo,hi)" },
  { bins: 7, edges: "[lo,hi),{1}" },
  { bins: 4, binning: "equal-mass" },
  { bins: 4, binning: "equal-mass", cuts: "rounded" },
] as const;

describe("the outcomes of one class", () => {
  it("are its probability and whether it is the label, of logits as of probabilities", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const p = softmaxRows(predictions);
        for (let k = 0; k < predictions.shape[1]; k++) {
          const { confidence, correct } = classOutcomes(labels, predictions, k);
          expectAllClose(
            confidence,
            p.map((row) => row[k]),
            rounding,
          );
          expect([...correct]).toEqual(labels.map((label) => Number(label === k)));
        }
      }),
    );
  });

  it("never leave [0, 1], however certain a row is", () => {
    const { confidence } = classOutcomes([0, 1], { data: [0, -800, -40, 0], shape: [2, 2], kind: "logits" }, 1);
    expect([...confidence]).toEqual([0, 1]);
  });
});

describe("the classwise calibration error", () => {
  it("is the mean over classes of the error of each, in its norm; of the norm max the largest", () => {
    fc.assert(
      fc.property(labelledLogits, fc.constantFrom(...binnings), ({ labels, predictions }, binning) => {
        const classes = predictions.shape[1];
        const errors = (norm: "l1" | "l2" | "max"): number[] =>
          Array.from({ length: classes }, (_, k) =>
            expectedCalibrationError(classOutcomes(labels, predictions, k), { ...binning, norm }),
          );
        const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / classes;
        const measured = (norm: "l1" | "l2" | "max"): number =>
          classwiseCalibrationError(labels, predictions, { ...binning, norm });
        expectClose(measured("l1"), mean(errors("l1")), rounding, "l1");
        expectClose(measured("l2"), Math.sqrt(mean(errors("l2").map((x) => x * x))), rounding, "l2");
        expectClose(measured("max"), Math.max(...errors("max")), rounding, "max");
      }),
    );
  });

  it("is 0 for one class, and for two that of either", () => {
    expect(classwiseCalibrationError([0, 0], { data: [3, -5], shape: [2, 1], kind: "logits" })).toBe(0);
    // Away from edges, a bin of p is the mirror of one of 1 − p.
    const data = [0.85, 0.15, 0.41, 0.59, 0.26, 0.74, 0.81, 0.19];
    const two = { data, shape: [4, 2], kind: "probabilities" } as const;
    const labels = [0, 1, 0, 1];
    const positive = expectedCalibrationError(classOutcomes(labels, two, 1));
    expectClose(classwiseCalibrationError(labels, two), positive, rounding);
  });
});

describe("the threshold", () => {
  it("judges the rows above it, as if the others were not there", () => {
    fc.assert(
      fc.property(labelledLogits, fc.constantFrom(...binnings), (given, binning) => {
        const { labels, predictions } = given;
        const classes = predictions.shape[1];
        for (const threshold of [0, 0.2, 0.6]) {
          const errors = Array.from({ length: classes }, (_, k) => {
            const { confidence, correct } = classOutcomes(labels, predictions, k);
            const rows = [...confidence.keys()].filter((row) => confidence[row] > threshold);
            const kept = { confidence: rows.map((row) => confidence[row]), correct: rows.map((row) => correct[row]) };
            return rows.length === 0 ? 0 : expectedCalibrationError(kept, binning);
          });
          const mean = errors.reduce((sum, x) => sum + x, 0) / classes;
          expectClose(classwiseCalibrationError(labels, predictions, { ...binning, threshold }), mean, rounding);
          perClass(labels, predictions, { ...binning, threshold }).forEach(({ calibrationError }, k) => {
            expectClose(calibrationError, errors[k], rounding);
          });
        }
      }),
    );
  });

  it("of 0 leaves out probabilities of exactly 0, and of more than every confidence gives 0", () => {
    const given = { confidence: [0, 0, 0.5], correct: [1, 1, 1] };
    expectClose(expectedCalibrationError(given), 2.5 / 3, rounding);
    expect(expectedCalibrationError(given, { threshold: 0 })).toBe(0.5);
    expect(expectedCalibrationError(given, { threshold: 0.5 })).toBe(0);
  });

  it("must be in [0, 1), and does not hide what is wrong with the rows", () => {
    const given = { confidence: [0.5, Number.NaN], correct: [1, 0] };
    const fails = (options: object): string => message(() => expectedCalibrationError(given, options));
    expect(fails({ threshold: 1 })).toBe("threshold must be in [0, 1), got 1");
    expect(fails({ threshold: Number.NaN })).toBe("threshold must be in [0, 1), got NaN");
    expect(fails({ threshold: 0.9 })).toBe("outcomes.confidence must be in [0, 1], got NaN at row 1");
    const even = { confidence: [0.5], correct: [1] };
    expect(message(() => expectedCalibrationError(even, { bins: 1e9 }))).toBe(
      'bins must be at most 65536 with binning "uniform", got 1000000000',
    );
    expect(message(() => expectedCalibrationError(even, { threshold: 0.9, bins: 0 }))).toBe(
      "bins must be an integer of at least 1, got 0",
    );
  });
});

describe("the cuts of bins of equal mass", () => {
  // Seven rows in three bins: array_split cuts below rows 3 and 5, rounding 7/3 and 14/3 below rows 2 and 5.
  const rows = { confidence: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], correct: [0, 1, 0, 1, 1, 0, 1] };
  const counts = (confidence: readonly number[], cuts: "array_split" | "rounded", bins = 3): number[] =>
    reliabilityDiagram({ confidence, correct: confidence.map(() => 1) }, { binning: "equal-mass", bins, cuts }).map(
      ({ count }) => count,
    );

  it("are those of array_split, or at rounded rows", () => {
    expect(counts(rows.confidence, "array_split")).toEqual([3, 2, 2]);
    expect(counts(rows.confidence, "rounded")).toEqual([2, 3, 2]);
    // 5/2 rounds to the even 2, 15/2 to 8.
    expect(counts([0.1, 0.2, 0.3, 0.4, 0.5], "rounded", 2)).toEqual([2, 3]);
    expect(
      counts(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => i / 10),
        "rounded",
        4,
      ),
    ).toEqual([2, 3, 3, 2]);
  });

  it("move up past rows that tie, or down below them when rounded, and never split them", () => {
    const tied = [0.1, 0.5, 0.5, 0.5, 0.5, 0.8, 0.9];
    expect(counts(tied, "array_split")).toEqual([5, 2]);
    expect(counts(tied, "rounded")).toEqual([1, 4, 2]);
    expect(counts([0.5, 0.5, 0.5], "rounded")).toEqual([3]);
    expect(counts([0.5, 0.5, 0.5], "array_split")).toEqual([3]);
  });

  it("give each distinct confidence a bin where there are as many bins as rows, or any number more", () => {
    for (const cuts of ["array_split", "rounded"] as const) {
      for (const bins of [7, 50, 2 ** 40]) expect(counts(rows.confidence, cuts, bins)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    }
  });

  it("are refused by bins of equal width, and by another name", () => {
    expect(message(() => reliabilityDiagram(rows, { cuts: "rounded" }))).toBe(
      'cuts must be left out with binning "uniform", got "rounded"',
    );
    const other: object = { binning: "equal-mass", cuts: "sorted" };
    expect(message(() => reliabilityDiagram(rows, other))).toBe(
      'cuts must be "array_split" or "rounded", got "sorted"',
    );
  });
});

describe("the debiased l2 calibration error", () => {
  it("is what Kumar et al. write, bin by bin, and never above the plain one", () => {
    const given = { confidence: [0.1, 0.15, 0.7, 0.72, 0.75, 0.4], correct: [0, 1, 1, 0, 0, 1] };
    // Bins of a fifth: two rows at 0.125 with one right, one row, three rows at 0.72333… with one right.
    const low = (0.5 - 0.125) ** 2 - 0.25 / 1;
    const high = (2.17 / 3 - 1 / 3) ** 2 - 2 / 9 / 2;
    const square = (2 * low + 1 * 0 + 3 * high) / 6;
    const options = { bins: 5, norm: "l2" } as const;
    expectClose(
      expectedCalibrationError(given, { ...options, debiased: true }),
      Math.sqrt(Math.max(0, square)),
      rounding,
    );
    expect(expectedCalibrationError(given, options)).toBeGreaterThan(0.3);
  });

  it("counts a single row as nothing, and a negative square as 0", () => {
    const options = { norm: "l2", debiased: true } as const;
    expect(expectedCalibrationError({ confidence: [0.9], correct: [0] }, options)).toBe(0);
    expect(expectedCalibrationError({ confidence: [0.5, 0.5], correct: [0, 1] }, options)).toBe(0);
    expect(expectedCalibrationError({ confidence: [1, 1], correct: [0, 0] }, options)).toBe(1);
  });
});

describe("the table of classes", () => {
  it("weighs up to the metrics of all rows", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const table = perClass(labels, predictions);
        const rows = labels.length;
        const weighted = (
          weight: "support" | "predicted",
          of: "recall" | "precision" | "confidence" | "brier" | "nll",
        ) => table.reduce((sum, row) => sum + row[weight] * (row[of] ?? 0), 0) / rows;
        const top = topLabel(labels, predictions);
        const accuracy = top.correct.reduce((sum, right) => sum + right, 0) / rows;
        expectClose(weighted("support", "recall"), accuracy, rounding);
        expectClose(weighted("predicted", "precision"), accuracy, rounding);
        expectClose(
          weighted("predicted", "confidence"),
          top.confidence.reduce((sum, c) => sum + c, 0) / rows,
          rounding,
        );
        expectClose(weighted("support", "brier"), brierScore(labels, predictions), rounding);
        expectClose(weighted("support", "nll"), negativeLogLikelihood(labels, predictions), rounding);
        const errors = table.reduce((sum, row) => sum + row.calibrationError, 0) / table.length;
        expectClose(errors, classwiseCalibrationError(labels, predictions), rounding);
      }),
    );
  });

  it("says null of a class that has no row, or is never predicted", () => {
    const data = [0.8, 0.15, 0.05, 0.6, 0.3, 0.1, 0.1, 0.7, 0.2];
    const [first, second, third] = perClass([0, 2, 0], { data, shape: [3, 3], kind: "probabilities" });
    expect(first).toMatchObject({ label: 0, support: 2, predicted: 2, recall: 0.5, precision: 0.5, confidence: 0.7 });
    expect(second).toMatchObject({ support: 0, predicted: 1, recall: null, precision: 0, brier: null, nll: null });
    expect(third).toMatchObject({ support: 1, predicted: 0, recall: 0, precision: null, confidence: null });
    expectClose(third.nll as number, -Math.log(0.1), rounding);
  });
});

describe("the scores of each row", () => {
  it("rank the label among the classes, the first of those that tie first", () => {
    const data = [2, 2, 2, 1, 5, 1, 3, 2, 1];
    const { labelRank, predicted } = rowScores([1, 2, 0], { data, shape: [3, 3], kind: "logits" });
    expect([...labelRank]).toEqual([1, 2, 0]);
    expect([...predicted]).toEqual([0, 1, 0]);
  });

  it("keep the digits of a tiny error: logits 40 apart cost e⁻⁴⁰ nats and 2·e⁻⁸⁰ of the Brier score", () => {
    const { logLoss, squaredError } = rowScores([0], { data: [0, -40], shape: [1, 2], kind: "logits" });
    expectClose(logLoss[0], Math.exp(-40), rounding);
    expectClose(squaredError[0], 2 * Math.exp(-80), { rtol: 1e-12 });
  });
});
