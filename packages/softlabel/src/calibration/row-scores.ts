import type { ClassBins } from "./class-bins.ts";
import { scoreByKernel } from "./kernel/score-by-kernel.ts";
import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { scoreLogits } from "./score-logits.ts";
import { scoreProbabilities } from "./score-probabilities.ts";
import { emptyScores } from "./score-rank.ts";
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

/** {@link rowScores}, with the probabilities of every row put into bins. */
export function scoreRows(labels: Labels, predictions: Predictions, bins?: ClassBins): RowScores {
  const scored = scoreByKernel(labels, predictions, bins);
  if (scored !== null) return scored;
  requireLabelled(labels, predictions);
  const scores = emptyScores(predictions.shape[0]);
  if (predictions.kind === "logits") scoreLogits(labels, predictions, scores, bins);
  else scoreProbabilities(labels, predictions, scores, bins);
  return scores;
}
