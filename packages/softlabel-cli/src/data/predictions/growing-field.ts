import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import type { Contents } from "./contents.ts";
import { type GrowingColumn, growingColumn } from "./growing-column.ts";
import { isList } from "./nested-arrays.ts";

/** A field of a table's records while they arrive: a column of numbers or words, or, of lists, a matrix. */
export interface GrowingField {
  readonly push: (value: unknown, row: number) => void;
  readonly finish: () => NpyArray | readonly string[];
}

type Floats = Float32Array | Float64Array;

/** A matrix while its rows, lists of numbers of one length, arrive. */
interface GrowingMatrix {
  readonly width: number;
  data: Floats;
  rows: number;
}

/**
 * Gathers the values of one field.
 *
 * @param field - what it is called.
 * @param name - what an error calls the file.
 * @param single - lists hold floats of 32 bits.
 */
export function growingField(field: string, name: string, single = false): GrowingField {
  let column: GrowingColumn | undefined;
  let matrix: GrowingMatrix | undefined;
  return {
    push(value, row) {
      if (isList(value)) {
        if (column) throw new DataError(`${name} must have no lists in ${field}, got one at record ${row}`);
        matrix ??= { width: value.length, data: floats(64 * value.length, single), rows: 0 };
        pushRow(matrix, value, row);
      } else {
        if (matrix) throw new DataError(`${name} must have a list in each ${field}, got none at record ${row}`);
        column ??= growingColumn(field);
        column.push(value);
      }
    },
    finish() {
      if (matrix) {
        const { data, rows, width } = matrix;
        return { data: data.length === rows * width ? data : data.slice(0, rows * width), shape: [rows, width] };
      }
      const finished = column?.finish() ?? { numbers: new Float64Array(0) };
      return "words" in finished ? finished.words : { data: finished.numbers, shape: [finished.numbers.length] };
    },
  };

  function pushRow(to: GrowingMatrix, values: ArrayLike<unknown>, row: number): void {
    if (values.length !== to.width) {
      throw new DataError(
        `${name} must have lists of one length in ${field}, got ${values.length} at record ${row} after ${to.width}`,
      );
    }
    if (to.data.length < (to.rows + 1) * to.width) {
      const larger = floats(2 * to.data.length, single);
      larger.set(to.data);
      to.data = larger;
    }
    const start = to.rows++ * to.width;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const number = typeof value === "number" ? value : numberIn(value);
      if (number === undefined) {
        throw new DataError(`${name} must have numbers in ${field}, got ${shown(value)} at record ${row}`);
      }
      to.data[start + i] = number;
    }
  }
}

/** Fields as contents, in their order. */
export function contentsOfFields(fields: Iterable<readonly [string, GrowingField]>): Contents {
  const arrays = new Map<string, NpyArray>();
  const words = new Map<string, readonly string[]>();
  for (const [key, field] of fields) {
    const finished = field.finish();
    if ("shape" in finished) arrays.set(key, finished);
    else words.set(key, finished);
  }
  return { arrays, words };
}

const floats = (length: number, single: boolean): Floats =>
  single ? new Float32Array(length) : new Float64Array(length);

/** `null` is NaN, as libraries write it where JSON has no word. */
function numberIn(value: unknown): number | undefined {
  if (value === null) return Number.NaN;
  return typeof value === "boolean" || typeof value === "bigint" ? Number(value) : undefined;
}

const shown = (value: unknown): string =>
  isList(value) ? "a list" : (JSON.stringify(value) ?? "nothing").slice(0, 60);
