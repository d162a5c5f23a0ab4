import { accuracy, overconfidence, shareWithinRank } from "./accuracy.ts";
import { augrc, aurc } from "./area-under-risk-coverage.ts";
import { scoreRowsAndClasses } from "./classwise-calibration-error.ts";
import { ascendingOutcomes } from "./confidence-levels.ts";
import { kolmogorovSmirnovCalibration, kuiperCalibration } from "./cumulative-calibration.ts";
import { auroc, falsePositiveRateAtRecall } from "./discrimination.ts";
import { type CalibrationErrorOptions, expectedCalibrationError, readThreshold } from "./expected-calibration-error.ts";
import { type ClassSummary, summarizeClasses } from "./per-class.ts";
import type { Labels, Predictions } from "./predictions.ts";
import { mean } from "./proper-scores.ts";
import { type BinningOptions, readBinning } from "./reliability-diagram.ts";
import { coverageAtRisk, riskAtCoverage } from "./risk-coverage.ts";
import type { RowScores } from "./row-scores.ts";
import { smoothCalibrationError } from "./smooth-calibration-error.ts";
import { spiegelhalterTest } from "./spiegelhalter.ts";

/** A number, and by what convention it is that number and no other. */
export interface Measured {
  /** `null` where the metric is not defined. */
  readonly value: number | null;
  /** What a reader must know to compute the same: `"l1, 15 uniform bins (lo,hi], top label"`. */
  readonly convention: string;
  /** Of a test's statistic: how probable one so large is for a calibrated classifier. */
  readonly p?: number;
}

/** What {@link evaluatePredictions} measures. */
export type MetricName =
  | "accuracy"
  | "top5"
  | "nll"
  | "brier"
  | "ece"
  | "rmsCe"
  | "debiasedCe"
  | "mce"
  | "adaptiveEce"
  | "classwiseEce"
  | "smoothEce"
  | "overconfidence"
  | "ks"
  | "kuiper"
  | "spiegelhalterZ"
  | "aurc"
  | "augrc"
  | "auroc"
  | "fpr95"
  | "riskAt80Coverage"
  | "coverageAt5Risk";

/** All that is to be said of one set of predictions. */
export interface Evaluation {
  /** `top5` is there only with more than five classes. */
  readonly metrics: Readonly<Partial<Record<MetricName, Measured>>>;
  /** In the order of the classes. */
  readonly classes: readonly ClassSummary[];
  /** What the figures are drawn from, and resampled rows measured. */
  readonly rows: RowScores;
}

/**
 * Every metric at once, each with its convention, in one pass over the predictions where the bins are of equal width.
 *
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options - The bins of every binned metric, as in {@link reliabilityDiagram}, and the threshold of every
 *   calibration error over them; {@link calibrationPresets} has those of other libraries.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * const predictions = { data: [0.9, 0.1, 0.6, 0.4, 0.3, 0.7], shape: [3, 2], kind: "probabilities" };
 * const { metrics } = evaluatePredictions([0, 1, 1], predictions, calibrationPresets.torchmetrics);
 * metrics.ece.value; // 0.33333333
 * // metrics.ece.convention is "l1, 15 uniform bins [lo,hi),{1}, top label".
 */
export function evaluatePredictions(labels: Labels, predictions: Predictions, options: BinnedOptions = {}): Evaluation {
  const binning = readBins(options);
  const { rows, errors: classErrors } = scoreRowsAndClasses(labels, predictions, binning);
  const ascending = ascendingOutcomes(rows);
  const ofTopLabel = (by: CalibrationErrorOptions): Measured => ({
    value: expectedCalibrationError(rows, by),
    convention: conventionOf(by, "top label"),
  });
  const ks = kolmogorovSmirnovCalibration(ascending);
  const kuiper = kuiperCalibration(ascending);
  const { z, p } = spiegelhalterTest(rows);
  const top5 = predictions.shape[1] > 5 && {
    top5: { value: shareWithinRank(rows.labelRank, 5), convention: "label among the 5 likeliest, first of ties first" },
  };
  return {
    metrics: {
      accuracy: { value: accuracy(rows), convention: "argmax, first of ties" },
      ...top5,
      nll: { value: mean(rows.logLoss), convention: "nats per row, nothing clipped" },
      brier: { value: mean(rows.squaredError), convention: "summed over classes, in [0, 2]" },
      ece: ofTopLabel(binning),
      rmsCe: ofTopLabel({ ...binning, norm: "l2" }),
      debiasedCe: ofTopLabel({ ...binning, norm: "l2", debiased: true }),
      mce: ofTopLabel({ ...binning, norm: "max" }),
      adaptiveEce: ofTopLabel(equalMass(binning)),
      classwiseEce: { value: mean(classErrors), convention: conventionOf(binning, "mean over classes") },
      smoothEce: { value: smoothCalibrationError(ascending), convention: "smECE, exact integral, top label" },
      overconfidence: { value: overconfidence(rows), convention: "mean confidence − accuracy, top label" },
      ks: { value: ks.error, p: ks.p, convention: "max |cumulative gap|, ties together, top label" },
      kuiper: { value: kuiper.error, p: kuiper.p, convention: "range of the cumulative gap, ties together, top label" },
      spiegelhalterZ: { value: z, p, convention: "two-sided p, top label" },
      aurc: { value: aurc(ascending), convention: "mean risk of every prefix, mean over orders of ties" },
      augrc: { value: augrc(ascending), convention: "area in [0, 1/2], mean over orders of ties" },
      auroc: { value: auroc(ascending), convention: "confidence, right against wrong rows, ties half" },
      fpr95: { value: falsePositiveRateAtRecall(ascending), convention: "first threshold with recall ≥ 0.95" },
      riskAt80Coverage: { value: riskAtCoverage(ascending, 0.8), convention: "⌈0.8 N⌉ rows, mean over orders of ties" },
      coverageAt5Risk: {
        value: coverageAtRisk(ascending, 0.05),
        convention: "largest coverage, mean over orders of ties",
      },
    },
    classes: summarizeClasses(labels, rows, classErrors),
    rows,
  };
}

type BinnedOptions = BinningOptions & Pick<CalibrationErrorOptions, "threshold">;

/** The binning and threshold that are said, and nothing else of a preset. */
function readBins(options: BinnedOptions): BinnedOptions & { readonly bins: number } {
  const { bins, binning, edges, cuts } = readBinning(options);
  const threshold = readThreshold(options);
  const kept = threshold === undefined ? {} : { threshold };
  return binning === "uniform" ? { bins, binning, edges, ...kept } : { bins, binning, cuts, ...kept };
}

/** The same with bins of equal mass, which have no edges to choose. */
function equalMass({ edges: _, ...options }: BinnedOptions): BinnedOptions {
  return { ...options, binning: "equal-mass" };
}

/** How a calibration error is computed, in words that a table has room for. */
function conventionOf(options: CalibrationErrorOptions, of: string): string {
  const { bins, binning, edges, cuts } = readBinning(options);
  const norm = options.debiased ? "debiased l2" : (options.norm ?? "l1");
  const massBins = `equal-mass bins${cuts === "rounded" ? " by rounded cuts" : ""}, ties together`;
  const kind = binning === "uniform" ? `uniform bins ${edges}` : massBins;
  const above = options.threshold === undefined ? "" : `, confidence above ${options.threshold}`;
  return `${norm}, ${bins} ${kind}, ${of}${above}`;
}
