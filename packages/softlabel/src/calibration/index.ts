export { accuracy, overconfidence, topKAccuracy } from "./accuracy.ts";
export { applyTemperature } from "./apply-temperature.ts";
export { type CalibrationErrorOptions, expectedCalibrationError } from "./expected-calibration-error.ts";
export { fitTemperature, type TemperatureFit } from "./fit-temperature.ts";
export type { Labels, Predictions } from "./predictions.ts";
export { brierScore, negativeLogLikelihood } from "./proper-scores.ts";
export {
  type BinningOptions,
  type ConfidenceBin,
  confidenceHistogram,
  type ReliabilityBin,
  reliabilityDiagram,
} from "./reliability-diagram.ts";
export { aurc, type RiskCoverageCurve, riskCoverageCurve } from "./risk-coverage.ts";
export { smoothCalibrationError } from "./smooth-calibration-error.ts";
export { type Matrix, type TemplateProjection, templateProjection } from "./template-projection.ts";
export { type Outcomes, type TopLabel, topLabel } from "./top-label.ts";
