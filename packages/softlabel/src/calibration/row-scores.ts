import { expNegative } from "./exp-negative.ts";
import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { argmaxOfRow } from "./softmax-row.ts";
import type { TopLabel } from "./top-label.ts";

/** All that the metrics need to know of each row, from one pass over the predictions. */
export interface RowScores extends TopLabel {
  /** −ln p[label] in nats, ≥ 0; its mean is the NLL. */
  readonly logLoss: Float64Array;
  /** Σₖ (pₖ − qₖ)² over all classes, in [0, 2]; its mean is the Brier score. */
  readonly squaredError: Float64Array;
  /** How many classes come before the label, of those that tie the first first: below k where top-k is right. */
  readonly labelRank: Uint32Array;
}

/**
 * Scores every row by itself: what is predicted, whether that is right, and what the label costs.
 *
 * From logits z, measured from the largest, everything follows of two sums over the other classes:
 *
 *     rest = Σ exp(zₖ − z[top]),  squares = Σ exp(zₖ − z[top])²,  s = 1 + rest,  e = exp(z[label] − z[top])
 *     confidence = 1/s        logLoss = log1p(rest) − (z[label] − z[top])
 *     squaredError = ((s − e)² + 1 + squares − e²) / s²,  or (rest² + squares) / s² where the label is the top
 *
 * so that neither a far tail nor a probability near 1 loses its digits. Probabilities are taken as they are. An
 * argument of every metric that takes {@link Outcomes}; resampling rows needs nothing else.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @example
 * const scores = rowScores([1, 0], { data: [0.5, 0.4, 0.1, 0.7, 0.2, 0.1], shape: [2, 3], kind: "probabilities" });
 * scores.labelRank; // [1, 0]
 * scores.squaredError; // [0.62, 0.14]
 */
export function rowScores(labels: Labels, predictions: Predictions): RowScores {
  return scoreRows(labels, predictions);
}

/** What else is to be done with the probabilities of a row while they are at hand; they are overwritten by the next. */
export type VisitRow = (label: number, probabilities: Float64Array) => void;

/** {@link rowScores}, with a visit to the probabilities of every row. */
export function scoreRows(labels: Labels, predictions: Predictions, visit?: VisitRow): RowScores {
  requireLabelled(labels, predictions);
  const [rows] = predictions.shape;
  const scores = {
    confidence: new Float64Array(rows),
    correct: new Uint8Array(rows),
    predicted: new Uint32Array(rows),
    logLoss: new Float64Array(rows),
    squaredError: new Float64Array(rows),
    labelRank: new Uint32Array(rows),
  };
  if (predictions.kind === "logits") scoreLogits(labels, predictions, scores, visit);
  else scoreProbabilities(labels, predictions, scores, visit);
  return scores;
}

function scoreLogits(labels: Labels, predictions: Predictions, scores: RowScores, visit?: VisitRow): void {
  const { data } = predictions;
  const [rows, classes] = predictions.shape;
  const p = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const label = labels[row];
    const top = rank(label, predictions, row, scores);
    const max = data[start + top];
    let rest = 0;
    let squares = 0;
    for (let k = 0; k < classes; k++) {
      if (k === top) continue;
      const e = expNegative(data[start + k] - max);
      p[k] = e;
      rest += e;
      squares += e * e;
    }
    const margin = data[start + label] - max;
    const sum = 1 + rest;
    const own = expNegative(margin);
    const missed = sum - own;
    scores.confidence[row] = 1 / sum;
    scores.logLoss[row] = Math.log1p(rest) - margin;
    scores.squaredError[row] =
      (label === top ? rest * rest + squares : missed * missed + 1 + squares - own * own) / (sum * sum);
    if (visit === undefined) continue;
    p[top] = 1;
    const inverse = 1 / sum;
    for (let k = 0; k < classes; k++) p[k] *= inverse;
    visit(label, p);
  }
}

function scoreProbabilities(labels: Labels, predictions: Predictions, scores: RowScores, visit?: VisitRow): void {
  const { data } = predictions;
  const [rows, classes] = predictions.shape;
  const p = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const label = labels[row];
    const top = rank(label, predictions, row, scores);
    const own = data[start + label];
    let squares = 0;
    for (let k = 0; k < classes; k++) {
      p[k] = data[start + k];
      const distance = k === label ? 1 - own : p[k];
      squares += distance * distance;
    }
    scores.confidence[row] = data[start + top];
    scores.logLoss[row] = -Math.log(own);
    scores.squaredError[row] = squares;
    visit?.(label, p);
  }
}

/** Notes what is predicted, whether that is right and how many classes come before the label; returns the first. */
function rank(label: number, { data, shape }: Predictions, row: number, scores: RowScores): number {
  const classes = shape[1];
  const start = row * classes;
  const top = argmaxOfRow(data, start, classes);
  scores.predicted[row] = top;
  if (top === label) {
    scores.correct[row] = 1;
    return top;
  }
  const own = data[start + label];
  let ahead = 0;
  for (let k = 0; k < label; k++) if (data[start + k] >= own) ahead++;
  for (let k = label + 1; k < classes; k++) if (data[start + k] > own) ahead++;
  scores.labelRank[row] = ahead;
  return top;
}
