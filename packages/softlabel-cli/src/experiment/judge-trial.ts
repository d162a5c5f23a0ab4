import {
  accuracy,
  applyTemperature,
  aurc,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  type Labels,
  negativeLogLikelihood,
  type Outcomes,
  overconfidence,
  type Predictions,
  topKAccuracy,
  topLabel,
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
 * @throws ArgumentError when a prediction is NaN or ∞, as after training that diverged.
 */
export function judgeTrial({ validation, test }: TrialPredictions): TrialJudgement {
  const { labels, predictions } = test;
  const { temperature } = fitTemperature(validation.labels, validation.predictions);
  const scaled = temperatureScaled(predictions, temperature);
  const outcomes = topLabel(labels, predictions);
  // Scaling changes no prediction: where rounding or a limit makes classes tie, the one predicted before stays.
  const outcomesAfterTemperature = { confidence: topLabel(labels, scaled).confidence, correct: outcomes.correct };
  const top5 = predictions.shape[1] > 5 ? { top5: topKAccuracy(labels, predictions, { k: 5 }) } : {};
  return {
    metrics: {
      accuracy: accuracy(outcomes),
      ...top5,
      nll: negativeLogLikelihood(labels, predictions),
      nllAfterTemperature: negativeLogLikelihood(labels, scaled),
      brier: brierScore(labels, predictions),
      brierAfterTemperature: brierScore(labels, scaled),
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
