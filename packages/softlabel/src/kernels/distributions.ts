import { SUM_TOLERANCE } from "../core/labels.ts";
import { type Entries, FEW, HASH_LENGTH, type LabelScanner } from "./label-scanner.ts";

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
  /** Of dense labels: the hash of what was given, by which a later change shows. */
  readonly hash: Int32Array;
}

/** Entries that are not 0, row by row, the largest of each row first. */
export interface SparseRows extends Entries {
  readonly values: Float64Array;
  /** z[label] − z[k], with the first entry's class as the label. */
  readonly shifts: Float64Array;
  /** Whether every row is one entry of 1: then the labels are class indices, spelt out. */
  readonly oneHot: boolean;
}

/** Sums are taken in another order than the core's, and of rounded numbers: where that may tell, the core judges. */
const isOne = (sum: number): boolean => Math.abs(sum - 1) <= 0.8 * SUM_TOLERANCE;

/**
 * @param excluded - 1 where a class cannot occur.
 * @returns undefined where a row is no distribution over the classes that can, or float32 cannot say so for sure.
 */
export function readDistributions(
  scanner: LabelScanner,
  given: ArrayLike<number>,
  rows: number,
  classes: number,
  excluded: Uint8Array | undefined,
): Distributions | undefined {
  const data = given instanceof Float32Array ? given : roundedToSingle(given);
  if (data === undefined) return undefined;
  const sums = new Float64Array(rows);
  const hash = new Int32Array(HASH_LENGTH);
  const found = roomFor(rows);
  if (scanner.entries(data, rows, classes, found)) {
    const sparse = readSparse(found, given, classes, excluded, sums);
    return sparse && { given, data, sums, sparse, hash };
  }
  if (!scanner.sums(data, rows, classes, sums, hash)) return undefined;
  for (let row = 0; row < rows; row++) if (!isOne(sums[row])) return undefined;
  if (excluded && meets(data, excluded)) return undefined;
  if (data !== given) hashOf(scanner, given, rows, hash);
  return { given, data, sums, sparse: undefined, hash };
}

/** Hashes the bits of dense labels, which are float32 or float64: integers that sum to 1 are not dense. */
export function hashOf(scanner: LabelScanner, given: ArrayLike<number>, rows: number, hash: Int32Array): void {
  const { buffer, byteOffset, byteLength } = given as Float32Array | Float64Array;
  const bits = new Float32Array(buffer, byteOffset, byteLength / 4);
  scanner.sums(bits, rows, bits.length / rows, new Float64Array(rows), hash);
}

/** @returns undefined where a row is no distribution over the classes that can occur. */
function readSparse(
  { classOf, values, ends, shifts }: Omit<SparseRows, "oneHot">,
  given: ArrayLike<number>,
  classes: number,
  excluded: Uint8Array | undefined,
  sums: Float64Array,
): SparseRows | undefined {
  let oneHot = true;
  for (let row = 0, at = 0; row < ends.length; row++) {
    const first = at;
    let sum = 0;
    let largest = first;
    for (; at < ends[row]; at++) {
      const k = classOf[at];
      const value = given[row * classes + k];
      if (!(value >= 0) || excluded?.[k] === 1) return undefined;
      values[at] = value;
      sum += value;
      if (value > values[largest]) largest = at;
    }
    if (!isOne(sum)) return undefined;
    sums[row] = sum;
    if (sum !== 1 || at - first !== 1) oneHot = false;
    if (largest === first) continue;
    [values[first], values[largest]] = [values[largest], values[first]];
    [classOf[first], classOf[largest]] = [classOf[largest], classOf[first]];
  }
  return { classOf, values, ends, shifts, oneHot };
}

function meets(q: Float32Array, excluded: Uint8Array): boolean {
  for (let k = 0; k < excluded.length; k++) {
    if (excluded[k] === 0) continue;
    for (let at = k; at < q.length; at += excluded.length) if (q[at] !== 0) return true;
  }
  return false;
}

/** Undefined where a share would be rounded to 0: on a logit of −∞ it makes the loss infinite. */
function roundedToSingle(q: ArrayLike<number>): Float32Array | undefined {
  const single = new Float32Array(q);
  for (let i = 0; i < single.length; i++) if (single[i] === 0 && q[i] !== 0) return undefined;
  return single;
}

/** Room for the sparse entries of so many rows, the same as the last time where that were as many. */
function roomFor(rows: number): Omit<SparseRows, "oneHot"> {
  if (room === undefined || room.ends.length !== rows) {
    room = {
      values: new Float64Array(rows * FEW),
      classOf: new Int32Array(rows * FEW),
      shifts: new Float64Array(rows * FEW),
      ends: new Int32Array(rows),
    };
  }
  return room;
}

let room: Omit<SparseRows, "oneHot"> | undefined;
