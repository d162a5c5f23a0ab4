import { ArgumentError } from "./argument-error.ts";
import { describe } from "./describe.ts";
import { type Numbers, readTensor } from "./tensor.ts";

/**
 * Reads numbers that are finite, ≥ 0 and ≤ `most`.
 *
 * @throws {@link ArgumentError} naming the first that is not, and where it is.
 */
export function readNonNegative(value: unknown, name: string, most: number): Numbers {
  const range = most === Infinity ? "a finite number ≥ 0" : `a number in [0, ${most}]`;
  if (typeof value !== "number" && (typeof value !== "object" || value === null)) {
    throw new ArgumentError(`${name} must be ${range}, got ${describe(value)}`);
  }
  const numbers = readTensor(value, name);
  for (let i = 0; i < numbers.data.length; i++) {
    const number = numbers.data[i];
    if (number >= 0 && number <= most && number < Infinity) continue;
    const where = numbers.shape.length === 0 ? "" : ` at position ${i}`;
    throw new ArgumentError(`${name} must be ${range}, got ${number}${where}`);
  }
  return numbers;
}
