import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/**
 * Looks only at lists that can hold anything: a typed array is asked by its first element.
 *
 * @throws {@link ArgumentError} if there is no list, or one is no number: a string, a BigInt, `null`.
 */
export function requireNumbers(name: string, values: ArrayLike<number>): void {
  if (values?.length === undefined) {
    throw new ArgumentError(`${name} must be a list of numbers, got ${describe(values)}`);
  }
  const asked = ArrayBuffer.isView(values) ? Math.min(1, values.length) : values.length;
  for (let i = 0; i < asked; i++) {
    if (typeof values[i] !== "number") {
      throw new ArgumentError(`${name} must be numbers, got ${describe(values[i])} at index ${i}`);
    }
  }
}
