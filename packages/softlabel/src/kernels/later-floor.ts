import { ArgumentError } from "../core/argument-error.ts";
import { readTensor, type TensorLike } from "../core/tensor.ts";
import { type Distributions, hashOf } from "./distributions.ts";
import { floorOfDense } from "./floor.ts";
import { HASH_LENGTH, type LabelScanner } from "./label-scanner.ts";
import type { Prepared } from "./prepare.ts";

/**
 * H(q′) of each row of dense labels, when it is asked for: it takes a logarithm per class, more than the loss itself.
 *
 * What else it needs is copied now. The labels are read again then, from the tensor: the kernel's memory may have grown.
 *
 * @returns The floors; throws {@link ArgumentError} if the labels have changed, or cannot be read any more.
 */
export function laterFloor(scanner: LabelScanner, labels: TensorLike, call: Prepared): () => Float64Array {
  const { prior, logits, scratch } = call;
  const { rows, classes } = logits;
  const { given, hash } = call.distributions as Distributions;
  const { length } = given;
  const [hard, smooth] = [scratch.hard.slice(), scratch.smooth.slice()];
  return () => {
    const q = unchanged(scanner, labels, rows, length, hash);
    const floor = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      floor[row] = floorOfDense(q, row * classes, classes, hard[row], smooth[row], prior);
    }
    return floor;
  };
}

function unchanged(
  scanner: LabelScanner,
  labels: TensorLike,
  rows: number,
  length: number,
  hash: Int32Array,
): ArrayLike<number> {
  const now = new Int32Array(HASH_LENGTH);
  try {
    const { data } = readTensor(labels, "labels");
    if (data.length === length) {
      hashOf(scanner, data, rows, now);
      if (now.every((part, i) => part === hash[i])) return data;
    }
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
  }
  throw new ArgumentError(
    "floor must be read before the labels change, got labels that have changed since the loss was computed; read it right after the call",
  );
}
