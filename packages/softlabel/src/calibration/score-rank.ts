import type { Predictions } from "./predictions.ts";
import type { RowScores } from "./row-scores.ts";
import { argmaxOfRow } from "./softmax-row.ts";

/** Room for the scores of so many rows. */
export function emptyScores(rows: number): RowScores {
  return {
    confidence: new Float64Array(rows),
    correct: new Uint8Array(rows),
    predicted: new Uint32Array(rows),
    logLoss: new Float64Array(rows),
    squaredError: new Float64Array(rows),
    labelRank: new Uint32Array(rows),
  };
}

/** Notes what is predicted, whether that is right and how many classes come before the label; returns the first. */
export function scoreRank(label: number, { data, shape }: Predictions, row: number, scores: RowScores): number {
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
