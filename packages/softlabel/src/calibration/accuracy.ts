import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import type { Labels, Predictions } from "./predictions.ts";
import { rowScores } from "./row-scores.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/**
 * Share of predictions that are right.
 *
 * @param outcomes - One row at least.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 */
export function accuracy(outcomes: Outcomes): number {
  requireOutcomes(outcomes);
  const { correct } = outcomes;
  let right = 0;
  for (let row = 0; row < correct.length; row++) right += correct[row];
  return right / correct.length;
}

/**
 * Mean confidence minus accuracy: how much more often the classifier believes to be right than it is.
 *
 * Above 0 it is over-confident, below 0 under-confident. Its absolute value is a lower bound of the expected
 * calibration error, however the bins lie.
 * @param outcomes - One row at least.
 * @returns In [−1, 1].
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 */
export function overconfidence(outcomes: Outcomes): number {
  requireOutcomes(outcomes);
  const { confidence, correct } = outcomes;
  let gap = 0;
  for (let row = 0; row < correct.length; row++) gap += confidence[row] - correct[row];
  return gap / correct.length;
}

/**
 * Share of rows whose label is among the k classes of largest probability.
 *
 * Of classes that tie the first come first, so k = 1 is the {@link accuracy} of the top label. 1 if k = classes.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options.k - An integer in [1, classes]; 5 by default.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if labels, predictions or k are out of range or do not match.
 */
export function topKAccuracy(labels: Labels, predictions: Predictions, options: { readonly k?: number } = {}): number {
  const { k = 5 } = readOptions(options);
  const { labelRank } = rowScores(labels, predictions);
  const classes = predictions.shape[1];
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) {
    throw new ArgumentError(`k must be an integer in [1, ${classes}], got ${describe(k)}`);
  }
  return shareWithinRank(labelRank, k);
}

/** Share of rows whose label has fewer than k classes before it. */
export function shareWithinRank(labelRank: Uint32Array, k: number): number {
  let hits = 0;
  for (let row = 0; row < labelRank.length; row++) if (labelRank[row] < k) hits++;
  return hits / labelRank.length;
}
