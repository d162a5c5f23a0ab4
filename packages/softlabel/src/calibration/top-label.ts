import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { requireNumbers } from "../statistics/require-numbers.ts";
import type { Labels, Predictions } from "./predictions.ts";
import { rowScores } from "./row-scores.ts";

/**
 * How sure a prediction was, and whether it came true: all that reliability and selection are judged by.
 *
 * {@link topLabel} makes them for the predicted class. Any event will do: the probability of one class as `confidence`
 * and "the label is that class" as `correct` judge a binary classifier by its positive class.
 */
export interface Outcomes {
  /** In [0, 1], one per row. */
  readonly confidence: ArrayLike<number>;
  /** 1 where the prediction is right, 0 where it is wrong, one per row. */
  readonly correct: ArrayLike<number>;
}

/** {@link Outcomes} of the predicted class of each row. */
export interface TopLabel extends Outcomes {
  /** Largest probability of the row, in [1/classes, 1]. */
  readonly confidence: Float64Array;
  readonly correct: Uint8Array;
  /** The class that has it. */
  readonly predicted: Uint32Array;
}

/**
 * The predicted class of each row, the confidence in it, and whether it is the label.
 *
 *     predicted = argmax p,  confidence = max p,  correct = (predicted = label)
 *
 * Of classes that tie for the largest probability the first is predicted. Computed once, it serves every metric that
 * takes {@link Outcomes}; {@link rowScores} adds the losses of each row.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @example
 * const top = topLabel([0, 1], { data: [0.7, 0.2, 0.1, 0.3, 0.3, 0.4], shape: [2, 3], kind: "probabilities" });
 * accuracy(top); // 0.5
 * overconfidence(top); // 0.05
 */
export function topLabel(labels: Labels, predictions: Predictions): TopLabel {
  const { confidence, correct, predicted } = rowScores(labels, predictions);
  return { confidence, correct, predicted };
}

/** @throws {@link ArgumentError} if outcomes break the preconditions of their type, or there is none. */
export function requireOutcomes(outcomes: Outcomes): void {
  const rows = outcomes?.confidence?.length;
  if (rows === undefined || outcomes.correct?.length === undefined) {
    throw new ArgumentError(
      `outcomes must be { confidence, correct }, got ${describe(outcomes)}; topLabel(labels, predictions) makes them`,
    );
  }
  const { confidence, correct } = outcomes;
  if (rows === 0) throw new ArgumentError("outcomes must have at least one row, got 0");
  if (correct.length !== rows) {
    throw new ArgumentError(`outcomes.correct must be ${rows}, one per confidence, got ${correct.length}`);
  }
  requireNumbers("outcomes.confidence", confidence);
  for (let row = 0; row < rows; row++) {
    if (!(confidence[row] >= 0 && confidence[row] <= 1)) {
      throw new ArgumentError(`outcomes.confidence must be in [0, 1], got ${describe(confidence[row])} at row ${row}`);
    }
    if (correct[row] !== 0 && correct[row] !== 1) {
      throw new ArgumentError(`outcomes.correct must be 0 or 1, got ${describe(correct[row])} at row ${row}`);
    }
  }
}
