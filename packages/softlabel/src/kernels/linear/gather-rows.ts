import type { Tensor } from "../../core/tensor.ts";

/**
 * Some rows of a matrix, without a copy where they follow each other in a typed array.
 *
 * @param size - How many numbers a row has.
 * @param rows - Rising.
 */
export function gatherRows(data: ArrayLike<number>, size: number, rows: Int32Array): Tensor {
  const shape = [rows.length, size];
  const [first] = rows;
  if (rows.length > 0 && rows[rows.length - 1] - first === rows.length - 1 && hasViews(data)) {
    return { data: data.subarray(first * size, (first + rows.length) * size), shape };
  }
  const gathered =
    data instanceof Float32Array ? new Float32Array(rows.length * size) : new Float64Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0, from = rows[i] * size, to = i * size; k < size; k++) gathered[to + k] = data[from + k];
  }
  return { data: gathered, shape };
}

const hasViews = (data: ArrayLike<number>): data is Float64Array => ArrayBuffer.isView(data);
