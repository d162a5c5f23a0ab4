import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import type { Labels, Predictions } from "./predictions.ts";
import { rowScores } from "./row-scores.ts";

/** How the squared distance of a row counts. */
export interface BrierOptions {
  /**
   * - `"sum"` (default): Σₖ (pₖ − qₖ)², in [0, 2], as Brier 1950 and scikit-learn for several classes.
   * - `"half"`: half of that, in [0, 1]; of two classes the squared error of the positive one, as scikit-learn has it.
   */
  readonly form?: "sum" | "half";
}

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
  return mean(rowScores(labels, predictions).logLoss);
}

/**
 * Brier score: mean squared distance between the probabilities and the one-hot label q, summed over classes.
 *
 *     Brier = mean over rows of Σₖ (pₖ − qₖ)²
 *
 * The original, whole sum: 0 is perfect, 2 is certain and wrong; twice the score of the positive class alone when
 * there are two classes, which `form: "half"` gives.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @returns In [0, 2], or in [0, 1] under `"half"`.
 * @throws {@link ArgumentError} if labels, predictions or form are out of range or do not match.
 * @example
 * brierScore([0], { data: [0.7, 0.2, 0.1], shape: [1, 3], kind: "probabilities" }); // 0.14
 * @see Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 */
export function brierScore(labels: Labels, predictions: Predictions, options: BrierOptions = {}): number {
  const { form = "sum" } = readOptions(options);
  if (form !== "sum" && form !== "half") {
    throw new ArgumentError(`form must be "sum" or "half", got ${describe(form)}`);
  }
  const score = mean(rowScores(labels, predictions).squaredError);
  return form === "sum" ? score : score / 2;
}

/** Of one number at least. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
