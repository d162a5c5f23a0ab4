import fc from "fast-check";
import {
  accuracy,
  aurc,
  brierScore,
  confidenceHistogram,
  expectedCalibrationError,
  negativeLogLikelihood,
  overconfidence,
  type Predictions,
  reliabilityDiagram,
  riskCoverageCurve,
  topKAccuracy,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { labelledLogits, outcomes, softmaxRows, takeRows } from "./support/arbitrary-predictions.ts";

/** Sums of a few dozen float64 terms, taken in another order. */
const rounding = { rtol: 1e-13, atol: 1e-15 };

describe("scores of predictions", () => {
  it("agree with their definitions, written as sums over softmax probabilities", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const p = softmaxRows(predictions);
        const mean = (of: (row: number[], label: number) => number): number =>
          p.reduce((sum, row, i) => sum + of(row, labels[i]), 0) / p.length;
        const top = topLabel(labels, predictions);
        const best = p.map((row) => row.indexOf(Math.max(...row)));
        expect([...top.predicted]).toEqual(best);
        expect([...top.correct]).toEqual(best.map((k, i) => Number(k === labels[i])));
        expectAllClose(
          top.confidence,
          p.map((row) => Math.max(...row)),
          rounding,
        );
        const nll = mean((row, label) => -Math.log(row[label]));
        // −ln p loses what p has lost by rounding near 1: up to 2⁻⁵³ of a nat.
        expectClose(negativeLogLikelihood(labels, predictions), nll, { rtol: 1e-13, atol: 1e-15 });
        const brier = mean((row, label) => row.reduce((sum, x, k) => sum + (x - Number(k === label)) ** 2, 0));
        expectClose(brierScore(labels, predictions), brier, rounding);
      }),
    );
  });

  it("are the same for logits and for their softmax", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const same = {
          data: softmaxRows(predictions).flat(),
          shape: predictions.shape,
          kind: "probabilities",
        } as const;
        expectClose(negativeLogLikelihood(labels, same), negativeLogLikelihood(labels, predictions), rounding);
        expectClose(brierScore(labels, same), brierScore(labels, predictions), rounding);
        expect([...topLabel(labels, same).correct]).toEqual([...topLabel(labels, predictions).correct]);
      }),
    );
  });

  it("do not change when a number is added to every logit of a row", () => {
    const data = [1.5, -2, 0.25, 3, 3.5, -1];
    const labels = [2, 0];
    const plain = { data, shape: [2, 3], kind: "logits" } as const;
    // 2⁴⁰ leaves these logits exact in float64.
    const moved = { ...plain, data: data.map((z, i) => z + (i < 3 ? 2 ** 40 : -(2 ** 40))) };
    expect(negativeLogLikelihood(labels, moved)).toBe(negativeLogLikelihood(labels, plain));
    expect(brierScore(labels, moved)).toBe(brierScore(labels, plain));
    expect(topLabel(labels, moved)).toEqual(topLabel(labels, plain));
  });

  it("do not depend on the order of the rows", () => {
    fc.assert(
      fc.property(labelledLogits, fc.integer(), (given, seed) => {
        const shuffled = takeRows(given, shuffle(given.labels.length, seed));
        expectAllClose(panel(shuffled.labels, shuffled.predictions), panel(given.labels, given.predictions), rounding);
      }),
    );
  });

  it("do not change when every row is there three times, but for the coverages that AURC is the mean over", () => {
    fc.assert(
      fc.property(labelledLogits, (given) => {
        const rows = given.labels.map((_, row) => row);
        const thrice = takeRows(given, [...rows, ...rows, ...rows]);
        const { aurc: _, ...metrics } = panelByName(given.labels, given.predictions);
        expectAllClose(
          Object.keys(metrics).map((name) => panelByName(thrice.labels, thrice.predictions)[name]),
          Object.values(metrics),
          rounding,
        );
      }),
    );
  });

  it("keep a far tail: logits 1,000 apart give an NLL of 1,000, not infinity", () => {
    const far = { data: [1000, 0, 0, 1000], shape: [2, 2], kind: "logits" } as const;
    expect(negativeLogLikelihood([1, 1], far)).toBe(500);
    expect(brierScore([1, 1], far)).toBe(1);
    const sureOfIt = { data: [0, 40], shape: [1, 2], kind: "logits" } as const;
    expect(negativeLogLikelihood([1], sureOfIt)).toBe(Math.exp(-40));
    // e⁻⁴⁰ is far below the spacing of float64 at 1.
    const sure = { data: [0, -40], shape: [1, 2], kind: "logits" } as const;
    expect(topLabel([0], sure).confidence[0]).toBe(1);
  });

  it("give an infinite NLL to a label of probability 0, and a finite Brier score", () => {
    const probabilities = { data: [0, 1, 0.5, 0.5], shape: [2, 2], kind: "probabilities" } as const;
    expect(negativeLogLikelihood([0, 0], probabilities)).toBe(Infinity);
    expect(brierScore([0, 0], probabilities)).toBe(1.25);
    const masked = { data: [-Infinity, 1, 0, 0], shape: [2, 2], kind: "logits" } as const;
    expect(negativeLogLikelihood([0, 0], masked)).toBe(Infinity);
    expect(negativeLogLikelihood([1, 0], masked)).toBe(Math.log(2) / 2);
    expect(brierScore([0, 0], masked)).toBe(1.25);
  });

  it("are trivial with one class", () => {
    const one = { data: [3, -5], shape: [2, 1], kind: "logits" } as const;
    expect(panel([0, 0], one)).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
  });
});

