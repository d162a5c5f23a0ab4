import { ArgumentError } from "../core/argument-error.ts";
import { requireFiniteValues } from "./finite-values.ts";

/** How surprising the differences would be if the treatment did nothing. */
export interface SignFlipTest {
  /** Two-sided, exact. */
  readonly p: number;
  /** The least p that so many differences can give, 2¹⁻ⁿ: with 5 it is 0.0625, so nothing reaches 0.05. */
  readonly smallestP: number;
}

/** 2²⁰ sums for each half of the differences: a few hundred milliseconds and 16 MB. */
const mostDifferences = 40;

/**
 * Sums closer than this share of Σ |dᵢ| tie, and ties count against the treatment.
 *
 * A tie between values of few decimals (accuracies are multiples of 1/rows) is broken by their rounding: by at most
 * 2⁻⁵² · |value| / |d| of the sum, 2e-12 for values of 1 that differ by 1e-4. Values that differ by 1e-9 of the whole
 * are no evidence, and a tie taken for one in error can only raise p.
 */
const tieTolerance = 1e-9;

/**
 * Exact sign-flip test of paired differences: is their mean farther from 0 than chance would put it?
 *
 *     p = share of the 2ⁿ choices of signs with |Σ ±dᵢ| ≥ |Σ dᵢ|
 *
 * If the treatment did nothing, each difference were as likely to have the other sign. Nothing is assumed of their
 * distribution but that symmetry. All choices are counted, not sampled: the sums of either half of the differences are
 * sorted and matched (Horowitz and Sahni 1974), so that the work grows as 2^(n/2). 1 if all differences are 0.
 * @param differences - Finite; 1 to 40 of them.
 * @throws {@link ArgumentError} if one is not finite, or there are none or more than 40.
 * @example
 * signFlipTest([0.012, 0.007, 0.011, 0.012, 0.007, 0.011]).p; // 0.03125
 * @see Fisher 1935, The Design of Experiments, §21
 */
export function signFlipTest(differences: ArrayLike<number>): SignFlipTest {
  requireFiniteValues("differences", differences);
  const n = differences.length;
  if (n > mostDifferences) {
    throw new ArgumentError(`differences must be at most ${mostDifferences} for the exact test, got ${n}`);
  }
  const d = Array.from(differences);
  const observed = Math.abs(d.reduce((sum, x) => sum + x, 0));
  const total = d.reduce((sum, x) => sum + Math.abs(x), 0);
  const bound = observed - tieTolerance * total;
  const smallestP = 2 ** (1 - n);
  if (bound <= 0) return { p: 1, smallestP };

  const half = Math.floor(n / 2);
  const left = signedSums(d.slice(0, half));
  const right = signedSums(d.slice(half));
  // Every sum has its mirror image, so those ≥ bound are half of the answer. As the left sum rises, more of the right
  // ones reach the bound with it.
  let reached = 0;
  let from = right.length;
  for (const sum of left) {
    while (from > 0 && sum + right[from - 1] >= bound) from--;
    reached += right.length - from;
  }
  return { p: (2 * reached) / 2 ** n, smallestP };
}

/** Σ ±dᵢ for all choices of signs, ascending. */
function signedSums(d: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** d.length);
  let count = 1;
  for (const x of d) {
    for (let i = 0; i < count; i++) {
      sums[count + i] = sums[i] - x;
      sums[i] += x;
    }
    count *= 2;
  }
  return sums.sort();
}
