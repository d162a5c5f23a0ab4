import { ArgumentError } from "./argument-error.ts";
import { describeShape } from "./describe.ts";
import { readNonNegative } from "./non-negative.ts";
import { sizeOf } from "./tensor.ts";

/**
 * Reads a tensor as if it were repeated to `shape`: axes are matched from the last, and an axis that is missing or of
 * length 1 repeats (NumPy's rule).
 *
 * @param most - Largest value that is allowed; the least is 0. `Infinity` allows every finite number.
 * @returns One number per element of `shape`, in row-major order.
 * @throws {@link ArgumentError} if the shapes do not match or a number is out of range.
 */
export function readBroadcast(value: unknown, name: string, shape: readonly number[], most: number): Float64Array {
  const { data, shape: given } = readNonNegative(value, name, most);
  const lead = shape.length - given.length;
  if (lead < 0 || given.some((length, axis) => length !== 1 && length !== shape[lead + axis])) {
    throw new ArgumentError(`${name} must broadcast to ${describeShape(shape)}, got ${describeShape(given)}`);
  }
  const strides = given.map((length, axis) => (length === 1 ? 0 : sizeOf(given.slice(axis + 1))));
  return Float64Array.from({ length: sizeOf(shape) }, (_, element) => {
    let at = 0;
    for (let axis = shape.length - 1, rest = element; axis >= lead; axis--) {
      at += (rest % shape[axis]) * strides[axis - lead];
      rest = Math.floor(rest / shape[axis]);
    }
    return data[at];
  });
}
