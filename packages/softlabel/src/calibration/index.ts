export { accuracy, overconfidence, topKAccuracy } from "./accuracy.ts";
export { applyTemperature } from "./apply-temperature.ts";
export { type AurcOptions, augrc, aurc } from "./area-under-risk-coverage.ts";
export {
  type AdaptivePreset,
  adaptivePresets,
  type CalibrationPreset,
  calibrationPresets,
} from "./calibration-presets.ts";
export { type ClassOutcomes, classOutcomes } from "./class-outcomes.ts";
export { classwiseCalibrationError } from "./classwise-calibration-error.ts";
export { brierDecomposition, corpDecomposition, type ScoreDecomposition } from "./corp-decomposition.ts";
export {
  type CumulativeCalibration,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
} from "./cumulative-calibration.ts";
export { auroc, falsePositiveRateAtRecall } from "./discrimination.ts";
export { type Evaluation, evaluatePredictions, type Measured, type MetricName } from "./evaluate-predictions.ts";
export { type CalibrationErrorOptions, expectedCalibrationError } from "./expected-calibration-error.ts";
export { fitTemperature, type TemperatureFit } from "./fit-temperature.ts";
export {
  type BootstrapOptions,
  bootstrapDifference,
  bootstrapInterval,
  bootstrapIntervals,
} from "./intervals/bootstrap.ts";
export type { BootstrapInterval, BootstrapMethod, IntervalOptions } from "./intervals/bootstrap-interval.ts";
export { type ConsistencyOptions, type ConsistencyTest, consistencyTest } from "./intervals/consistency-test.ts";
export { type McNemarTest, mcnemarTest } from "./intervals/mcnemar-test.ts";
export {
  type PermutationOptions,
  type PermutationTest,
  permutationTest,
  permutationTestOfMeans,
} from "./intervals/permutation-test.ts";
export { meanOfRows, metricOfOutcomes, quantityOfRows, type Resampled } from "./intervals/resampled.ts";
export { type MurphyDecomposition, murphyDecomposition } from "./murphy-decomposition.ts";
export { type ClassSummary, perClass } from "./per-class.ts";
export type { Labels, Predictions } from "./predictions.ts";
export { type BrierOptions, brierScore, negativeLogLikelihood } from "./proper-scores.ts";
export { type BetaMap, type BetaOptions, fitBeta } from "./recalibration/beta.ts";
export type { Scheme, SchemeOptions, SchemeParameters, SchemeRecalibrator } from "./recalibration/binary-scheme.ts";
export { type CrossFit, crossFit } from "./recalibration/cross-fit.ts";
export { type Dirichlet, type DirichletOptions, fitDirichlet } from "./recalibration/dirichlet.ts";
export {
  type EnsembleParameters,
  type EnsembleTemperature,
  fitEnsembleTemperature,
} from "./recalibration/ensemble-temperature.ts";
export {
  fitHistogramBinning,
  type HistogramBinningOptions,
  type HistogramMap,
} from "./recalibration/histogram-binning.ts";
export { fitIsotonic } from "./recalibration/isotonic.ts";
export type { AffineMap, SearchReport } from "./recalibration/linear-map.ts";
export { loadRecalibrator } from "./recalibration/load-recalibrator.ts";
export type { ClipOptions } from "./recalibration/log-probabilities.ts";
export type { Targets } from "./recalibration/logistic.ts";
export { logitNorm } from "./recalibration/logit-norm.ts";
export { fitMatrixScaling, type MatrixScaling, type MatrixScalingOptions } from "./recalibration/matrix-scaling.ts";
export type { OffDiagonalOptions } from "./recalibration/off-diagonal.ts";
export { fitPlatt, type PlattMap, type PlattOptions } from "./recalibration/platt.ts";
export type { IsotonicCurve } from "./recalibration/pool-adjacent-violators.ts";
export type { ApplyOptions, Recalibrated, Recalibrator, RecalibratorDocument } from "./recalibration/recalibrator.ts";
export type { FollowOptions, Iteration } from "./recalibration/search-progress.ts";
export { type FoldOptions, stratifiedFolds } from "./recalibration/stratified-folds.ts";
export { type TemperatureInterval, temperatureInterval } from "./recalibration/temperature-interval.ts";
export {
  fitTemperatureScaling,
  type TemperatureParameters,
  type TemperatureScaling,
} from "./recalibration/temperature-scaling.ts";
export { fitVectorScaling, type VectorScaling, type VectorScalingOptions } from "./recalibration/vector-scaling.ts";
export {
  type BinningOptions,
  type ConfidenceBin,
  confidenceHistogram,
  type ReliabilityBin,
  reliabilityDiagram,
} from "./reliability-diagram.ts";
export { coverageAtRisk, type RiskCoverageCurve, riskAtCoverage, riskCoverageCurve } from "./risk-coverage.ts";
export { type RowScores, rowScores } from "./row-scores.ts";
export { smoothCalibrationError } from "./smooth-calibration-error.ts";
export { type SpiegelhalterTest, spiegelhalterTest } from "./spiegelhalter.ts";
export { type Matrix, type TemplateProjection, templateProjection } from "./template-projection.ts";
export { type Outcomes, type TopLabel, topLabel } from "./top-label.ts";
export type { BinEdges } from "./uniform-bins.ts";
