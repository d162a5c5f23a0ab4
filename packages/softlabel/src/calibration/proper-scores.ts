import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { argmaxOfRow, probabilitiesOfRow, restOfExpSum } from "./softmax-row.ts";

/**
 * Mean negative log-likelihood of the labels: the unsmoothed cross-entropy, whatever the training loss was.
 *
 *     NLL = mean over rows of −ln p[label]      = lse(z) − z[label] for logits z
 *
 * ∞ if a label has probability 0: nothing is clipped. Probabilities are taken as they are; from logits it is computed
 * without forming p, so no finite logit gives ∞ or a rounded 0.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @returns Nats, ≥ 0.
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @example
 * negativeLogLikelihood([0], { data: [2, 1, 0], shape: [1, 3], kind: "logits" }); // 0.40760596
 */
export function negativeLogLikelihood(labels: Labels, predictions: Predictions): number {
  requireLabelled(labels, predictions);
  const { data, kind } = predictions;
  const [rows, classes] = predictions.shape;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const own = data[start + labels[row]];
    if (kind === "logits") {
      const top = argmaxOfRow(data, start, classes);
      sum += Math.log1p(restOfExpSum(data, start, classes, top)) - (own - data[start + top]);
    } else sum -= Math.log(own);
  }
  return sum / rows;
}

/**
 * Brier score: mean squared distance between the probabilities and the one-hot label q, summed over classes.
 *
 *     Brier = mean over rows of Σₖ (pₖ − qₖ)²
 *
 * The original, whole sum: 0 is perfect, 2 is certain and wrong; twice the score of the positive class alone when
 * there are two classes.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @returns In [0, 2].
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @example
 * brierScore([0], { data: [0.7, 0.2, 0.1], shape: [1, 3], kind: "probabilities" }); // 0.14
 * @see Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 */
export function brierScore(labels: Labels, predictions: Predictions): number {
  requireLabelled(labels, predictions);
  const [rows, classes] = predictions.shape;
  const p = new Float64Array(classes);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    probabilitiesOfRow(predictions, row, p);
    p[labels[row]] -= 1;
    for (let k = 0; k < classes; k++) sum += p[k] * p[k];
  }
  return sum / rows;
}
