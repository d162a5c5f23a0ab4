import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";

/**
 * What a metric gave; a test cannot count what is not defined, as AUROC of rows that are all right.
 *
 * @throws {@link ArgumentError} if it is no number.
 */
export function requireValue(value: number | null): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new ArgumentError(`metric must give a number for all rows and every draw of them, got ${describe(value)}`);
}
