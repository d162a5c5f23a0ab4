import * as calibration from "softlabel/calibration";
import {
  betaCdf,
  chiSquaredCdf,
  holm,
  normalCdf,
  normalQuantile,
  pairedDifference,
  studentTCdf,
  wilcoxonSignedRank,
} from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { message } from "./support/message.ts";

const labels = [0, 1, 1];
const rows = { data: [2, 0, 0, 1, 1, 0], shape: [3, 2], kind: "logits" } as const;
const outcomes = { confidence: [0.9, 0.6, 0.7], correct: [1, 0, 1] };
const ece = (given: calibration.Outcomes): number => calibration.expectedCalibrationError(given);
const pair = { baseline: [1, 2, 3], treatment: [2, 2, 5] };

/** Every function that has options, with options that no type allows. */
const withOptions: Readonly<Record<string, (options: never) => unknown>> = {
  topKAccuracy: (options) => calibration.topKAccuracy(labels, rows, options),
  aurc: (options) => calibration.aurc(outcomes, options),
  brierScore: (options) => calibration.brierScore(labels, rows, options),
  corpDecomposition: (options) => calibration.corpDecomposition(outcomes, options),
  falsePositiveRateAtRecall: (options) => calibration.falsePositiveRateAtRecall(outcomes, options),
  spiegelhalterTest: (options) => calibration.spiegelhalterTest(outcomes, options),
  expectedCalibrationError: (options) => calibration.expectedCalibrationError(outcomes, options),
  classwiseCalibrationError: (options) => calibration.classwiseCalibrationError(labels, rows, options),
  perClass: (options) => calibration.perClass(labels, rows, options),
  evaluatePredictions: (options) => calibration.evaluatePredictions(labels, rows, options),
  reliabilityDiagram: (options) => calibration.reliabilityDiagram(outcomes, options),
  confidenceHistogram: (options) => calibration.confidenceHistogram(outcomes, options),
  murphyDecomposition: (options) => calibration.murphyDecomposition(outcomes, options),
  riskCoverageCurve: (options) => calibration.riskCoverageCurve(outcomes, options),
  bootstrapInterval: (options) => calibration.bootstrapInterval(calibration.meanOfRows([1, 0]), options),
  consistencyTest: (options) => calibration.consistencyTest(outcomes, ece, options),
  permutationTest: (options) => calibration.permutationTest({ baseline: outcomes, treatment: outcomes }, ece, options),
  permutationTestOfMeans: (options) => calibration.permutationTestOfMeans(pair, options),
  stratifiedFolds: (options) => calibration.stratifiedFolds(labels, options),
  crossFit: (options) => calibration.crossFit(labels, rows, calibration.fitTemperatureScaling, options),
  fitTemperatureScaling: (options) => calibration.fitTemperatureScaling(labels, rows, options),
  fitEnsembleTemperature: (options) => calibration.fitEnsembleTemperature(labels, rows, options),
  fitVectorScaling: (options) => calibration.fitVectorScaling(labels, rows, options),
  fitMatrixScaling: (options) => calibration.fitMatrixScaling(labels, rows, options),
  fitDirichlet: (options) => calibration.fitDirichlet(labels, rows, options),
  fitPlatt: (options) => calibration.fitPlatt(labels, rows, options),
  fitBeta: (options) => calibration.fitBeta(labels, rows, options),
  fitIsotonic: (options) => calibration.fitIsotonic(labels, rows, options),
  fitHistogramBinning: (options) => calibration.fitHistogramBinning(labels, rows, options),
  logitNorm: (options) => calibration.logitNorm(rows, options),
  apply: (options) => calibration.fitTemperatureScaling(labels, rows).apply(rows, options),
  pairedDifference: (options) => pairedDifference(pair, options),
  wilcoxonSignedRank: (options) => wilcoxonSignedRank([1, 2, -1], options),
};

describe("options that are no object", () => {
  for (const [name, call] of Object.entries(withOptions)) {
    it(`are refused by ${name}`, () => {
      expect(message(() => call(null as never))).toBe("options must be an object, got null");
      expect(message(() => call(15 as never))).toBe("options must be an object, got 15");
    });
  }
});

