import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/** @throws {@link ArgumentError} if there is no value, or one is not finite. */
export function requireFiniteValues(name: string, values: ArrayLike<number>): void {
  if (values?.length === undefined)
    throw new ArgumentError(`${name} must be a list of numbers, got ${describe(values)}`);
  if (values.length === 0) throw new ArgumentError(`${name} must have at least one value, got 0`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new ArgumentError(`${name} must be finite, got ${describe(values[i])} at index ${i}`);
    }
  }
}
