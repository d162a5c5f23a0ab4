import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { regularizedIncompleteGamma } from "./incomplete-gamma.ts";
import { invertTail } from "./invert-tail.ts";
import { requireProbability } from "./require-probability.ts";

/**
 * Cumulative distribution function of the standard normal: Φ(z) = P(Z ≤ z).
 *
 *     Φ(−z) = ½ · Q(½, z²/2)        z ≥ 0, Q the upper incomplete gamma function
 *
 * The lower tail keeps its relative accuracy (to 1e-13 at z = −37), so P(Z ≥ z) is better asked as Φ(−z).
 * @param z - Any number but NaN; 0 at −∞, 1 at ∞.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if z is NaN.
 */
export function normalCdf(z: number): number {
  if (typeof z !== "number" || Number.isNaN(z)) throw new ArgumentError(`z must be a number, got ${describe(z)}`);
  const tail = lowerTail(Math.abs(z));
  return z > 0 ? 1 - tail : tail;
}

/**
 * Quantile of the standard normal: the z with Φ(z) = probability.
 *
 * By bisection, until no float64 lies between the ends. −∞ at 0, ∞ at 1.
 * @param probability - In [0, 1].
 * @throws {@link ArgumentError} if it is out of range.
 * @example
 * normalQuantile(0.975); // 1.95996398
 */
export function normalQuantile(probability: number): number {
  requireProbability(probability);
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  return probability === 0 ? -Infinity : -invertTail(lowerTail, probability);
}

/** Φ(−z) for z ≥ 0. */
function lowerTail(z: number): number {
  return regularizedIncompleteGamma(0.5, (z * z) / 2).upper / 2;
}
