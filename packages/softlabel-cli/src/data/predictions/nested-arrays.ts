import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";

/**
 * Nested lists of numbers as one array; undefined where something in them is no number. `null` is NaN, as libraries
 * write it where JSON has no word.
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} where lists at one depth differ in length.
 */
export function arrayOfNested(value: unknown, name: string): NpyArray | undefined {
  const shape: number[] = [];
  for (let at = value; isList(at); at = at[0]) {
    shape.push(at.length);
    if (at.length === 0 || shape.length > 8) break;
  }
  const data = new Float64Array(shape.reduce((product, n) => product * n, 1));
  let count = 0;
  const fill = (at: unknown, depth: number): boolean => {
    if (depth === shape.length) {
      const number = typeof at === "boolean" || typeof at === "bigint" ? Number(at) : at === null ? Number.NaN : at;
      if (typeof number !== "number") return false;
      data[count++] = number;
      return true;
    }
    if (!isList(at)) return false;
    if (at.length !== shape[depth]) {
      throw new DataError(`${name} must be lists of one length, got ${shape[depth]} and ${at.length}`);
    }
    for (let i = 0; i < at.length; i++) if (!fill(at[i], depth + 1)) return false;
    return true;
  };
  return fill(value, 0) ? { data, shape } : undefined;
}

/** Plain lists and the typed arrays in which readers give lists of numbers. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
