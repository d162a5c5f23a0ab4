import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/**
 * p values after Holm's correction for having asked several questions at once.
 *
 *     adjusted(i) = max over j ≤ i of min(1, (m − j + 1) · p(j))        p(1) ≤ … ≤ p(m)
 *
 * To reject where the adjusted p is at most α keeps the chance of any false rejection at most α, however the tests
 * depend on one another; never less powerful than Bonferroni's m · p.
 * @param pValues - Each in [0, 1]; there may be none.
 * @returns In the order of `pValues`, each at least as large as it was.
 * @throws {@link ArgumentError} if a p value is out of range.
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 * @see Holm 1979, https://www.jstor.org/stable/4615733
 */
export function holm(pValues: ArrayLike<number>): number[] {
  const m = pValues?.length;
  if (m === undefined) throw new ArgumentError(`pValues must be a list of numbers, got ${describe(pValues)}`);
  for (let i = 0; i < m; i++) {
    if (!(typeof pValues[i] === "number" && pValues[i] >= 0 && pValues[i] <= 1)) {
      throw new ArgumentError(`pValues must be in [0, 1], got ${describe(pValues[i])} at index ${i}`);
    }
  }
  const ascending = Array.from({ length: m }, (_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(m);
  let largest = 0;
  for (const [rank, i] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (m - rank) * pValues[i]));
    adjusted[i] = largest;
  }
  return adjusted;
}
