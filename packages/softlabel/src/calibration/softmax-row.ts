import type { Predictions } from "./predictions.ts";

/**
 * Largest of one row's `classes` numbers from `start`, by its index; the first among equals, as argmax has it in NumPy,
 * PyTorch and TensorFlow.
 */
export function argmaxOfRow(data: ArrayLike<number>, start: number, classes: number): number {
  let best = 0;
  let max = data[start];
  for (let k = 1; k < classes; k++) {
    const value = data[start + k];
    if (value > max) {
      max = value;
      best = k;
    }
  }
  return best;
}

/**
 * Σ exp(z[k] − z[top]) over the other classes k of one row, in [0, classes − 1]: p[top] = 1/(1 + rest).
 *
 * Without the 1 of the top itself, so that a probability near 1 keeps its digits: −ln p[top] = log1p(rest).
 */
export function restOfExpSum(data: ArrayLike<number>, start: number, classes: number, top: number): number {
  const max = data[start + top];
  let rest = 0;
  for (let k = 0; k < classes; k++) if (k !== top) rest += Math.exp(data[start + k] - max);
  return rest;
}

/** Writes the probabilities of one row to `out`: softmax of logits, or the probabilities as they are. */
export function probabilitiesOfRow(predictions: Predictions, row: number, out: Float64Array): void {
  const { data, kind } = predictions;
  const classes = predictions.shape[1];
  const start = row * classes;
  if (kind === "probabilities") {
    for (let k = 0; k < classes; k++) out[k] = data[start + k];
    return;
  }
  const max = data[start + argmaxOfRow(data, start, classes)];
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    out[k] = Math.exp(data[start + k] - max);
    sum += out[k];
  }
  for (let k = 0; k < classes; k++) out[k] /= sum;
}
