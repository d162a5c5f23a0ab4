import { readFileSync } from "node:fs";
import {
  accuracy,
  adaptivePresets,
  augrc,
  aurc,
  auroc,
  brierScore,
  type CalibrationErrorOptions,
  calibrationPresets,
  classOutcomes,
  classwiseCalibrationError,
  corpDecomposition,
  coverageAtRisk,
  expectedCalibrationError,
  falsePositiveRateAtRecall,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  negativeLogLikelihood,
  type Outcomes,
  type Predictions,
  riskAtCoverage,
  rowScores,
  smoothCalibrationError,
  spiegelhalterTest,
  topKAccuracy,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { maximumTail, rangeTail } from "../../src/calibration/brownian-motion.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";

interface Selection {
  readonly aurcTrapezoid: number;
  readonly augrc: number;
  readonly auroc: number;
  readonly fpr95: number;
}
type Parts = Readonly<Record<"score" | "miscalibration" | "discrimination" | "uncertainty", number>>;
type Norms = Readonly<Record<"l1" | "l2" | "max", number>>;
type GoogleAdaptive = Readonly<Record<"rmsce" | "ace" | "tace" | "tace7", number>>;
type Test = readonly [statistic: number, p: number];

/** Computed by `calibration-oracles.py` beside it. */
const {
  distinct,
  ties,
  coarse,
  logits,
  brownian,
}: {
  readonly distinct: {
    readonly labels: readonly number[];
    readonly probabilities: readonly (readonly number[])[];
    readonly sklearn: Readonly<
      Record<"accuracy" | "top2" | "brierHalfPositive1" | "nllWithoutImpossible" | "brier", number>
    >;
    readonly torchmetrics: Norms;
    readonly torchUncertainty: Readonly<Record<"l1" | "aurc" | "augrc" | "riskAt80" | "coverageAt45", number>> & {
      readonly adaptive: Norms;
    };
    readonly netcal: Norms;
    readonly guo: number;
    readonly google: Norms & GoogleAdaptive & { readonly classwise: Norms };
    readonly kumar: { readonly topLabel: number; readonly classwise: number };
    readonly mapie: Readonly<Record<"ks" | "kuiper" | "spiegelhalter", Test>>;
    readonly corp: { readonly brier: Parts; readonly log: Parts };
    readonly relplot: number;
    readonly selection: Selection;
  };
  readonly ties: {
    readonly confidence: readonly number[];
    readonly correct: readonly number[];
    readonly corp: { readonly brier: Parts; readonly log: Parts };
    readonly relplot: number;
    readonly selection: Selection;
  };
  readonly coarse: {
    readonly labels: readonly number[];
    readonly probabilities: readonly (readonly number[])[];
    readonly google: GoogleAdaptive;
  };
  readonly logits: {
    readonly labels: readonly number[];
    readonly logits: readonly (readonly number[])[];
    readonly logLoss: readonly number[];
    readonly squaredError: readonly number[];
    readonly confidence: readonly number[];
  };
  readonly brownian: readonly (readonly [x: number, maximum: number, range: number])[];
} = JSON.parse(readFileSync(new URL("../fixtures/calibration-oracles.json", import.meta.url), "utf8"));

const { labels, probabilities } = distinct;
const predictions: Predictions = {
  data: probabilities.flat(),
  shape: [probabilities.length, 4],
  kind: "probabilities",
};
const top = topLabel(labels, predictions);

/** Sums of a hundred float64 terms, taken in another order. */
const float64 = { rtol: 1e-12, atol: 1e-14 };
/** A library that adds in float32: 120 terms, each off by 2⁻²⁵ relative. */
const float32 = { rtol: 5e-6 };

describe("scikit-learn's values", () => {
  it("of accuracy, top-k, NLL and Brier score are ours", () => {
    const { sklearn } = distinct;
    expectClose(accuracy(top), sklearn.accuracy, float64);
    expectClose(topKAccuracy(labels, predictions, { k: 2 }), sklearn.top2, float64);
    expectClose(brierScore(labels, predictions), sklearn.brier, float64);
    // The row without a chance for its label, which scikit-learn would clip, has an NLL of ∞.
    expect(negativeLogLikelihood(labels, predictions)).toBe(Infinity);
    const rest = probabilities.map((_, row) => row).filter((row) => row !== 17);
    const { logLoss } = rowScores(labels, predictions);
    const nll = rest.reduce((sum, row) => sum + logLoss[row], 0) / rest.length;
    // It divides each row by its sum first, which is 1 but for float32.
    expectClose(nll, sklearn.nllWithoutImpossible, { atol: 1e-7 });
  });

  it("of the Brier score of two classes are our half form", () => {
    const { confidence, correct } = classOutcomes(labels, predictions, 1);
    const two: Predictions = {
      data: Array.from(confidence).flatMap((p) => [1 - p, p]),
      shape: [confidence.length, 2],
      kind: "probabilities",
    };
    expectClose(brierScore(correct, two, { form: "half" }), distinct.sklearn.brierHalfPositive1, float64);
  });

  it("of AUROC and FPR95 are ours, with ties and without", () => {
    for (const [given, { selection }] of [[top, distinct] as const, [ties, ties] as const]) {
      expectClose(auroc(given) as number, selection.auroc, float64);
      expectClose(falsePositiveRateAtRecall(given) as number, selection.fpr95, float64);
    }
  });

  it("of isotonic regression give our CORP decomposition, of squares and of logarithms", () => {
    const parts = (given: Outcomes, score: "brier" | "log", expected: Parts): void => {
      const decomposed = corpDecomposition(given, { score });
      for (const part of ["score", "miscalibration", "discrimination", "uncertainty"] as const) {
        expectClose(decomposed[part], expected[part], float64, `${score} ${part}`);
      }
    };
    parts(top, "brier", distinct.corp.brier);
    parts(ties, "brier", ties.corp.brier);
    parts(ties, "log", ties.corp.log);
    const rest = [...top.confidence].map((_, row) => row).filter((row) => row !== 17);
    const finite = { confidence: rest.map((r) => top.confidence[r]), correct: rest.map((r) => top.correct[r]) };
    parts(finite, "log", distinct.corp.log);
    expect(corpDecomposition(top, { score: "log" })).toMatchObject({ score: Infinity, miscalibration: Infinity });
  });
});

describe("SciPy's softmax", () => {
  it("gives the scores of every row of float32 logits", () => {
    const data = Float32Array.from(logits.logits.flat());
    const scores = rowScores(logits.labels, { data, shape: [50, 6], kind: "logits" });
    expectAllClose(scores.logLoss, logits.logLoss, float64);
    expectAllClose(scores.squaredError, logits.squaredError, float64);
    expectAllClose(scores.confidence, logits.confidence, float64);
  });
});

describe("the presets", () => {
  const presets = Object.entries({
    guo: distinct.guo,
    torchmetrics: distinct.torchmetrics.l1,
    "torch-uncertainty": distinct.torchUncertainty.l1,
    netcal: distinct.netcal.l1,
    "google-um": distinct.google.l1,
  }) as [keyof typeof calibrationPresets, number][];

  it("are these", () => {
    expect(presets.map(([name]) => name).sort()).toEqual(Object.keys(calibrationPresets).sort());
  });

  it.each(presets)("%s reproduces that library's value, 1 among the confidences", (name, expected) => {
    expectClose(expectedCalibrationError(top, calibrationPresets[name]), expected, float32);
  });

  it("differ from each other on the same rows, so that none passes for another", () => {
    expect(new Set(presets.map(([, value]) => value.toFixed(4))).size).toBe(presets.length);
  });
});

describe("calibration errors of other libraries", () => {
  it("torchmetrics' norms are ours; its largest gap is that of the bin {1}", () => {
    for (const norm of ["l1", "l2", "max"] as const) {
      const ours = expectedCalibrationError(top, { ...calibrationPresets.torchmetrics, norm });
      expectClose(ours, distinct.torchmetrics[norm], float32, norm);
    }
    expect(distinct.torchmetrics.max).toBe(1);
  });

  it("torch-uncertainty's adaptive error is ours where no rows tie", () => {
    for (const norm of ["l1", "l2", "max"] as const) {
      const ours = expectedCalibrationError(top, { ...adaptivePresets["torch-uncertainty"], norm });
      expectClose(ours, distinct.torchUncertainty.adaptive[norm], float32, norm);
    }
  });

  it("net:cal's maximum is ours", () => {
    const ours = expectedCalibrationError(top, { ...calibrationPresets.netcal, norm: "max" });
    expectClose(ours, distinct.netcal.max, float32);
  });

  it("uncertainty-metrics' norms are ours, of the top label and classwise, probabilities of 0 among them", () => {
    for (const norm of ["l1", "l2"] as const) {
      const options = { ...calibrationPresets["google-um"], norm };
      expectClose(expectedCalibrationError(top, options), distinct.google[norm], float64, norm);
      const classwise = classwiseCalibrationError(labels, predictions, options);
      expectClose(classwise, distinct.google.classwise[norm], float64, `classwise ${norm}`);
      // The 0s that it leaves out are the certain row's, so the threshold is what makes them agree.
      const { threshold: _, ...unlimited } = options;
      const everyRow = classwiseCalibrationError(labels, predictions, unlimited);
      expect(Math.abs(everyRow - classwise)).toBeGreaterThan(1e-6);
    }
  });

  it.each([
    { rows: "without ties", given: { labels, predictions }, google: distinct.google },
    {
      rows: "in eighths, where most tie",
      given: {
        labels: coarse.labels,
        predictions: { data: coarse.probabilities.flat(), shape: [60, 3], kind: "probabilities" } as const,
      },
      google: coarse.google,
    },
  ])("uncertainty-metrics' adaptive errors are ours by name, of rows $rows", ({ given, google }) => {
    const classwise = (options: CalibrationErrorOptions): number =>
      classwiseCalibrationError(given.labels, given.predictions, options);
    const { "google-um": ace, "google-um-thresholded": tace } = adaptivePresets;
    const rmsce = expectedCalibrationError(topLabel(given.labels, given.predictions), { ...ace, norm: "l2" });
    expectClose(rmsce, google.rmsce, float64, "rmsce");
    expectClose(classwise(ace), google.ace, float64, "ace");
    expectClose(classwise(tace), google.tace, float64, "tace");
    expectClose(classwise({ ...tace, bins: 7, threshold: 0.2 }), google.tace7, float64, "tace7");
    // The other cuts give another number, and so does the threshold.
    expect(Math.abs(classwise({ ...ace, cuts: "array_split" }) - google.ace)).toBeGreaterThan(1e-4);
    expect(Math.abs(classwise({ ...ace, threshold: 0.2 }) - google.ace)).toBeGreaterThan(1e-4);
  });

  it("the debiased l2 of Kumar et al. is ours, of the top label and classwise", () => {
    const options = { norm: "l2", debiased: true } as const;
    expectClose(expectedCalibrationError(top, options), distinct.kumar.topLabel, float64);
    expectClose(classwiseCalibrationError(labels, predictions, options), distinct.kumar.classwise, float64);
  });

  it("relplot's smECE is ours on its grid, to the last digits, with ties and without", () => {
    expectClose(smoothCalibrationError(top, { grid: "relplot" }), distinct.relplot, { rtol: 1e-11 });
    expectClose(smoothCalibrationError(ties, { grid: "relplot" }), ties.relplot, { rtol: 1e-11 });
  });
});

describe("selective classification in other libraries", () => {
  it("the authors' AURC and AUGRC are ours, with ties and without", () => {
    for (const [given, { selection }] of [[top, distinct] as const, [ties, ties] as const]) {
      expectClose(aurc(given, { definition: "trapezoid" }), selection.aurcTrapezoid, float64);
      expectClose(augrc(given), selection.augrc, float64);
    }
  });

  it("torch-uncertainty's AURC and AUGRC are ours by name, where no rows tie", () => {
    const rows = top.correct.length;
    const { torchUncertainty } = distinct;
    expectClose(aurc(top, { definition: "row-trapezoid" }), torchUncertainty.aurc, float32);
    // It leaves out the triangle below 1/N, of an area first/(2N²), and divides by 1 − 1/N.
    const first = 1 - top.correct[top.confidence.indexOf(1)];
    const whole = torchUncertainty.augrc * (1 - 1 / rows) + first / (2 * rows * rows);
    expectClose(augrc(top), whole, float32);
  });

  it("torch-uncertainty's risk at a coverage and coverage at a risk are ours", () => {
    expectClose(riskAtCoverage(top, 0.8), distinct.torchUncertainty.riskAt80, float32);
    expectClose(coverageAtRisk(top, 0.45), distinct.torchUncertainty.coverageAt45, float32);
  });
});

describe("MAPIE's tests of calibration", () => {
  it("Kolmogorov–Smirnov and Kuiper are ours where no rows tie", () => {
    const ks = kolmogorovSmirnovCalibration(top);
    const kuiper = kuiperCalibration(top);
    // Its random jitter of 1e-8 relative moves the confidences that are added up.
    expectAllClose([ks.statistic, ks.p], distinct.mapie.ks, { rtol: 1e-6 });
    expectAllClose([kuiper.statistic, kuiper.p], distinct.mapie.kuiper, { rtol: 1e-6 });
  });

  it("Spiegelhalter's has a one-sided p, which is ours by name", () => {
    const { z, p } = spiegelhalterTest(top, { alternative: "greater" });
    expectAllClose([z, p], distinct.mapie.spiegelhalter, float64);
    expectClose(spiegelhalterTest(top).p, 2 * p, float64);
  });

  it("have the tails of Brownian motion that ours have, on both sides of where our series change", () => {
    for (const [x, maximum, range] of brownian) {
      expectClose(maximumTail(x), maximum, { atol: 1e-14 }, `maximum beyond ${x}`);
      expectClose(rangeTail(x), range, { atol: 1e-14 }, `range beyond ${x}`);
    }
  });
});
