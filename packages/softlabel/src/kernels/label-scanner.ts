import type { KernelMemory } from "./kernel-memory.ts";
import { memoryViews } from "./memory-views.ts";

/** Reads label distributions at the speed of memory, before anything is written. */
export interface LabelScanner {
  /**
   * Finds the entries that are not 0, row by row, into `to`; NaN is one.
   *
   * @param labels - q, shape [rows, classes].
   * @returns Whether no row has more than {@link FEW}; if not, `to` holds nothing that counts.
   */
  readonly entries: (labels: Float32Array, rows: number, classes: number, to: Entries) => boolean;
  /**
   * Writes Σ q of each row, and the hash of all of `labels`.
   *
   * @param sums - One per row; NaN where a number is.
   * @returns Whether no number has a sign, as −0 has too.
   */
  readonly sums: (labels: Float32Array, rows: number, classes: number, sums: Float64Array, hash: Int32Array) => boolean;
  /** Numbers that lie in the kernel's memory, as they can be reached now: views are emptied when it grows. */
  readonly floats: (address: number, length: number) => Float32Array;
}

/** Entries that are not 0, one row after another. */
export interface Entries {
  readonly classOf: Int32Array;
  /** Where each row ends in them. */
  readonly ends: Int32Array;
}

/** So many entries a row may be other than 0 for labels to count as sparse: one-hot and mixed ones are. */
export const FEW = 8;
/** How many integers a hash has. */
export const HASH_LENGTH = 4;

/** What assembly/label-rows.ts exports; numbers are addresses. */
export interface LabelFunctions {
  readonly labelEntries: (labels: number, rows: number, classes: number, counts: number, positions: number) => number;
  readonly labelSums: (labels: number, rows: number, classes: number, sums: number, hash: number) => number;
}

/** So many rows are read at a time, for whose results there is room. */
const ROWS = 128;
/** So many numbers of labels that lie elsewhere are copied at a time: a whole number of the blocks of the hash. */
const NUMBERS = 2 ** 14;

/**
 * Reads in the kernel's memory: labels that lie there where they are, others by pieces that are copied in.
 *
 * All that it needs it reserves here, once, since a growing memory would empty the arrays of the call that it serves.
 */
export function createLabelScanner(memory: KernelMemory, { labelEntries, labelSums }: LabelFunctions): LabelScanner {
  const piece = memory.reserve(4 * NUMBERS);
  const results = memory.reserve(Math.max(8 * ROWS, 4 * ROWS * (1 + FEW)));
  const hashAt = memory.reserve(4 * HASH_LENGTH);
  const positions = results + 4 * ROWS;
  const viewsNow = memoryViews(memory);

  /** Visits all labels in pieces that lie in the memory: whole rows, or parts of one that is longer than a piece. */
  function visit(labels: Float32Array, rows: number, classes: number, read: ReadPiece): boolean {
    const own = labels.buffer === memory.buffer;
    const width = own ? classes : Math.min(classes, NUMBERS);
    const height = Math.min(rows, ROWS, own ? ROWS : Math.max(1, Math.floor(NUMBERS / classes)));
    for (let row = 0; row < rows; row += height) {
      const count = Math.min(height, rows - row);
      for (let k = 0; k < classes; k += width) {
        const some = Math.min(width, classes - k);
        const from = row * classes + k;
        if (!own) viewsNow().floats.set(labels.subarray(from, from + count * some), piece / 4);
        if (!read(own ? labels.byteOffset + 4 * from : piece, count, some, row, k)) return false;
      }
    }
    return true;
  }

  return {
    entries(labels, rows, classes, { classOf, ends }) {
      let found = 0;
      return visit(labels, rows, classes, (at, count, width, row, k) => {
        if (!labelEntries(at, count, width, results, positions)) return false;
        const { integers } = viewsNow();
        for (let i = 0; i < count; i++) {
          const start = k === 0 ? found : row > 0 ? ends[row - 1] : 0;
          const more = integers[results / 4 + i];
          if (found + more - start > FEW) return false;
          for (let j = 0; j < more; j++) classOf[found++] = k + integers[positions / 4 + FEW * i + j];
          ends[row + i] = found;
        }
        return true;
      });
    },
    sums(labels, rows, classes, sums, hash) {
      const { doubles, integers } = viewsNow();
      integers.fill(0, hashAt / 4, hashAt / 4 + HASH_LENGTH);
      const positive = visit(labels, rows, classes, (at, count, width, row, k) => {
        const none = labelSums(at, count, width, results, hashAt);
        for (let i = 0; i < count; i++) {
          const sum = doubles[results / 8 + i];
          sums[row + i] = k === 0 ? sum : sums[row + i] + sum;
        }
        return none !== 0;
      });
      for (let i = 0; i < HASH_LENGTH; i++) hash[i] = integers[hashAt / 4 + i];
      return positive;
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
  };
}

/** Reads `rows` rows from `address`, the first of which is the call's `row`, from its class `k` on. */
type ReadPiece = (address: number, rows: number, classes: number, row: number, k: number) => boolean;
