import { DataError } from "../data-error.ts";
import type { PredictionKind } from "./find-predictions.ts";

interface Rows {
  readonly kind: PredictionKind;
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly classes: number;
  readonly labels: Int32Array;
}

interface SoundRows {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly [rows: number, classes: number];
  readonly labels: Int32Array;
  readonly dropped: readonly number[];
}

/**
 * The rows that can be judged: logits that are finite or −∞, one of them finite; probabilities that are numbers.
 *
 * @param dropInvalid - leave the others out.
 * @param name - what an error calls them.
 * @throws {@link DataError} for others without `dropInvalid`, or when none is left.
 */
export function sound({ kind, data, rows, classes, labels }: Rows, dropInvalid: boolean, name: string): SoundRows {
  const dropped: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (!(kind === "logits" ? areLogits : areNumbers)(data, row * classes, classes)) dropped.push(row);
  }
  if (dropped.length === 0) return { data, shape: [rows, classes], labels, dropped };
  const found = `${dropped.length} of ${rows} rows with ${kind === "logits" ? "NaN, +∞ or −∞ alone" : "NaN or ±∞"}`;
  const where = dropped.slice(0, 5).join(", ") + (dropped.length > 5 ? ", …" : "");
  if (!dropInvalid) {
    throw new DataError(
      `${name} must hold numbers in every row, got ${found} (row ${where}); add --drop-invalid to leave them out`,
    );
  }
  if (dropped.length === rows) throw new DataError(`${name} must hold numbers in some row, got ${found}`);
  const gone = new Set(dropped);
  const kept = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !gone.has(row));
  const sameKind = data.slice(0, kept.length * classes);
  kept.forEach((row, at) => {
    sameKind.set(data.subarray(row * classes, (row + 1) * classes), at * classes);
  });
  return { data: sameKind, shape: [kept.length, classes], labels: kept.map((row) => labels[row]), dropped };
}

function areLogits(data: ArrayLike<number>, start: number, classes: number): boolean {
  let largest = -Infinity;
  for (let at = start; at < start + classes; at++) {
    if (!(data[at] < Infinity)) return false;
    if (data[at] > largest) largest = data[at];
  }
  return largest > -Infinity;
}

function areNumbers(data: ArrayLike<number>, start: number, classes: number): boolean {
  for (let at = start; at < start + classes; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}
