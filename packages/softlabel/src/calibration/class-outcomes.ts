import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { argmaxOfRow, restOfExpSum } from "./softmax-row.ts";
import type { Outcomes } from "./top-label.ts";

/** {@link Outcomes} of one class in every row. */
export interface ClassOutcomes extends Outcomes {
  /** The probability of the class, in [0, 1]. */
  readonly confidence: Float64Array;
  /** 1 where the label is the class. */
  readonly correct: Uint8Array;
}

/**
 * The probability of one class in each row, and whether the label is that class.
 *
 * With the positive class of two it is what binary metrics judge: torchmetrics' and net:cal's calibration error of two
 * classes is that of class 1, not of the predicted one.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param positive - The class: an integer in [0, classes).
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * const positive = classOutcomes([1, 0], { data: [0.3, 0.7, 0.6, 0.4], shape: [2, 2], kind: "probabilities" }, 1);
 * positive.confidence; // [0.7, 0.4]
 * positive.correct; // [1, 0]
 */
export function classOutcomes(labels: Labels, predictions: Predictions, positive: number): ClassOutcomes {
  requireLabelled(labels, predictions);
  const classes = predictions.shape[1];
  if (!(Number.isInteger(positive) && positive >= 0 && positive < classes)) {
    throw new ArgumentError(`positive must be an integer in [0, ${classes}), got ${describe(positive)}`);
  }
  return outcomesOfClass(labels, predictions, positive, inverseSums(predictions));
}

/** 1/Σ exp(z − max) and the max of each row of logits, which every class of the row shares. */
interface RowSums {
  readonly max: Float64Array;
  readonly inverse: Float64Array;
}

/** Of logits only: probabilities need none. */
export function inverseSums(predictions: Predictions): RowSums | null {
  if (predictions.kind === "probabilities") return null;
  const { data, shape } = predictions;
  const [rows, classes] = shape;
  const max = new Float64Array(rows);
  const inverse = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const top = argmaxOfRow(data, start, classes);
    max[row] = data[start + top];
    inverse[row] = 1 / (1 + restOfExpSum(data, start, classes, top));
  }
  return { max, inverse };
}

/** The same for arguments that were checked before, with the sums of their rows. */
export function outcomesOfClass(
  labels: Labels,
  { data, shape }: Predictions,
  positive: number,
  sums: RowSums | null,
): ClassOutcomes {
  const [rows, classes] = shape;
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = data[row * classes + positive];
    confidence[row] = sums === null ? value : Math.exp(value - sums.max[row]) * sums.inverse[row];
    correct[row] = labels[row] === positive ? 1 : 0;
  }
  return { confidence, correct };
}
