import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import { readNonNegative } from "./non-negative.ts";
import { sameShape } from "./tensor.ts";

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
  const { data, shape } = readNonNegative(value, name, most);
  const kept = [...rowShape.slice(0, axis), 1, ...rowShape.slice(axis)];
  if (shape.length > 0 && ![rowShape, kept, [rows]].some((fits) => sameShape(shape, fits))) {
    const wanted = `one number per row, shape ${describeShape(rowShape)}`;
    throw new ArgumentError(`${name} must be a number or ${wanted}, got ${describeShape(shape)}`);
  }
  return shape.length > 0 ? new Float64Array(data) : new Float64Array(rows).fill(data[0]);
}
