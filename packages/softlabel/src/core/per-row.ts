import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import { readTensor, sameShape, sizeOf } from "./tensor.ts";

/**
 * Reads one number per row: a single number for all, the rows' shape with or without the class axis kept as 1, or a
 * flat list in row order.
 *
 * @throws {@link ArgumentError} if the shape fits none of these, or a number is not in [0, `most`].
 */
export function readPerRow(
  value: unknown,
  name: string,
  { rows, rowShape, axis }: ClassAxis,
  most: number,
): Float64Array {
  const { data, shape } = readTensor(value, name);
  const kept = [...rowShape.slice(0, axis), 1, ...rowShape.slice(axis)];
  if (sizeOf(shape) !== 1 && ![rowShape, kept, [rows]].some((fits) => sameShape(shape, fits))) {
    const wanted = `one number per row, shape ${describeShape(rowShape)}`;
    throw new ArgumentError(`${name} must be a number or ${wanted}, got ${describeShape(shape)}`);
  }
  const range = most === Infinity ? "a finite number ≥ 0" : `a number in [0, ${most}]`;
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] >= 0 && data[i] <= most && data[i] < Infinity)) {
      const where = shape.length === 0 ? "" : ` at row ${i}`;
      throw new ArgumentError(`${name} must be ${range}, got ${data[i]}${where}`);
    }
  }
  return data.length === rows ? Float64Array.from(data) : new Float64Array(rows).fill(data[0]);
}
