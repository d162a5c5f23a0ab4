import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/** @throws {@link ArgumentError} if the argument of a quantile is not in [0, 1]. */
export function requireProbability(probability: number): void {
  if (!(typeof probability === "number" && probability >= 0 && probability <= 1)) {
    throw new ArgumentError(`probability must be in [0, 1], got ${describe(probability)}`);
  }
}