describe("values that are no number among numbers", () => {
  it("are named in predictions, where a BigInt could not be added and null would count as 0", () => {
    for (const [value, shown] of [
      [1n, "1n"],
      ["1", '"1"'],
      [null, "null"],
      [true, "true"],
    ] as const) {
      for (const kind of ["logits", "probabilities"] as const) {
        const given = { data: [0, value], shape: [1, 2], kind } as unknown as calibration.Predictions;
        const said = `predictions.data must be numbers, got ${shown} at index 1`;
        expect(message(() => calibration.negativeLogLikelihood([0], given))).toBe(said);
        expect(message(() => calibration.fitTemperature([0], given))).toBe(said);
        expect(message(() => calibration.evaluatePredictions([0], given))).toBe(said);
        expect(message(() => calibration.applyTemperature(given, 2))).toBe(said);
      }
    }
    const data = BigInt64Array.of(0n, 1n) as unknown as number[];
    expect(message(() => calibration.topLabel([0], { data, shape: [1, 2], kind: "logits" }))).toBe(
      "predictions.data must be numbers, got 0n at index 0",
    );
  });

  it("are named in outcomes", () => {
    const given = { confidence: [0.5, 1n], correct: [1, 0] } as unknown as calibration.Outcomes;
    for (const metric of [ece, calibration.aurc, calibration.kuiperCalibration, calibration.spiegelhalterTest]) {
      expect(message(() => metric(given))).toBe("outcomes.confidence must be numbers, got 1n at index 1");
    }
  });

  it("are named in what is resampled, exchanged and stratified", () => {
    const foreign = [1, 2n] as unknown as number[];
    expect(message(() => calibration.meanOfRows(foreign))).toBe("contributions must be numbers, got 2n at index 1");
    expect(message(() => calibration.meanOfRows(null as never))).toBe(
      "contributions must be a list of numbers, got null",
    );
    expect(message(() => calibration.permutationTestOfMeans({ baseline: [1, 2], treatment: foreign }))).toBe(
      "treatment must be numbers, got 2n at index 1",
    );
    expect(message(() => calibration.mcnemarTest({ baseline: foreign, treatment: [1, 0] }))).toBe(
      "baseline must be numbers, got 2n at index 1",
    );
    expect(message(() => calibration.stratifiedFolds(foreign))).toBe("labels must be numbers, got 2n at index 1");
    expect(message(() => calibration.riskCoverageCurve(outcomes, { coverage: [0.5, "1"] as never }))).toBe(
      'coverage must be numbers, got "1" at index 1',
    );
    expect(message(() => holm([0.5, 1n] as never))).toBe("pValues must be in [0, 1], got 1n at index 1");
    expect(message(() => holm(null as never))).toBe("pValues must be a list of numbers, got null");
  });

  it("are no argument of a distribution, which would never return", () => {
    for (const [value, shown] of [
      [undefined, "undefined"],
      [1n, "1n"],
      ["1", '"1"'],
    ] as const) {
      const x = value as never;
      expect(message(() => normalCdf(x))).toBe(`z must be a number, got ${shown}`);
      expect(message(() => studentTCdf(x, 3))).toBe(`t must be a number, got ${shown}`);
      expect(message(() => chiSquaredCdf(x, 3))).toBe(`x must be at least 0, got ${shown}`);
      expect(message(() => betaCdf(x, 1, 2))).toBe(`x must be in [0, 1], got ${shown}`);
      expect(message(() => betaCdf(0.5, x, 2))).toBe(`a must be finite and above 0, got ${shown}`);
      expect(message(() => normalQuantile(x))).toBe(`probability must be in [0, 1], got ${shown}`);
      expect(message(() => studentTCdf(1, x))).toBe(`degreesOfFreedom must be finite and above 0, got ${shown}`);
    }
  });

  it("are no option", () => {
    const said = (call: (value: never) => unknown): string => message(() => call(1n as never));
    expect(said((level) => calibration.fitTemperatureScaling(labels, rows, { level }))).toBe(
      "level must be in (0, 1), got 1n",
    );
    expect(said((temperature) => calibration.applyTemperature(rows, temperature))).toBe(
      "temperature must be finite and above 0, got 1n",
    );
    expect(said((coverage) => calibration.riskAtCoverage(outcomes, coverage))).toBe(
      "coverage must be in (0, 1], got 1n",
    );
    expect(said((risk) => calibration.coverageAtRisk(outcomes, risk))).toBe("risk must be in [0, 1], got 1n");
    expect(said((recall) => calibration.falsePositiveRateAtRecall(outcomes, { recall }))).toBe(
      "recall must be in (0, 1], got 1n",
    );
    expect(said((norm) => calibration.logitNorm(rows, { norm }))).toBe("norm must be at least 1, got 1n");
    expect(said((priorRows) => calibration.fitEnsembleTemperature(labels, rows, { priorRows }))).toBe(
      "priorRows must be finite and above 0, got 1n",
    );
  });
});

describe("a metric that is not defined for some rows", () => {
  // Of these rows one resample in eleven has no wrong one, or no right one, so that AUROC is null.
  const given = { confidence: [0.9, 0.8, 0.7, 0.6, 0.5], correct: [1, 1, 0, 1, 0] };
  const auroc = calibration.auroc as (outcomes: calibration.Outcomes) => number;

  it("has no interval, instead of one that counts 0 for what is not there", () => {
    const quantity = calibration.metricOfOutcomes(given, auroc);
    const { estimate, low, high } = calibration.bootstrapInterval(quantity, { resamples: 200 });
    expect([estimate, low, high]).toEqual([calibration.auroc(given), Number.NaN, Number.NaN]);
    const right = calibration.metricOfOutcomes({ ...given, correct: [1, 1, 1, 1, 1] }, auroc);
    expect(calibration.bootstrapInterval(right, { resamples: 5 }).estimate).toBeNaN();
    const difference = calibration.bootstrapDifference({ baseline: right, treatment: quantity }, { resamples: 5 });
    expect([difference.estimate, difference.low]).toEqual([Number.NaN, Number.NaN]);
  });

  it("cannot be tested, instead of a p that counts nothing", () => {
    const right = { ...given, correct: [1, 1, 1, 1, 1] };
    const said = "metric must give a number for all rows and every draw of them, got";
    expect(message(() => calibration.permutationTest({ baseline: right, treatment: given }, auroc))).toBe(
      `${said} null`,
    );
    expect(message(() => calibration.consistencyTest(right, auroc))).toBe(`${said} null`);
    expect(message(() => calibration.consistencyTest(given, () => Number.NaN))).toBe(`${said} NaN`);
  });
});
