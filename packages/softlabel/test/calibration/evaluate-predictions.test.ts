import fc from "fast-check";
import {
  accuracy,
  adaptivePresets,
  augrc,
  aurc,
  auroc,
  brierScore,
  calibrationPresets,
  classwiseCalibrationError,
  coverageAtRisk,
  evaluatePredictions,
  expectedCalibrationError,
  falsePositiveRateAtRecall,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  negativeLogLikelihood,
  overconfidence,
  perClass,
  riskAtCoverage,
  rowScores,
  smoothCalibrationError,
  spiegelhalterTest,
  topKAccuracy,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";
import { type Labelled, labelledLogits, takeRows } from "./support/arbitrary-predictions.ts";

describe("every metric at once", () => {
  it("has the values of each function by itself", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const { metrics, classes, rows } = evaluatePredictions(labels, predictions);
        const top = topLabel(labels, predictions);
        const values = Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
        expect(values).toEqual({
          accuracy: accuracy(top),
          ...(predictions.shape[1] > 5 && { top5: topKAccuracy(labels, predictions, { k: 5 }) }),
          nll: negativeLogLikelihood(labels, predictions),
          brier: brierScore(labels, predictions),
          ece: expectedCalibrationError(top),
          rmsCe: expectedCalibrationError(top, { norm: "l2" }),
          debiasedCe: expectedCalibrationError(top, { norm: "l2", debiased: true }),
          mce: expectedCalibrationError(top, { norm: "max" }),
          adaptiveEce: expectedCalibrationError(top, { binning: "equal-mass" }),
          classwiseEce: classwiseCalibrationError(labels, predictions),
          smoothEce: smoothCalibrationError(top),
          overconfidence: overconfidence(top),
          ks: kolmogorovSmirnovCalibration(top).error,
          kuiper: kuiperCalibration(top).error,
          spiegelhalterZ: spiegelhalterTest(top).z,
          aurc: aurc(top),
          augrc: augrc(top),
          auroc: auroc(top),
          fpr95: falsePositiveRateAtRecall(top),
          riskAt80Coverage: riskAtCoverage(top, 0.8),
          coverageAt5Risk: coverageAtRisk(top, 0.05),
        });
        expect(metrics.kuiper?.p).toBe(kuiperCalibration(top).p);
        expect(classes).toEqual(perClass(labels, predictions));
        expect(rows).toEqual(rowScores(labels, predictions));
      }),
      { numRuns: 40 },
    );
  });

  const predictions = { data: [0.9, 0.1, 0.6, 0.4, 0.3, 0.7], shape: [3, 2], kind: "probabilities" } as const;

  it("says the convention of each number, that of a preset where one is asked for", () => {
    const conventions = (options: object): Record<string, string | undefined> => {
      const { metrics } = evaluatePredictions([0, 1, 1], predictions, options);
      return Object.fromEntries(Object.entries(metrics).map(([name, { convention }]) => [name, convention]));
    };
    expect(conventions({})).toMatchObject({
      ece: "l1, 15 uniform bins (lo,hi], top label",
      mce: "max, 15 uniform bins (lo,hi], top label",
      debiasedCe: "debiased l2, 15 uniform bins (lo,hi], top label",
      adaptiveEce: "l1, 15 equal-mass bins, ties together, top label",
      classwiseEce: "l1, 15 uniform bins (lo,hi], mean over classes",
      brier: "summed over classes, in [0, 2]",
    });
    expect(conventions(calibrationPresets["google-um"])).toMatchObject({
      ece: "l1, 30 uniform bins [lo,hi),{1}, top label, confidence above 0",
      rmsCe: "l2, 30 uniform bins [lo,hi),{1}, top label, confidence above 0",
      adaptiveEce: "l1, 30 equal-mass bins, ties together, top label, confidence above 0",
    });
    expect(conventions(adaptivePresets["google-um-thresholded"])).toMatchObject({
      ece: "l1, 30 equal-mass bins by rounded cuts, ties together, top label, confidence above 0.01",
      classwiseEce: "l1, 30 equal-mass bins by rounded cuts, ties together, mean over classes, confidence above 0.01",
    });
    expect(conventions({ binning: "equal-mass", bins: 2 }).ece).toBe("l1, 2 equal-mass bins, ties together, top label");
    for (const convention of Object.values(conventions({}))) expect(convention).not.toBe("");
  });

  it("has the bins, cuts and threshold that are asked for in every binned error", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions: given }) => {
        for (const options of [calibrationPresets["google-um"], adaptivePresets["google-um-thresholded"]]) {
          const few = { ...options, bins: 3, threshold: 0.3 };
          const { metrics } = evaluatePredictions(labels, given, few);
          const top = topLabel(labels, given);
          expect(metrics.ece?.value).toBe(expectedCalibrationError(top, few));
          expect(metrics.mce?.value).toBe(expectedCalibrationError(top, { ...few, norm: "max" }));
          expect(metrics.classwiseEce?.value).toBe(classwiseCalibrationError(labels, given, few));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(labelledLogits, (given) => {
        const turned = takeRows(given, given.labels.map((_, row) => row).reverse());
        expectAllClose(numbers(turned), numbers(given), { rtol: 1e-12, atol: smoothing });
      }),
      { numRuns: 40 },
    );
  });

  it("does not change when every row is there three times, but for what counts rows", () => {
    const countsRows = ["debiasedCe", "adaptiveEce", "spiegelhalterZ", "aurc", "riskAt80Coverage", "coverageAt5Risk"];
    fc.assert(
      fc.property(labelledLogits, (given) => {
        const rows = given.labels.map((_, row) => row);
        const thrice = takeRows(given, [...rows, ...rows, ...rows]);
        expectAllClose(numbers(thrice, countsRows), numbers(given, countsRows), { rtol: 1e-12, atol: smoothing });
      }),
      { numRuns: 40 },
    );
  });

  it("is plain data: JSON holds every metric and class", () => {
    const { metrics, classes } = evaluatePredictions([0, 1, 1], predictions);
    expect(JSON.parse(JSON.stringify({ metrics, classes }))).toEqual({ metrics, classes });
  });

  it("is defined for one row and one class, but for what needs a right and a wrong row", () => {
    const { metrics } = evaluatePredictions([0], { data: [3], shape: [1, 1], kind: "logits" });
    const undefinedOnes = Object.entries(metrics).filter(([, { value }]) => value === null);
    expect(undefinedOnes.map(([name]) => name)).toEqual(["auroc", "fpr95"]);
    expect(metrics).toMatchObject({ accuracy: { value: 1 }, nll: { value: 0 }, ece: { value: 0 }, kuiper: { p: 1 } });
  });
});

/** The smooth calibration error is searched to 1e-7; everything else is exact to rounding, far below. */
const smoothing = 2e-7;

/** The values of all metrics but those named; what is not defined as NaN. */
function numbers({ labels, predictions }: Labelled, without: readonly string[] = []): number[] {
  const { metrics } = evaluatePredictions(labels, predictions);
  const kept = Object.entries(metrics).filter(([name]) => !without.includes(name));
  return kept.map(([, { value }]) => value ?? Number.NaN);
}
