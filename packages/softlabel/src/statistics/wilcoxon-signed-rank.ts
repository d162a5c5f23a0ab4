import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { requireFiniteValues } from "./finite-values.ts";
import { normalCdf } from "./normal.ts";
import { readOptions } from "./read-options.ts";

/** How surprising the ranks of the differences would be if the treatment did nothing. */
export interface WilcoxonSignedRank {
  /** Sum of the ranks of the differences above 0. */
  readonly positiveRankSum: number;
  /** Sum of the ranks of the differences below 0. */
  readonly negativeRankSum: number;
  /** Differences that are not 0. */
  readonly count: number;
  /** Differences that are 0. */
  readonly zeros: number;
  /** Two-sided. */
  readonly p: number;
  /** `"exact"`: all 2^count signs counted; `"normal"`: approximated, with continuity and tie correction. */
  readonly method: "exact" | "normal";
}

/** What becomes of differences that are 0. */
export interface WilcoxonOptions {
  /**
   * `"drop"` (default): they leave before ranking (Wilcoxon 1945). `"pratt"`: they are ranked with the others and then
   * leave, so that many zeros speak against an effect (Pratt 1959).
   */
  readonly zeros?: "drop" | "pratt";
}

/** The table of the exact distribution has n(n + 1) entries: 10,100 of them, a millisecond. */
const mostExact = 100;

/** Magnitudes closer than this share of the largest tie: values of few decimals are told apart only by rounding. */
const tieTolerance = 1e-9;

/**
 * Wilcoxon's signed-rank test of paired differences: are they shifted away from 0?
 *
 *     ranks of |d|, ties share their mean rank;  W = Σ ranks where d > 0
 *     p = min(1, 2·min(P(W* ≥ W), P(W* ≤ W)))        over the 2ⁿ choices of signs, each as likely
 *
 * Exact for up to 100 differences that are not 0, ties included: the distribution of W is counted by dynamic
 * programming over doubled ranks, which are integers. For more the normal approximation:
 *
 *     z = (|W − μ| − ½)/σ,   μ = Σ ranks / 2,   σ² = Σ ranks² / 4
 *
 * It weighs differences by rank, so that one outlier cannot decide. p = 1 if all differences are 0.
 * @param differences - Finite, one at least.
 * @throws {@link ArgumentError} if one is not finite, there is none, or `zeros` is unknown.
 * @example
 * wilcoxonSignedRank([0.012, 0.007, 0.011, -0.002, 0.009, 0.005]).p; // 0.0625
 * @see Wilcoxon 1945, https://doi.org/10.2307/3001968
 * @see Pratt 1959, https://doi.org/10.1080/01621459.1959.10501526
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>, options: WilcoxonOptions = {}): WilcoxonSignedRank {
  requireFiniteValues("differences", differences);
  const { zeros: treatment = "drop" } = readOptions(options);
  if (treatment !== "drop" && treatment !== "pratt") {
    throw new ArgumentError(`zeros must be "drop" or "pratt", got ${describe(treatment)}`);
  }
  const ascending = Array.from(differences).sort((a, b) => Math.abs(a) - Math.abs(b));
  const gap = tieTolerance * Math.abs(ascending[ascending.length - 1]);
  const zeros = ascending.filter((d) => Math.abs(d) <= gap).length;
  const ranked = ascending.slice(zeros);
  const doubledRanks = doubledMidRanks(ranked, gap, treatment === "pratt" ? zeros : 0);
  const count = ranked.length;

  let positive = 0;
  let negative = 0;
  for (let i = 0; i < count; i++) {
    if (ranked[i] > 0) positive += doubledRanks[i];
    else negative += doubledRanks[i];
  }
  const sums = { positiveRankSum: positive / 2, negativeRankSum: negative / 2, count, zeros };
  if (count > mostExact) return { ...sums, p: normalP(doubledRanks, positive), method: "normal" };
  return { ...sums, p: exactP(doubledRanks, Math.min(positive, negative)), method: "exact" };
}

/** Twice the mean rank of each of the ascending magnitudes; ranks start after `before` smaller ones. */
function doubledMidRanks(ascending: readonly number[], gap: number, before: number): number[] {
  const doubled: number[] = [];
  for (let first = 0; first < ascending.length; ) {
    let end = first + 1;
    while (end < ascending.length && Math.abs(ascending[end]) - Math.abs(ascending[end - 1]) <= gap) end++;
    for (let i = first; i < end; i++) doubled.push(2 * before + first + 1 + end);
    first = end;
  }
  return doubled;
}

/** Twice the share of signs whose positive ranks sum to `smaller` at most; symmetric, so either tail will do. */
function exactP(doubledRanks: readonly number[], smaller: number): number {
  const probability = new Float64Array(smaller + 1);
  probability[0] = 1;
  for (const rank of doubledRanks) {
    for (let sum = smaller; sum >= 0; sum--) {
      probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2;
    }
  }
  let tail = 0;
  for (const share of probability) tail += share;
  return Math.min(1, 2 * tail);
}

function normalP(doubledRanks: readonly number[], doubledSum: number): number {
  let mean = 0;
  let variance = 0;
  for (const rank of doubledRanks) {
    mean += rank / 4;
    variance += rank ** 2 / 16;
  }
  const distance = Math.max(0, Math.abs(doubledSum / 2 - mean) - 0.5);
  return Math.min(1, 2 * normalCdf(-distance / Math.sqrt(variance)));
}
