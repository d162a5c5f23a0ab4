import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { regularizedIncompleteBeta } from "../../statistics/incomplete-beta.ts";
import { requireNumbers } from "../../statistics/require-numbers.ts";

/** The rows on which two classifiers disagree about being right. */
export interface McNemarTest {
  /** Rows that only the baseline has right. */
  readonly onlyBaseline: number;
  /** Rows that only the treatment has right. */
  readonly onlyTreatment: number;
  /** Two-sided, exact. */
  readonly p: number;
}

/**
 * McNemar's exact test: do two classifiers differ in accuracy on the same rows?
 *
 *     p = min(1, 2·P(X ≤ min(b, c))),   X ~ Binomial(b + c, ½)
 *
 * b and c are the rows that only one has right; the others say nothing of the difference. 1 if there are none.
 * @param pair.baseline - 1 where the baseline is right, else 0; one per row.
 * @param pair.treatment - The same of the treatment, in the same order.
 * @throws {@link ArgumentError} if the lists do not match or hold anything but 0 and 1.
 * @example
 * mcnemarTest({ baseline: [1, 0, 0, 1, 0, 0, 0], treatment: [1, 1, 1, 0, 1, 1, 1] }).p; // 0.21875
 * @see McNemar 1947, https://doi.org/10.1007/BF02295996
 */
export function mcnemarTest(pair: {
  readonly baseline: ArrayLike<number>;
  readonly treatment: ArrayLike<number>;
}): McNemarTest {
  const { baseline, treatment } = pair;
  requireNumbers("baseline", baseline);
  requireNumbers("treatment", treatment);
  if (treatment.length !== baseline.length) {
    throw new ArgumentError(`treatment must be ${baseline.length}, one per row of baseline, got ${treatment.length}`);
  }
  let onlyBaseline = 0;
  let onlyTreatment = 0;
  for (let row = 0; row < baseline.length; row++) {
    requireBit("baseline", baseline[row], row);
    requireBit("treatment", treatment[row], row);
    if (baseline[row] > treatment[row]) onlyBaseline++;
    else if (baseline[row] < treatment[row]) onlyTreatment++;
  }
  const smaller = Math.min(onlyBaseline, onlyTreatment);
  const larger = Math.max(onlyBaseline, onlyTreatment);
  // P(X ≤ k) of n at ½ is I_½(n − k, k + 1).
  const p = smaller === larger ? 1 : Math.min(1, 2 * regularizedIncompleteBeta(0.5, larger, smaller + 1));
  return { onlyBaseline, onlyTreatment, p };
}

function requireBit(name: string, value: number, row: number): void {
  if (value !== 0 && value !== 1)
    throw new ArgumentError(`${name} must be 0 or 1, got ${describe(value)} at row ${row}`);
}
