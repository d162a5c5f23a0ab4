import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { regularizedIncompleteGamma } from "./incomplete-gamma.ts";
import { invertTail } from "./invert-tail.ts";
import { requireProbability } from "./require-probability.ts";
import { requireDegreesOfFreedom } from "./student-t.ts";

/**
 * Cumulative distribution function of χ²: P(X ≤ x) = P(ν/2, x/2), the lower incomplete gamma function.
 *
 * @param x - At least 0; ∞ is allowed.
 * @param degreesOfFreedom - ν above 0, finite; need not be an integer.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if x or ν is out of range.
 */
export function chiSquaredCdf(x: number, degreesOfFreedom: number): number {
  return tailsAt(x, degreesOfFreedom).lower;
}

/**
 * Upper tail of χ²: P(X > x), the p value of a statistic; with relative accuracy where it is small.
 *
 * @param x - At least 0; ∞ is allowed.
 * @param degreesOfFreedom - ν above 0, finite; need not be an integer.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if x or ν is out of range.
 */
export function chiSquaredSurvival(x: number, degreesOfFreedom: number): number {
  return tailsAt(x, degreesOfFreedom).upper;
}

/**
 * Quantile of χ²: the x with P(X ≤ x) = probability.
 *
 * By bisection, until no float64 lies between the ends. 0 at 0, ∞ at 1.
 * @param probability - In [0, 1].
 * @param degreesOfFreedom - ν above 0, finite; need not be an integer.
 * @throws {@link ArgumentError} if either is out of range.
 * @example
 * chiSquaredQuantile(0.95, 1); // 3.84145882
 */
export function chiSquaredQuantile(probability: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom);
  requireProbability(probability);
  if (probability === 0) return 0;
  if (probability === 1) return Infinity;
  // Each half asks for the tail that keeps its digits.
  const shortOf = (x: number): number => {
    const { lower, upper } = tailsAt(x, degreesOfFreedom);
    return probability < 0.5 ? probability - lower : upper - (1 - probability);
  };
  return invertTail(shortOf, 0);
}

function tailsAt(x: number, degreesOfFreedom: number): { readonly lower: number; readonly upper: number } {
  requireDegreesOfFreedom(degreesOfFreedom);
  if (!(typeof x === "number" && x >= 0)) throw new ArgumentError(`x must be at least 0, got ${describe(x)}`);
  return regularizedIncompleteGamma(degreesOfFreedom / 2, x / 2);
}
