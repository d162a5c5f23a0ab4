import type { ClassBins } from "./class-bins.ts";
import type { Labels, Predictions } from "./predictions.ts";
import type { RowScores } from "./row-scores.ts";
import { scoreRank } from "./score-rank.ts";

/** Scores rows of probabilities, taken as they are; arguments were checked before. */
export function scoreProbabilities(
  labels: Labels,
  predictions: Predictions,
  scores: RowScores,
  bins?: ClassBins,
): void {
  const { data } = predictions;
  const [rows, classes] = predictions.shape;
  const p = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const label = labels[row];
    const top = scoreRank(label, predictions, row, scores);
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
    bins?.addRow(label, p);
  }
}
