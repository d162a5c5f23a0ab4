import { ArgumentError } from "../../core/argument-error.ts";
import type { Predictions } from "../predictions.ts";

/** What a recalibrator remembers of the rows that it was fitted on: enough to know them again, in any order. */
export interface FittingRows {
  readonly rows: number;
  /** 16 hexadecimal digits: the sum of a 64-bit hash of every row's numbers. */
  readonly fingerprint: string;
}

/** Remembers the rows of predictions that were checked before. */
export function fittingRows(predictions: Predictions): FittingRows {
  return { rows: predictions.shape[0], fingerprint: fingerprint(predictions) };
}

/** @throws {@link ArgumentError} if the predictions are the rows that `method` was fitted on, in whatever order. */
export function refuseFittingRows(predictions: Predictions, fitted: FittingRows, method: string): void {
  // Almost always the number of rows already tells them apart.
  if (predictions.shape[0] !== fitted.rows || fingerprint(predictions) !== fitted.fingerprint) return;
  throw new ArgumentError(
    `predictions must be other rows than the ${fitted.rows} that ${method} was fitted on, got the same rows; ` +
      "judge held-out rows, use crossFit, or ask for the rosy result by name: { inSample: true }",
  );
}

/** The same for float32 numbers in any kind of array; the sum over rows is blind to their order. */
function fingerprint({ data, shape: [rows, classes] }: Predictions): string {
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  let low = 0;
  let high = 0;
  for (let row = 0, i = 0; row < rows; row++) {
    let a = 0x9e3779b9;
    let b = 0x85ebca6b;
    for (let k = 0; k < classes; k++, i++) {
      number[0] = data[i] + 0; // −0 is 0
      a = Math.imul(a ^ words[0], 0xcc9e2d51);
      a = Math.imul(a ^ words[1] ^ (a >>> 15), 0x1b873593);
      b = Math.imul(b ^ words[1], 0xc2b2ae35);
      b = Math.imul(b ^ words[0] ^ (b >>> 13), 0x27d4eb2f);
      a ^= b >>> 16;
    }
    low = (low + (a ^ (a >>> 16))) | 0;
    high = (high + (b ^ (b >>> 15))) | 0;
  }
  return hexadecimal(high) + hexadecimal(low);
}

function hexadecimal(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
