import type { ClassBins } from "./class-bins.ts";
import { expNegative } from "./exp-negative.ts";
import type { Labels, Predictions } from "./predictions.ts";
import type { RowScores } from "./row-scores.ts";
import { scoreRank } from "./score-rank.ts";

/**
 * Scores rows of logits by the formulas of {@link rowScores}; arguments were checked before.
 *
 * The measure of the WebAssembly kernel, which must give the same bits: sums run over the even classes and over the odd
 * ones, as its two lanes do.
 */
export function scoreLogits(labels: Labels, predictions: Predictions, scores: RowScores, bins?: ClassBins): void {
  const { data } = predictions;
  const [rows, classes] = predictions.shape;
  // One more than there may be classes, 0 for ever, so that they come in pairs.
  const e = new Float64Array(classes + (classes % 2));
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const label = labels[row];
    const top = scoreRank(label, predictions, row, scores);
    const max = data[start + top];
    for (let k = 0; k < classes; k++) e[k] = expNegative(data[start + k] - max);
    e[top] = 0;
    let evenRest = 0;
    let oddRest = 0;
    let evenSquares = 0;
    let oddSquares = 0;
    for (let k = 0; k < e.length; k += 2) {
      evenRest += e[k];
      oddRest += e[k + 1];
      evenSquares += e[k] * e[k];
      oddSquares += e[k + 1] * e[k + 1];
    }
    e[top] = 1;
    const rest = evenRest + oddRest;
    noteScores(scores, row, rest, evenSquares + oddSquares, e[label], data[start + label] - max);
    if (bins === undefined) continue;
    const inverse = 1 / (1 + rest);
    for (let k = 0; k < classes; k++) e[k] *= inverse;
    bins.addRow(label, e);
  }
}

/** What a row's sums come to; see {@link rowScores}. */
export function noteScores(
  { correct, confidence, logLoss, squaredError }: RowScores,
  row: number,
  rest: number,
  squares: number,
  own: number,
  margin: number,
): void {
  const sum = 1 + rest;
  const missed = sum - own;
  confidence[row] = 1 / sum;
  logLoss[row] = Math.log1p(rest) - margin;
  squaredError[row] =
    (correct[row] === 1 ? rest * rest + squares : missed * missed + 1 + squares - own * own) / (sum * sum);
}
