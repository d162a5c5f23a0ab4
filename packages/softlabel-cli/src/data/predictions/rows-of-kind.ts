import { DataError } from "../data-error.ts";
import type { PredictionKind } from "./find-predictions.ts";

interface Rows {
  readonly kind: PredictionKind;
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly [rows: number, classes: number];
}

/** As far as the sum of a row may be from 1 for the library to take it for probabilities. */
const sumTolerance = 1e-3;

/**
 * Checks what somebody, or a name in the file, said of the numbers against what they show for certain.
 *
 * Nothing is guessed from a range: logits may lie anywhere, so they are questioned only where every single row could
 * pass for probabilities, which by chance hardly one row does. Numbers outside of [0, 1] are no probabilities at all.
 *
 * @param trustKind - logits are logits all the same.
 * @param name - what an error calls them.
 * @throws {@link DataError} where the rows contradict their kind.
 */
export function requireRowsOfKind(rows: Rows, trustKind: boolean, name: string): void {
  if (rows.kind === "probabilities") requireShares(rows, name);
  else if (!trustKind && rows.shape[0] > 0) requireNoProbabilities(rows, name);
}

function requireShares({ data, shape: [, classes] }: Rows, name: string): void {
  const at = data.findIndex((value) => !(value >= 0 && value <= 1));
  if (at < 0) return;
  const remedy = Number.isFinite(data[at]) ? "; if they are logits or log-probabilities, say --kind logits" : "";
  throw new DataError(
    `${name} must hold probabilities in [0, 1], got ${data[at]} at row ${Math.floor(at / classes)}, class ${at % classes}${remedy}`,
  );
}

function requireNoProbabilities({ data, shape: [rows, classes] }: Rows, name: string): void {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      if (!(data[at] >= 0 && data[at] <= 1)) return;
      sum += data[at];
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) return;
  }
  const each = rows === 1 ? "its one row lies" : `each of its ${rows} rows lies`;
  throw new DataError(
    `${name} must hold logits, got what looks like probabilities: ${each} in [0, 1] and sums to 1 (±${sumTolerance}); say --kind probabilities, or add --trust-kind if they are logits all the same`,
  );
}
