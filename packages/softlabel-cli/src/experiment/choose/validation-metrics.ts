import { ArgumentError } from "softlabel";
import {
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  type Labels,
  negativeLogLikelihood,
  topLabel,
} from "softlabel/calibration";
import { judgeTrial, type LabelledPredictions, temperatureScaled } from "../judge-trial.ts";
import type { SeedMetrics } from "./objective.ts";

/**
 * The metrics of one trial on its validation rows, which are all that ε is chosen on.
 *
 * What is "after temperature" is cross-fitted: each half of the rows ({@link halvesOf}) is scaled by the temperature
 * that the other half gives, so that no temperature is judged on a row that it was fitted on. `temperature` itself is
 * that of all rows, the one that would be used.
 *
 * Not finite where a half has no temperature between 0 and ∞, as when every one of its rows is right, and a row of the
 * other half shows it wrong.
 * @throws ArgumentError when there are fewer than two rows, or a prediction is NaN or ∞.
 */
export function validationMetrics(validation: LabelledPredictions): SeedMetrics {
  const rows = validation.predictions.shape[0];
  if (!(rows >= 2)) throw new ArgumentError(`validation rows must be at least 2, to be halved, got ${rows}`);
  const { metrics, outcomes } = judgeTrial({ validation, test: validation });
  const [one, other] = halvesOf(validation.labels);
  const confidence = new Float64Array(rows);
  let [nll, brier] = [0, 0];
  for (const [fitted, judged] of [
    [one, other],
    [other, one],
  ]) {
    const { labels, predictions } = pick(validation, judged);
    const scaled = temperatureScaled(predictions, temperatureOf(pick(validation, fitted)));
    nll += (judged.length / rows) * negativeLogLikelihood(labels, scaled);
    brier += (judged.length / rows) * brierScore(labels, scaled);
    topLabel(labels, scaled).confidence.forEach((value, i) => {
      confidence[judged[i]] = value;
    });
  }
  return {
    ...metrics,
    nllAfterTemperature: nll,
    brierAfterTemperature: brier,
    // Over all rows at once: the error of half as many rows would lie further above the truth.
    eceAfterTemperature: expectedCalibrationError({ confidence, correct: outcomes.correct }),
  };
}

/**
 * The rows in two halves that no chance decides: sorted by label, each label in the order of the rows, every other row
 * is in the first.
 *
 * Both halves have half of every label, to within one row, and of a file in whatever order; the trials of one seed,
 * whose rows are the same, are divided alike.
 */
export function halvesOf(labels: Labels): readonly [Int32Array, Int32Array] {
  const order = Int32Array.from({ length: labels.length }, (_, row) => row);
  order.sort((a, b) => labels[a] - labels[b] || a - b);
  return [order.filter((_, i) => i % 2 === 0), order.filter((_, i) => i % 2 === 1)];
}

function temperatureOf({ labels, predictions }: LabelledPredictions): number {
  return fitTemperature(labels, predictions).temperature;
}

function pick({ labels, predictions }: LabelledPredictions, rows: Int32Array): LabelledPredictions {
  const { data, kind } = predictions;
  const classes = predictions.shape[1];
  const picked = new Float32Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < classes; j++) picked[i * classes + j] = data[rows[i] * classes + j];
  }
  return {
    labels: Int32Array.from(rows, (row) => labels[row]),
    predictions: { data: picked, shape: [rows.length, classes], kind },
  };
}
