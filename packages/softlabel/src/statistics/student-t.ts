import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { regularizedIncompleteBeta } from "./incomplete-beta.ts";
import { invertTail } from "./invert-tail.ts";
import { requireProbability } from "./require-probability.ts";

/**
 * Cumulative distribution function of Student's t: P(T ≤ t).
 *
 *     P(T ≤ −t) = ½ · I_x(ν/2, ½)        x = ν / (ν + t²), t ≥ 0
 *
 * The lower tail keeps its relative accuracy, so P(T ≥ t) is better asked as P(T ≤ −t). 0 at −∞, 1 at ∞.
 * @param t - Any number but NaN.
 * @param degreesOfFreedom - ν above 0, finite; need not be an integer.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if t is NaN or ν is out of range.
 */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom);
  if (typeof t !== "number" || Number.isNaN(t)) throw new ArgumentError(`t must be a number, got ${describe(t)}`);
  const tail = lowerTail(Math.abs(t), degreesOfFreedom);
  return t > 0 ? 1 - tail : tail;
}

/**
 * Quantile of Student's t: the t with P(T ≤ t) = probability.
 *
 * By bisection, until no float64 lies between the ends. −∞ at 0, ∞ at 1.
 * @param probability - In [0, 1].
 * @param degreesOfFreedom - ν above 0, finite; need not be an integer.
 * @throws {@link ArgumentError} if either is out of range.
 * @example
 * // Half of a 95 % interval over six seeds, in standard errors.
 * studentTQuantile(0.975, 5); // 2.57058183
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom);
  requireProbability(probability);
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -studentTQuantile(1 - probability, degreesOfFreedom);
  if (probability === 0) return -Infinity;
  return -invertTail((t) => lowerTail(t, degreesOfFreedom), probability);
}

/** P(T ≤ −t) for t ≥ 0. */
function lowerTail(t: number, degreesOfFreedom: number): number {
  // (t/√ν)² first: t² alone would overflow where x does not yet vanish.
  const square = (t / Math.sqrt(degreesOfFreedom)) ** 2;
  return 0.5 * regularizedIncompleteBeta(1 / (1 + square), degreesOfFreedom / 2, 0.5, square / (1 + square));
}

/** @throws {@link ArgumentError} if ν is not finite and above 0. */
export function requireDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(typeof degreesOfFreedom === "number" && degreesOfFreedom > 0 && degreesOfFreedom < Infinity)) {
    throw new ArgumentError(`degreesOfFreedom must be finite and above 0, got ${describe(degreesOfFreedom)}`);
  }
}