describe("top-k accuracy", () => {
  it("is the accuracy of the top label at k = 1, never falls with k, and ends at 1", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const classes = predictions.shape[1];
        const byK = Array.from({ length: classes }, (_, i) => topKAccuracy(labels, predictions, { k: i + 1 }));
        expect(byK[0]).toBe(accuracy(topLabel(labels, predictions)));
        expect(byK.toSorted((a, b) => a - b)).toEqual(byK);
        expect(byK[classes - 1]).toBe(1);
      }),
    );
  });

  it("is that of five classes by default, the first of those that tie counted first", () => {
    const tied = { data: new Float32Array(12), shape: [2, 6], kind: "logits" } as const;
    expect(topKAccuracy([4, 5], tied)).toBe(0.5);
  });
});

describe("the reliability diagram", () => {
  const edgeRows = { confidence: [0, 0.2, 0.4, 0.6, 0.8, 1], correct: [0, 1, 0, 1, 1, 1] };

  it("puts a confidence on an edge into the bin below, or above where that is asked, and keeps 0 and 1", () => {
    const counts = (edges: "(lo,hi]" | "[lo,hi)"): number[] =>
      reliabilityDiagram(edgeRows, { bins: 5, edges }).map((bin) => bin.count);
    expect(counts("(lo,hi]")).toEqual([2, 1, 1, 1, 1]);
    expect(counts("[lo,hi)")).toEqual([1, 1, 1, 1, 2]);
  });

  it("compares with the edges themselves: every i / bins lies in bin i, the float64 above it in the next", () => {
    for (const bins of [3, 10, 15, 49, 100]) {
      for (let i = 1; i < bins; i++) {
        const at = i / bins;
        const above = at + at * Number.EPSILON;
        const binOf = (c: number, edges: "(lo,hi]" | "[lo,hi)"): number =>
          reliabilityDiagram({ confidence: [c], correct: [1] }, { bins, edges }).findIndex((bin) => bin.count === 1);
        expect([binOf(at, "(lo,hi]"), binOf(above, "(lo,hi]"), binOf(at, "[lo,hi)")]).toEqual([i - 1, i, i]);
      }
    }
  });

  it("returns every uniform bin, an empty one with zeros", () => {
    expect(reliabilityDiagram({ confidence: [0.75, 0.5], correct: [1, 0] }, { bins: 3 })).toEqual([
      { low: 0, high: 1 / 3, count: 0, confidence: 0, accuracy: 0 },
      { low: 1 / 3, high: 2 / 3, count: 1, confidence: 0.5, accuracy: 0 },
      { low: 2 / 3, high: 1, count: 1, confidence: 0.75, accuracy: 1 },
    ]);
  });

  it("has 15 bins by default, whose means give back the accuracy and the mean confidence", () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom("uniform" as const, "equal-mass" as const), (given, binning) => {
        const bins = reliabilityDiagram(given, { binning });
        const rows = given.correct.length;
        const mean = (of: "accuracy" | "confidence"): number =>
          bins.reduce((sum, bin) => sum + bin.count * bin[of], 0) / rows;
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(rows);
        expectClose(mean("accuracy"), accuracy(given), rounding);
        expectClose(mean("confidence") - mean("accuracy"), overconfidence(given), { atol: 1e-14 });
        if (binning === "uniform") expect(bins.length).toBe(15);
      }),
    );
  });

  it("splits equal masses as array_split does where nothing ties", () => {
    const confidence = Array.from({ length: 11 }, (_, i) => (i * 7) % 11).map((i) => i / 16);
    const given = { confidence, correct: confidence.map(() => 1) };
    const bins = reliabilityDiagram(given, { bins: 4, binning: "equal-mass" });
    expect(bins.map((bin) => bin.count)).toEqual([3, 3, 3, 2]);
    expect(bins.map((bin) => [bin.low, bin.high])).toEqual([
      [0, 2 / 16],
      [2 / 16, 5 / 16],
      [5 / 16, 8 / 16],
      [8 / 16, 10 / 16],
    ]);
  });

  it("never splits rows that tie between equal masses", () => {
    const given = { confidence: [0.5, 0.9, 0.5, 0.5, 0.2, 0.5], correct: [1, 1, 0, 1, 0, 1] };
    expect(reliabilityDiagram(given, { bins: 3, binning: "equal-mass" })).toEqual([
      { low: 0, high: 0.5, count: 5, confidence: 2.2 / 5, accuracy: 3 / 5 },
      { low: 0.5, high: 0.9, count: 1, confidence: 0.9, accuracy: 1 },
    ]);
  });

  it("goes on with the next cut after ties that took several", () => {
    const confidence = [0.5, 0.5, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9];
    const bins = reliabilityDiagram(
      { confidence, correct: confidence.map(() => 1) },
      { bins: 4, binning: "equal-mass" },
    );
    expect(bins.map((bin) => bin.count)).toEqual([4, 2, 2]);
  });

  it("shares its bins with the histogram of right and wrong rows", () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 20 }), (given, bins) => {
        for (const binning of ["uniform", "equal-mass"] as const) {
          const diagram = reliabilityDiagram(given, { bins, binning });
          const histogram = confidenceHistogram(given, { bins, binning });
          expect(histogram.map(({ low, high }) => [low, high])).toEqual(diagram.map(({ low, high }) => [low, high]));
          for (const [i, { right, wrong }] of histogram.entries()) {
            expect(right + wrong).toBe(diagram[i].count);
            if (right + wrong > 0) expect(right / (right + wrong)).toBe(diagram[i].accuracy);
          }
        }
      }),
    );
  });
});

