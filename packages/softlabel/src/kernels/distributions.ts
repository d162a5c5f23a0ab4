import { SUM_TOLERANCE } from "../core/labels.ts";

/** Label distributions that have been checked. */
export interface Distributions {
  /** q as it was given; shape [rows, classes]. */
  readonly given: ArrayLike<number>;
  /** q in float32: the given array itself where it is. */
  readonly data: Float32Array;
  /** Σ q of each row. */
  readonly sums: Float64Array;
  /** The entries of q that are not 0; the next call overwrites them. Undefined where more than a few a row are. */
  readonly sparse: SparseRows | undefined;
}

/** Entries that are not 0, row by row. */
export interface SparseRows {
  readonly values: Float64Array;
  readonly classOf: Int32Array;
  /** Where each row ends in them. */
  readonly ends: Int32Array;
}

/** So many entries a row may be other than 0 for labels to count as sparse: one-hot and mixed ones are. */
const FEW = 8;

/** Sums are taken in another order than the core's, and of rounded numbers: where that may tell, the core judges. */
const isOne = (sum: number): boolean => Math.abs(sum - 1) <= 0.9 * SUM_TOLERANCE;

/**
 * @param excluded - 1 where a class cannot occur.
 * @returns undefined where a row is no distribution over the classes that can, or float32 cannot say so for sure.
 */
export function readDistributions(
  given: ArrayLike<number>,
  rows: number,
  classes: number,
  excluded: Uint8Array | undefined,
): Distributions | undefined {
  const data = given instanceof Float32Array ? given : roundedToSingle(given);
  if (data === undefined) return undefined;
  for (let row = 0; excluded && row < rows; row++) if (meets(data, row * classes, excluded)) return undefined;
  const sparse = sparseRows(rows);
  const sums = new Float64Array(rows);
  const found = readSparse(data, given, classes, sparse, sums);
  if (found === "not sparse") {
    for (let row = 0; row < rows; row++) {
      sums[row] = sumOf(data, row * classes, (row + 1) * classes);
      if (!isOne(sums[row])) return undefined;
    }
  }
  return found === "wrong" ? undefined : { given, data, sums, sparse: found === "sparse" ? sparse : undefined };
}

function readSparse(
  q: Float32Array,
  given: ArrayLike<number>,
  classes: number,
  { values, classOf, ends }: SparseRows,
  sums: Float64Array,
): "sparse" | "not sparse" | "wrong" {
  let count = 0;
  for (let row = 0, at = 0; row < ends.length; row++) {
    const start = at;
    const end = start + classes;
    let sum = 0;
    while (at < end) {
      const after = Math.min(at + 4, end);
      // Most of sparse labels are zeros: four of them are one step.
      if (at + 4 === after && q[at] === 0 && q[at + 1] === 0 && q[at + 2] === 0 && q[at + 3] === 0) at = after;
      for (; at < after; at++) {
        if (q[at] === 0) continue;
        if (count === values.length) return "not sparse";
        if (!(q[at] >= 0)) return "wrong";
        sum += given[at];
        values[count] = given[at];
        classOf[count++] = at - start;
      }
    }
    if (!isOne(sum)) return "wrong";
    sums[row] = sum;
    ends[row] = count;
  }
  return "sparse";
}

/** Σ q from `start` to `end`; NaN if one of them is not ≥ 0. */
function sumOf(q: Float32Array, start: number, end: number): number {
  // Four sums, so that none waits for the addition before.
  let s = 0;
  let t = 0;
  let v = 0;
  let w = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const a = q[at];
    const b = q[at + 1];
    const c = q[at + 2];
    const d = q[at + 3];
    if (!(a >= 0 && b >= 0 && c >= 0 && d >= 0)) return Number.NaN;
    s += a;
    t += b;
    v += c;
    w += d;
  }
  for (; at < end; at++) {
    if (!(q[at] >= 0)) return Number.NaN;
    s += q[at];
  }
  return s + t + v + w;
}

function meets(q: Float32Array, start: number, excluded: Uint8Array): boolean {
  for (let k = 0; k < excluded.length; k++) if (excluded[k] === 1 && q[start + k] !== 0) return true;
  return false;
}

/** Undefined where a share would be rounded to 0: on a logit of −∞ it makes the loss infinite. */
function roundedToSingle(q: ArrayLike<number>): Float32Array | undefined {
  const single = new Float32Array(q);
  for (let i = 0; i < single.length; i++) if (single[i] === 0 && q[i] !== 0) return undefined;
  return single;
}

/** Room for the sparse entries of so many rows, the same as the last time where that were as many. */
function sparseRows(rows: number): SparseRows {
  if (last === undefined || last.ends.length !== rows) {
    last = {
      values: new Float64Array(rows * FEW),
      classOf: new Int32Array(rows * FEW),
      ends: new Int32Array(rows),
    };
  }
  return last;
}

let last: SparseRows | undefined;
