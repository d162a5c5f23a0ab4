import {
  accuracy,
  applyTemperature,
  aurc,
  expectedCalibrationError,
  fitTemperature,
  type Labels,
  type Outcomes,
  overconfidence,
  type Predictions,
  type RowScores,
  rowScores,
} from "softlabel/calibration";
import type { MetricName } from "./results.ts";

export interface LabelledPredictions {
  readonly labels: Labels;
  readonly predictions: Predictions;
}

/** What one trained model says of the rows that it was not trained on. */
export interface TrialPredictions {
  /** The temperature is fitted on these … */
  readonly validation: LabelledPredictions;
  /** … and every metric is of these. */
  readonly test: LabelledPredictions;
}

/** One trial's metrics, and what its figures are drawn from. */
export interface TrialJudgement {
  /** `top5` is there only with more than five classes. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  readonly outcomes: Outcomes;
  readonly outcomesAfterTemperature: Outcomes;
}

/**
 * Judges one trial by its test rows, as they come and after temperature scaling.
 *
 * Losses are against the hard labels, in nats, whatever the trial was trained with. Where every validation row is right
 * the temperature is 0, and where guessing would do better it is ∞: then "after temperature" is the limit, all mass on
 * the predicted class or the same on every class, and its NLL can be ∞.
 *
 * Every row is scored once as it comes and once after temperature, and all metrics are of these scores. The scaled
 * predictions are never there as a whole, only some rows of them at a time.
 * @throws ArgumentError when a prediction is NaN or ∞, as after training that diverged.
 */
export function judgeTrial({ validation, test }: TrialPredictions): TrialJudgement {
  const { labels, predictions } = test;
  const { temperature } = fitTemperature(validation.labels, validation.predictions);
  const before = rowScores(labels, predictions);
  const after = scoresAtTemperature(test, temperature);
  const outcomes = { confidence: before.confidence, correct: before.correct };
  // Scaling changes no prediction: where rounding or a limit makes classes tie, the one predicted before stays.
  const outcomesAfterTemperature = { confidence: after.confidence, correct: before.correct };
  const top5 = predictions.shape[1] > 5 ? { top5: shareWithinRank(before.labelRank, 5) } : {};
  return {
    metrics: {
      accuracy: accuracy(outcomes),
      ...top5,
      nll: mean(before.logLoss),
      nllAfterTemperature: mean(after.logLoss),
      brier: mean(before.squaredError),
      brierAfterTemperature: mean(after.squaredError),
      ece: expectedCalibrationError(outcomes),
      eceAfterTemperature: expectedCalibrationError(outcomesAfterTemperature),
      overconfidence: overconfidence(outcomes),
      aurc: aurc(outcomes),
      temperature,
    },
    outcomes,
    outcomesAfterTemperature,
  };
}

type ScaledScores = Pick<RowScores, "confidence" | "logLoss" | "squaredError">;

/** Scaled logits that are in memory at the same time: in float64 as large as a core's own cache. */
const numbersAtOnce = 65_536;

/** Scores of the scaled rows, block by block; a row's score depends on no other row. */
function scoresAtTemperature({ labels, predictions }: LabelledPredictions, temperature: number): ScaledScores {
  const [rows, classes] = predictions.shape;
  const blockRows = Math.max(1, Math.floor(numbersAtOnce / classes));
  const confidence = new Float64Array(rows);
  const logLoss = new Float64Array(rows);
  const squaredError = new Float64Array(rows);
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows);
    const data = part(predictions.data, from * classes, to * classes);
    const block: Predictions = { data, shape: [to - from, classes], kind: predictions.kind };
    const scores = rowScores(part(labels, from, to), temperatureScaled(block, temperature));
    confidence.set(scores.confidence, from);
    logLoss.set(scores.logLoss, from);
    squaredError.set(scores.squaredError, from);
  }
  return { confidence, logLoss, squaredError };
}

function part(numbers: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  return ArrayBuffer.isView(numbers)
    ? (numbers as Float64Array).subarray(from, to)
    : Array.from({ length: to - from }, (_, i) => numbers[from + i]);
}

/**
 * Predictions after temperature scaling; at T = 0 all mass on the predicted class, at T = ∞ the same on every class.
 *
 * @param temperature - In [0, ∞].
 */
export function temperatureScaled(predictions: Predictions, temperature: number): Predictions {
  if (temperature > 0 && temperature < Infinity) return applyTemperature(predictions, temperature);
  const { data, shape } = predictions;
  const [rows, classes] = shape;
  const limit = new Float64Array(rows * classes).fill(temperature === 0 ? 0 : 1 / classes);
  for (let row = 0; temperature === 0 && row < rows; row++) {
    let top = row * classes;
    for (let i = top + 1; i < (row + 1) * classes; i++) if (data[i] > data[top]) top = i;
    limit[top] = 1;
  }
  return { data: limit, shape, kind: "probabilities" };
}

/** Of one number at least. */
function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Share of rows whose label has fewer than k classes before it. */
function shareWithinRank(labelRank: Uint32Array, k: number): number {
  let hits = 0;
  for (let row = 0; row < labelRank.length; row++) if (labelRank[row] < k) hits++;
  return hits / labelRank.length;
}