describe("expected calibration error", () => {
  it("lies between |overconfidence| and its larger norms: l1 ≤ l2 ≤ max", () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 20 }), (given, bins) => {
        for (const binning of ["uniform", "equal-mass"] as const) {
          const [l1, l2, max] = (["l1", "l2", "max"] as const).map((norm) =>
            expectedCalibrationError(given, { bins, binning, norm }),
          );
          const slack = 1e-14;
          expect(Math.abs(overconfidence(given))).toBeLessThanOrEqual(l1 + slack);
          expect(l1).toBeLessThanOrEqual(l2 + slack);
          expect(l2).toBeLessThanOrEqual(max + slack);
          expect(max).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("is |overconfidence| with one bin", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        expectClose(expectedCalibrationError(given, { bins: 1 }), Math.abs(overconfidence(given)), { atol: 1e-14 });
      }),
    );
  });

  it("is 0 when certain rows are right, 1 when certain rows are wrong", () => {
    const certain = { confidence: [1, 1, 1] };
    expect(expectedCalibrationError({ ...certain, correct: [1, 1, 1] })).toBe(0);
    expect(expectedCalibrationError({ ...certain, correct: [0, 0, 0] })).toBe(1);
    expect(overconfidence({ ...certain, correct: [0, 0, 0] })).toBe(1);
    expect(overconfidence({ confidence: [0.25, 0.5], correct: [1, 1] })).toBe(-0.625);
  });
});

