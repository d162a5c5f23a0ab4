import {
  accuracy,
  applyTemperature,
  augrc,
  aurc,
  auroc,
  brierDecomposition,
  brierScore,
  classOutcomes,
  classwiseCalibrationError,
  confidenceHistogram,
  corpDecomposition,
  coverageAtRisk,
  evaluatePredictions,
  expectedCalibrationError,
  falsePositiveRateAtRecall,
  fitTemperature,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  murphyDecomposition,
  negativeLogLikelihood,
  type Outcomes,
  overconfidence,
  type Predictions,
  perClass,
  reliabilityDiagram,
  riskAtCoverage,
  riskCoverageCurve,
  rowScores,
  smoothCalibrationError,
  spiegelhalterTest,
  templateProjection,
  topKAccuracy,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { message } from "./support/message.ts";

const judges = [
  topLabel,
  rowScores,
  topKAccuracyOfOne,
  negativeLogLikelihood,
  brierScore,
  brierDecomposition,
  classwiseCalibrationError,
  perClass,
  evaluatePredictions,
  fitTemperature,
  outcomesOfFirstClass,
] as const;
const logits = (data: unknown, rows = 2, classes = 3): Predictions =>
  ({ data, shape: [rows, classes], kind: "logits" }) as Predictions;
const probabilities = (data: readonly number[], rows = 2, classes = 2): Predictions => ({
  data,
  shape: [rows, classes],
  kind: "probabilities",
});
const good = [0.5, 0.2, 0.1, 1, 2, 3];

describe("labels and predictions that do not fit", () => {
  const wrong: readonly (readonly [labels: unknown, predictions: unknown, said: string])[] = [
    [[0, 3], logits(good), "labels must be integers in [0, 3), got 3 at row 1; if labels start at 1, subtract 1"],
    [[0, 4], logits(good), "labels must be integers in [0, 3), got 4 at row 1"],
    [[-1, 0], logits(good), "labels must be integers in [0, 3), got -1 at row 0"],
    [[0, 2.5], logits(good), "labels must be integers in [0, 3), got 2.5 at row 1"],
    [[0, Number.NaN], logits(good), "labels must be integers in [0, 3), got NaN at row 1"],
    [[0, "1"], logits(good), 'labels must be integers in [0, 3), got "1" at row 1'],
    [BigInt64Array.of(0n, 1n), logits(good), "labels must be integers in [0, 3), got 0n at row 0"],
    [[0, 1, 2], logits(good), "labels must be 2, one per row of predictions, got 3"],
    [undefined, logits(good), "labels must be 2, one per row of predictions, got undefined"],
    [[0], undefined, "predictions must be { data, shape: [rows, classes], kind }, got undefined"],
    [[0], [[1, 2]], "predictions must be { data, shape: [rows, classes], kind }, got an array of length 1"],
    [[0], { data: [1, 2], kind: "logits" }, "predictions must have the shape [rows, classes], got undefined"],
    [[0], { data: [1], shape: [1], kind: "logits" }, "predictions must have the shape [rows, classes], got [1]"],
    [[], logits([], 0, 3), "predictions must have at least one row and one class, got the shape [0, 3]"],
    [[0], logits([], 1, 0), "predictions must have at least one row and one class, got the shape [1, 0]"],
    [[0, 1], logits([1, 2, 3]), "predictions must hold 6 numbers for the shape [2, 3], got 3"],
    [
      [0],
      { data: [1, 2], shape: [1, 2], kind: "scores" },
      'predictions must be of kind "logits" or "probabilities", got "scores"',
    ],
    [[0, 1], logits([1, 2, 3, 4, Number.NaN, 5]), "logits must be finite or −∞, got NaN at row 1, class 1"],
    [[0, 1], logits([1, Infinity, 3, 4, 0, 5]), "logits must be finite or −∞, got Infinity at row 0, class 1"],
    [
      [0, 1],
      logits([1, 2, 3, -Infinity, -Infinity, -Infinity]),
      "logits must have a finite one in every row, got −∞ for every class of row 1",
    ],
    [
      [0, 1],
      probabilities([0.5, 0.5, 2.5, -1.5]),
      'probabilities must be in [0, 1], got 2.5 at row 1, class 0; if these are logits, say kind: "logits"',
    ],
    [[0, 1], probabilities([0.5, 0.5, Number.NaN, 1]), "probabilities must be in [0, 1], got NaN at row 1, class 0"],
    [
      [0, 1],
      probabilities([0.5, 0.5, 0.75, 0.5]),
      "probabilities must sum to 1 in every row (±0.001), got 1.25 at row 1; divide each row by its sum",
    ],
  ];

  for (const [labels, predictions, said] of wrong) {
    it(`are named: ${said}`, () => {
      for (const judge of judges) {
        expect(message(() => judge(labels as number[], predictions as Predictions))).toBe(said);
      }
    });
  }

  it("are named by applyTemperature, which has no labels, too", () => {
    expect(message(() => applyTemperature(logits([1, 2], 1, 3), 2))).toBe(
      "predictions must hold 3 numbers for the shape [1, 3], got 2",
    );
    for (const temperature of [0, -1, Number.NaN, Infinity]) {
      expect(message(() => applyTemperature(logits(good), temperature))).toBe(
        `temperature must be finite and above 0, got ${temperature}`,
      );
    }
  });

  it("leave rows of probabilities alone that rounding to float32 or to three decimals moved", () => {
    expect(() => brierScore([1], probabilities([...Float32Array.of(0.1, 0.9)], 1, 2))).not.toThrow();
    expect(() => brierScore([1], probabilities([0.333, 0.333, 0.333].map(Number), 1, 3))).not.toThrow();
  });

  it("include a class that there is not, and a form of the Brier score", () => {
    for (const positive of [-1, 3, 0.5, Number.NaN]) {
      expect(message(() => classOutcomes([0, 1], logits(good), positive))).toBe(
        `positive must be an integer in [0, 3), got ${positive}`,
      );
    }
    expect(message(() => brierScore([0, 1], logits(good), { form: "mean" as "half" }))).toBe(
      'form must be "sum" or "half", got "mean"',
    );
  });

  it("include a k that no ranking of the classes has", () => {
    for (const k of [0, 4, 1.5, Number.NaN]) {
      expect(message(() => topKAccuracy([0, 1], logits(good), { k }))).toBe(`k must be an integer in [1, 3], got ${k}`);
    }
  });
});

describe("outcomes that do not fit", () => {
  const wrong: readonly (readonly [outcomes: unknown, said: string])[] = [
    [undefined, "outcomes must be { confidence, correct }, got undefined; topLabel(labels, predictions) makes them"],
    [
      [0, 1],
      "outcomes must be { confidence, correct }, got an array of length 2; topLabel(labels, predictions) makes them",
    ],
    [{ confidence: [], correct: [] }, "outcomes must have at least one row, got 0"],
    [{ confidence: [0.5, 0.6], correct: [1] }, "outcomes.correct must be 2, one per confidence, got 1"],
    [{ confidence: [0.5, 1.5], correct: [1, 0] }, "outcomes.confidence must be in [0, 1], got 1.5 at row 1"],
    [{ confidence: [Number.NaN], correct: [1] }, "outcomes.confidence must be in [0, 1], got NaN at row 0"],
    [{ confidence: [0.5, 0.5], correct: [1, 2] }, "outcomes.correct must be 0 or 1, got 2 at row 1"],
    [{ confidence: [0.5], correct: [true] }, "outcomes.correct must be 0 or 1, got true at row 0"],
  ];
  const metrics = [
    accuracy,
    overconfidence,
    aurc,
    riskCoverageCurve,
    reliabilityDiagram,
    confidenceHistogram,
    expectedCalibrationError,
    smoothCalibrationError,
    corpDecomposition,
    murphyDecomposition,
    kolmogorovSmirnovCalibration,
    kuiperCalibration,
    spiegelhalterTest,
    augrc,
    auroc,
    falsePositiveRateAtRecall,
    (given: Outcomes) => riskAtCoverage(given, 0.5),
    (given: Outcomes) => coverageAtRisk(given, 0.5),
  ] as const;

  for (const [outcomes, said] of wrong) {
    it(`are named: ${said}`, () => {
      for (const metric of metrics) expect(message(() => metric(outcomes as Outcomes))).toBe(said);
    });
  }

  it("are judged with options that fit, or these are named", () => {
    const one = { confidence: [0.5], correct: [1] };
    const said = (options: object): string => message(() => expectedCalibrationError(one, options));
    expect(said({ bins: 0 })).toBe("bins must be an integer of at least 1, got 0");
    expect(said({ bins: 2.5 })).toBe("bins must be an integer of at least 1, got 2.5");
    expect(said({ norm: "l3" })).toBe('norm must be "l1", "l2" or "max", got "l3"');
    expect(said({ binning: "quantile" })).toBe('binning must be "uniform" or "equal-mass", got "quantile"');
    expect(said({ edges: "[]" })).toBe('edges must be "(lo,hi]", "[lo,hi)" or "[lo,hi),{1}", got "[]"');
    expect(said({ binning: "equal-mass", edges: "(lo,hi]" })).toBe(
      'edges must be left out with binning "equal-mass", got "(lo,hi]"',
    );
    expect(said({ debiased: true })).toBe('norm must be "l2" for a debiased error, got "l1"');
    expect(message(() => smoothCalibrationError(one, { grid: "coarse" as "exact" }))).toBe(
      'grid must be "exact" or "relplot", got "coarse"',
    );
    expect(message(() => riskCoverageCurve(one, { coverage: [0.5, 0] }))).toBe(
      "coverage must be in (0, 1], got 0 at index 1",
    );
  });
});

describe("activations and templates that do not fit", () => {
  const activations = { data: [1, 2, 3, 4], shape: [2, 2] as const };
  const kernel = { data: [0, 1, 0, 0, 0, 1], shape: [2, 3] as const };
  const said = (a: unknown, t: unknown, classes: unknown): string =>
    message(() => templateProjection(a as never, t as never, classes as never));

  it("are named", () => {
    expect(said([1, 2], kernel, [0, 1, 2])).toBe(
      "activations must be { data, shape } of two axes, got an array of length 2",
    );
    expect(said({ data: [1], shape: [1, 2] }, kernel, [0, 1, 2])).toBe(
      "activations must fill the shape [1, 2], got 1 numbers",
    );
    expect(said({ data: [1, 2, 3, Number.NaN], shape: [2, 2] }, kernel, [0, 1, 2])).toBe(
      "activations must be finite, got NaN at row 1",
    );
    expect(said(activations, { data: [1, 2, 3], shape: [1, 3] }, [0, 1, 2])).toBe(
      "templates must have the shape [2, classes], got [1, 3] against activations [2, 2]",
    );
    for (const classes of [
      [0, 1],
      [0, 1, 1],
      [0, 1, 3],
      [0, 1, -1],
      [0, 1, 1.5],
    ]) {
      expect(said(activations, kernel, classes)).toBe(
        `classes must be three different integers in [0, 3), got [${classes.join(", ")}]`,
      );
    }
    expect(said(activations, kernel, undefined)).toBe(
      "classes must be three different integers in [0, 3), got undefined",
    );
  });

  it("include templates on one line, equal ones among them", () => {
    const onLine = { data: [0, 1, 3, 0, 0.1, 0.3], shape: [2, 3] as const };
    const equal = { data: [2, 2, 1, 5, 5, 0], shape: [2, 3] as const };
    for (const templates of [onLine, equal]) {
      expect(said(activations, templates, [0, 1, 2])).toBe(
        "templates must span a plane, got those of classes 0, 1, 2 on one line",
      );
    }
  });
});

function outcomesOfFirstClass(labels: number[], predictions: Predictions): Outcomes {
  return classOutcomes(labels, predictions, 0);
}

function topKAccuracyOfOne(labels: number[], predictions: Predictions): number {
  return topKAccuracy(labels, predictions, { k: 1 });
}
