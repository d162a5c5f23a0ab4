import { summarize } from "softlabel/statistics";

/** One ε and the loss of each of its seeds; every candidate has the same seeds in the same order. */
export interface Candidate {
  readonly epsilon: number;
  /** Finite; lower is better. */
  readonly losses: readonly number[];
}

/** Where a candidate stands against the best one. */
export interface Standing {
  /** Mean over seeds of its loss less the best candidate's with the same seed; 0 for the best itself. */
  readonly difference: number;
  /** Of that mean; `null` with one seed, and for the best itself 0. */
  readonly standardError: number | null;
  /** Whether the difference is at most one standard error. */
  readonly within: boolean;
}

/** What the rule says of its candidates; places are those of the candidates. */
export interface Choice {
  /** The lowest mean loss; of equal ones the smallest ε. */
  readonly best: number;
  /** The smallest ε within one standard error of the best. */
  readonly chosen: number;
  readonly standings: readonly Standing[];
}

/**
 * The one-standard-error rule on pairs: the smallest ε whose loss is on average within one standard error of the best's.
 *
 *     dₛ = loss(ε, s) − loss(best, s)        within:  mean d ≤ sd(d)/√n        n seeds
 *
 * Breiman's rule takes the standard error of the best mean itself. Seeds share initial weights, rows and order across
 * ε, and what they share, an easy or a hard split, moves all candidates alike: it says nothing of which ε is better, and
 * leaves the differences.
 *
 * With one seed there is no standard error, and the best is chosen.
 * @param candidates - ascending ε; one at least.
 * @see Breiman, Friedman, Olshen and Stone 1984, Classification and Regression Trees, §3.4.3
 */
export function chooseByOneStandardError(candidates: readonly Candidate[]): Choice {
  const means = candidates.map(({ losses }) => summarize(losses).mean);
  const best = means.indexOf(Math.min(...means));
  const standings = candidates.map((candidate) => standingOf(candidate, candidates[best]));
  return { best, chosen: standings.findIndex(({ within }) => within), standings };
}

function standingOf(candidate: Candidate, best: Candidate): Standing {
  if (candidate === best) return { difference: 0, standardError: 0, within: true };
  const differences = candidate.losses.map((loss, seed) => loss - best.losses[seed]);
  const { mean, sd, count } = summarize(differences);
  if (sd === null) return { difference: mean, standardError: null, within: false };
  const standardError = sd / Math.sqrt(count);
  return { difference: mean, standardError, within: mean <= standardError };
}
