import { accuracy, overconfidence, shareWithinRank } from "./accuracy.ts";
import { areaOfErrors, meanRisk } from "./area-under-risk-coverage.ts";
import { scoreRowsAndClasses } from "./classwise-calibration-error.ts";
import { confidenceLevels } from "./confidence-levels.ts";
import { cumulativeCalibration } from "./cumulative-calibration.ts";
import { aurocOfLevels, rateOfLevels } from "./discrimination.ts";
import {
  type CalibrationErrorOptions,
  expectedCalibrationError,
  fromPower,
  powerOfGaps,
  readThreshold,
} from "./expected-calibration-error.ts";
import { expectedErrors } from "./expected-errors.ts";
import { type ClassSummary, summarizeClasses } from "./per-class.ts";
import type { Labels, Predictions } from "./predictions.ts";
import { mean } from "./proper-scores.ts";
import {
  type BinningOptions,
  equalMassDiagram,
  type ReliabilityBin,
  readBinning,
  reliabilityDiagram,
} from "./reliability-diagram.ts";
import { coverageOfErrors, riskOfErrors } from "./risk-coverage.ts";
import type { RowScores } from "./row-scores.ts";
import { smoothErrorOfLevels } from "./smooth-calibration-error.ts";
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
  // Sorted once, which every metric below that depends on the order of confidences would do for itself.
  const levels = confidenceLevels(rows);
  const errors = expectedErrors(levels);
  const { ks, kuiper } = cumulativeCalibration(levels);
  const massDiagram = equalMassDiagram(levels, binning.bins, binning.cuts);
  const diagram = binning.binning === "uniform" ? reliabilityDiagram(rows, binning) : massDiagram;
  const ofTopLabel = (by: CalibrationErrorOptions, bins = diagram): Measured => ({
    // The diagrams are of all rows.
    value: by.threshold === undefined ? errorOfBins(bins, by) : expectedCalibrationError(rows, by),
    convention: conventionOf(by, "top label"),
  });
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
      adaptiveEce: ofTopLabel(equalMass(binning), massDiagram),
      classwiseEce: { value: mean(classErrors), convention: conventionOf(binning, "mean over classes") },
      smoothEce: { value: smoothErrorOfLevels(levels), convention: "smECE, exact integral, top label" },
      overconfidence: { value: overconfidence(rows), convention: "mean confidence − accuracy, top label" },
      ks: { value: ks.error, p: ks.p, convention: "max |cumulative gap|, ties together, top label" },
      kuiper: { value: kuiper.error, p: kuiper.p, convention: "range of the cumulative gap, ties together, top label" },
      spiegelhalterZ: { value: z, p, convention: "two-sided p, top label" },
      aurc: { value: meanRisk(errors), convention: "mean risk of every prefix, mean over orders of ties" },
      augrc: { value: areaOfErrors(errors), convention: "area in [0, 1/2], mean over orders of ties" },
      auroc: { value: aurocOfLevels(levels), convention: "confidence, right against wrong rows, ties half" },
      fpr95: { value: rateOfLevels(levels, 0.95), convention: "first threshold with recall ≥ 0.95" },
      riskAt80Coverage: { value: riskOfErrors(errors, 0.8), convention: "⌈0.8 N⌉ rows, mean over orders of ties" },
      coverageAt5Risk: {
        value: coverageOfErrors(errors, 0.05),
        convention: "largest coverage, mean over orders of ties",
      },
    },
    classes: summarizeClasses(labels, rows, classErrors),
    rows,
  };
}

function errorOfBins(
  bins: readonly ReliabilityBin[],
  { norm = "l1", debiased = false }: CalibrationErrorOptions,
): number {
  return fromPower(powerOfGaps(bins, norm, debiased), norm);
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
