import type { SparseRows } from "./distributions.ts";
import type { LogitRows } from "./read-rows.ts";
import type { RowScratch } from "./row-scratch.ts";

/**
 * Makes the first entry of each row its class label, and keeps z[label] − z[k] of the others: the kernel may write the
 * gradient over the logits.
 */
export function labelByFirst({ data, classes }: LogitRows, sparse: SparseRows, labels: Int32Array): void {
  const { classOf, ends, shifts } = sparse;
  for (let row = 0, at = 0; row < ends.length; row++) {
    labels[row] = classOf[at];
    const z = row * classes;
    for (at++; at < ends[row]; at++) shifts[at] = data[z + labels[row]] - data[z + classOf[at]];
  }
}

/**
 * Adds what the kernel, which knew the first entry of each row only, has left out:
 *
 *     H(q, p) = Σ q[k]·(−log p[label] + z[label] − z[k]),   gradient[k] −= scale·hard·q[k] for k ≠ label
 */
export function addOthers(
  { classOf, values, ends, shifts }: SparseRows,
  { crossEntropy, hard, scale }: RowScratch,
  gradient: Float32Array | undefined,
  classes: number,
): void {
  for (let row = 0, at = 0; row < ends.length; row++) {
    const first = crossEntropy[row];
    let sum = values[at] * first;
    for (at++; at < ends[row]; at++) {
      // From an infinite −log p[label] no other is told apart, nor need it be.
      if (first < Infinity) sum += values[at] * (first + shifts[at]);
      if (gradient && scale[row] !== 0) gradient[row * classes + classOf[at]] -= scale[row] * hard[row] * values[at];
    }
    crossEntropy[row] = scale[row] === 0 ? 0 : sum;
  }
}