describe("area under the risk–coverage curve", () => {
  it("is the mean risk of every prefix, as written out for rows in order", () => {
    const given = { confidence: [0.9, 0.3, 0.7, 0.5], correct: [1, 0, 0, 1] };
    // Most confident first: right, wrong, right, wrong.
    const risks = [0, 1 / 2, 1 / 3, 2 / 4];
    const { coverage, risk } = riskCoverageCurve(given);
    expect([...coverage]).toEqual([0.25, 0.5, 0.75, 1]);
    expectAllClose(risk, risks, rounding);
    expectClose(aurc(given), (0 + 1 / 2 + 1 / 3 + 2 / 4) / 4, rounding);
  });

  it("takes the mean over every order of rows that tie", () => {
    const small = outcomes.filter(({ correct }) => correct.length <= 6);
    fc.assert(
      fc.property(small, (given) => {
        const ranked = permutations(given.correct.map((_, row) => row)).filter((order) =>
          order.every((row, i) => i === 0 || given.confidence[order[i - 1]] >= given.confidence[row]),
        );
        const areas = ranked.map((order) => areaInOrder(order.map((row) => given.correct[row])));
        expectClose(aurc(given), areas.reduce((sum, x) => sum + x, 0) / areas.length, { atol: 1e-13 });
      }),
    );
  });

  it("is never below that of an oracle, and is the error rate when everything ties", () => {
    fc.assert(
      fc.property(outcomes, ({ confidence, correct }) => {
        const oracle = aurc({ confidence: correct, correct });
        const blind = aurc({ confidence: correct.map(() => 0.5), correct });
        expect(aurc({ confidence, correct })).toBeGreaterThanOrEqual(oracle - 1e-14);
        expectClose(blind, 1 - accuracy({ confidence, correct }), { atol: 1e-14 });
      }),
    );
  });

  it("is 0 when all rows are right and 1 when all are wrong", () => {
    const confidence = [0.4, 0.9, 0.4];
    expect(aurc({ confidence, correct: [1, 1, 1] })).toBe(0);
    expect(aurc({ confidence, correct: [0, 0, 0] })).toBe(1);
    expect(aurc({ confidence: [0.7], correct: [0] })).toBe(1);
  });

  it("is read at any coverage: a part of a row brings that part of its error", () => {
    const given = { confidence: [0.9, 0.8, 0.7, 0.6], correct: [1, 0, 1, 0] };
    const { risk } = riskCoverageCurve(given, { coverage: [0.1, 0.25, 0.375, 0.5, 1] });
    expectAllClose(risk, [0, 0, 0.5 / 1.5, 0.5, 0.5], rounding);
  });
});

/** Every metric of one set of predictions. */
function panelByName(labels: readonly number[], predictions: Predictions): Record<string, number> {
  const top = topLabel(labels, predictions);
  return {
    accuracy: accuracy(top),
    nll: negativeLogLikelihood(labels, predictions),
    brier: brierScore(labels, predictions),
    ece: expectedCalibrationError(top),
    mce: expectedCalibrationError(top, { norm: "max" }),
    overconfidence: overconfidence(top),
    aurc: aurc(top),
    top1: topKAccuracy(labels, predictions, { k: 1 }),
  };
}

function panel(labels: readonly number[], predictions: Predictions): number[] {
  return Object.values(panelByName(labels, predictions));
}

/** 0 … count − 1 in an order that depends on the seed alone. */
function shuffle(count: number, seed: number): number[] {
  const keys = Array.from({ length: count }, (_, i) => Math.sin(seed + i));
  return keys.map((_, i) => i).sort((i, j) => keys[i] - keys[j]);
}

function areaInOrder(correct: readonly number[]): number {
  let wrong = 0;
  let sum = 0;
  for (const [i, right] of correct.entries()) {
    wrong += 1 - right;
    sum += wrong / (i + 1);
  }
  return sum / correct.length;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
