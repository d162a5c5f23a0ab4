import {
  accuracy,
  confidenceHistogram,
  expectedCalibrationError,
  negativeLogLikelihood,
  type Predictions,
  reliabilityDiagram,
  topLabel,
} from "softlabel/calibration";
import type { AttackedCalibration } from "./results.ts";

/** What one model says of its rows. */
export interface LabelledLogits {
  readonly labels: Int32Array;
  readonly classes: number;
  /** [rows, classes]. */
  readonly logits: Float32Array;
}

const histogramBins = 20;

/** How far the confidence can be trusted, the rows of all parts pooled; as the models come, no temperature. */
export function attackedCalibration(parts: readonly LabelledLogits[]): AttackedCalibration {
  const labels = Int32Array.from(parts.flatMap((part) => [...part.labels]));
  const data = Float32Array.from(parts.flatMap(({ logits }) => [...logits]));
  const predictions: Predictions = { data, shape: [labels.length, parts[0].classes], kind: "logits" };
  const outcomes = topLabel(labels, predictions);
  const wrong = outcomes.confidence.filter((_, row) => outcomes.correct[row] === 0);
  return {
    rows: labels.length,
    accuracy: accuracy(outcomes),
    meanConfidence: mean(outcomes.confidence),
    meanConfidenceWrong: wrong.length === 0 ? null : mean(wrong),
    ece: expectedCalibrationError(outcomes),
    nll: negativeLogLikelihood(labels, predictions),
    reliability: reliabilityDiagram(outcomes),
    confidence: confidenceHistogram(outcomes, { bins: histogramBins }),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
