import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { regularizedIncompleteBeta } from "./incomplete-beta.ts";
import { requireProbability } from "./require-probability.ts";

/**
 * Cumulative distribution function of the beta distribution: P(X ≤ x) = I_x(a, b).
 *
 * @param x - In [0, 1].
 * @param a - Above 0, finite.
 * @param b - Above 0, finite.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if one is out of range.
 */
export function betaCdf(x: number, a: number, b: number): number {
  requireShapes(a, b);
  if (!(typeof x === "number" && x >= 0 && x <= 1)) throw new ArgumentError(`x must be in [0, 1], got ${describe(x)}`);
  return regularizedIncompleteBeta(x, a, b);
}

/**
 * Quantile of the beta distribution: the x with P(X ≤ x) = probability.
 *
 * By bisection, until no float64 lies between the ends. 0 at 0, 1 at 1. The exact interval of a share k of n (Clopper
 * and Pearson 1934) lies between the quantiles of Beta(k, n − k + 1) and Beta(k + 1, n − k).
 * @param probability - In [0, 1].
 * @param a - Above 0, finite.
 * @param b - Above 0, finite.
 * @throws {@link ArgumentError} if one is out of range.
 * @example
 * betaQuantile(0.025, 9, 2); // 0.55498387
 */
export function betaQuantile(probability: number, a: number, b: number): number {
  requireShapes(a, b);
  requireProbability(probability);
  if (probability === 0 || probability === 1) return probability;
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (regularizedIncompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}

function requireShapes(a: number, b: number): void {
  if (!(typeof a === "number" && a > 0 && a < Infinity))
    throw new ArgumentError(`a must be finite and above 0, got ${describe(a)}`);
  if (!(typeof b === "number" && b > 0 && b < Infinity))
    throw new ArgumentError(`b must be finite and above 0, got ${describe(b)}`);
}
