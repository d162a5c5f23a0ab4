import { ArgumentError } from "../core/argument-error.ts";
import { describe, describeShape } from "../core/describe.ts";
import { requireNumbers } from "../statistics/require-numbers.ts";
import { extremesByKernel } from "./kernel/temper-by-kernel.ts";

/**
 * What a classifier says of N rows, in row-major order.
 *
 * `kind` is always said and never guessed:
 * - `"logits"`: unnormalised log-probabilities; finite, or −∞ for a class that cannot occur.
 * - `"probabilities"`: in [0, 1], used as they are. The sum of a row may miss 1 by 0.001.
 */
export interface Predictions {
  readonly data: ArrayLike<number>;
  readonly shape: readonly [rows: number, classes: number];
  readonly kind: "logits" | "probabilities";
}

/** The true class of each row: integers in [0, classes). */
export type Labels = ArrayLike<number>;

/**
 * How far the sum of a row of probabilities may be from 1.
 *
 * Wide enough for float32 (K·2⁻²⁴ after a naive sum: 6e-5 for 1,000 classes), half precision (2⁻¹¹) and four printed
 * decimals; narrow enough to refuse logits, percentages and independent (multi-label) probabilities.
 */
const sumTolerance = 1e-3;

/** @throws {@link ArgumentError} if labels or predictions break the preconditions of their types. */
export function requireLabelled(labels: Labels, predictions: Predictions): void {
  requirePredictions(predictions);
  const [rows, classes] = predictions.shape;
  if (labels?.length !== rows) {
    const got = labels?.length === undefined ? describe(labels) : `${labels.length}`;
    throw new ArgumentError(`labels must be ${rows}, one per row of predictions, got ${got}`);
  }
  for (let row = 0; row < rows; row++) {
    const label = labels[row];
    if (!isLabel(label, classes)) {
      const remedy = label === classes ? "; if labels start at 1, subtract 1" : "";
      throw new ArgumentError(
        `labels must be integers in [0, ${classes}), got ${describe(label)} at row ${row}${remedy}`,
      );
    }
  }
}

/** Whether labels are what predictions of this shape need. */
export function areLabels(labels: Labels, [rows, classes]: Predictions["shape"]): boolean {
  if (labels?.length !== rows) return false;
  for (let row = 0; row < rows; row++) if (!isLabel(labels[row], classes)) return false;
  return true;
}

function isLabel(label: number, classes: number): boolean {
  return Number.isInteger(label) && label >= 0 && label < classes;
}

/** @throws {@link ArgumentError} if predictions break the preconditions of their type. */
export function requirePredictions(predictions: Predictions): void {
  requireForm(predictions);
  const { data, shape, kind } = predictions;
  if (kind !== "logits") requireProbabilities(data, ...shape);
  // Looked at by the kernel first, which can only say whether all is well.
  else if (!extremesByKernel(data, shape)) requireLogits(data, ...shape);
}

/** @throws {@link ArgumentError} if predictions have no kind, or no shape that their numbers fill, whatever these are. */
export function requireForm(predictions: Predictions): void {
  if (typeof predictions !== "object" || predictions === null || predictions.data?.length === undefined) {
    const got = describe(predictions);
    throw new ArgumentError(`predictions must be { data, shape: [rows, classes], kind }, got ${got}`);
  }
  const { data, shape, kind } = predictions;
  if (!Array.isArray(shape) || shape.length !== 2 || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
    const got = Array.isArray(shape) ? describeShape(shape) : describe(shape);
    throw new ArgumentError(`predictions must have the shape [rows, classes], got ${got}`);
  }
  const [rows, classes] = shape;
  requireNumbers("predictions.data", data);
  if (rows === 0 || classes === 0) {
    throw new ArgumentError(
      `predictions must have at least one row and one class, got the shape ${describeShape(shape)}`,
    );
  }
  if (data.length !== rows * classes) {
    throw new ArgumentError(
      `predictions must hold ${rows * classes} numbers for the shape ${describeShape(shape)}, got ${data.length}`,
    );
  }
  if (kind !== "logits" && kind !== "probabilities") {
    throw new ArgumentError(`predictions must be of kind "logits" or "probabilities", got ${describe(kind)}`);
  }
}

function requireLogits(data: ArrayLike<number>, rows: number, classes: number): void {
  for (let row = 0, i = 0; row < rows; row++) {
    let max = -Infinity;
    for (let k = 0; k < classes; k++, i++) {
      const z = data[i];
      if (!(z < Infinity)) {
        throw new ArgumentError(`logits must be finite or −∞, got ${describe(z)} at row ${row}, class ${k}`);
      }
      if (z > max) max = z;
    }
    if (max === -Infinity) {
      throw new ArgumentError(`logits must have a finite one in every row, got −∞ for every class of row ${row}`);
    }
  }
}

function requireProbabilities(data: ArrayLike<number>, rows: number, classes: number): void {
  for (let row = 0, i = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < classes; k++, i++) {
      const p = data[i];
      if (!(p >= 0 && p <= 1)) {
        const remedy = Number.isFinite(p) ? '; if these are logits, say kind: "logits"' : "";
        throw new ArgumentError(
          `probabilities must be in [0, 1], got ${describe(p)} at row ${row}, class ${k}${remedy}`,
        );
      }
      sum += p;
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) {
      throw new ArgumentError(
        `probabilities must sum to 1 in every row (±${sumTolerance}), got ${sum} at row ${row}; divide each row by its sum`,
      );
    }
  }
}
