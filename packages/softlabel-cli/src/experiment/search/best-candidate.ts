import type { ArmParameters, Trial } from "../trials.ts";

/** One candidate's training under one ε, as it ended. */
export interface TunedTrial {
  readonly epsilon: number;
  /** Its place among the candidates, from 0. */
  readonly candidate: number;
  readonly parameters: ArmParameters;
  readonly trial: Trial;
  readonly fate: TuningFate;
}

export type TuningFate =
  | { readonly kind: "finished" | "failed" }
  /** After which epoch, by what value, and at which rung, from 0. A trial may have trained on until that was known. */
  | { readonly kind: "stopped"; readonly epoch: number; readonly rung: number; readonly value: number };

/** The candidate that an ε goes on with. */
export interface BestCandidate extends TunedTrial {
  /** Of its validation predictions; `null` for one that was stopped early. */
  readonly score: number | null;
}

/**
 * The best candidate of each ε: of those trained to their end the one of the lowest score, the earlier of equals.
 *
 * Only where there is none, one that was stopped: the one that came furthest, there the one of the better value.
 * @param score - asked of whole trainings only; lower is better, and what is not finite does not win.
 * @returns by ε, in the order in which they come; `null` where every candidate failed or diverged.
 */
export function bestCandidatePerEpsilon(
  tuned: readonly TunedTrial[],
  score: (tuned: TunedTrial) => number,
  better: "lower" | "higher",
): ReadonlyMap<number, BestCandidate | null> {
  const best = new Map<number, BestCandidate | null>();
  for (const one of tuned) {
    const rival = best.get(one.epsilon) ?? null;
    const scored = withScore(one, score);
    best.set(one.epsilon, scored !== null && (rival === null || beats(scored, rival, better)) ? scored : rival);
  }
  return best;
}

function withScore(tuned: TunedTrial, score: (tuned: TunedTrial) => number): BestCandidate | null {
  if (tuned.fate.kind === "failed") return null;
  if (tuned.fate.kind === "stopped") return Number.isFinite(tuned.fate.value) ? { ...tuned, score: null } : null;
  const value = score(tuned);
  return Number.isFinite(value) ? { ...tuned, score: value } : null;
}

function beats(one: BestCandidate, rival: BestCandidate, better: "lower" | "higher"): boolean {
  if (one.score !== null || rival.score !== null) return (one.score ?? Infinity) < (rival.score ?? Infinity);
  if (one.fate.kind !== "stopped" || rival.fate.kind !== "stopped") return false;
  if (one.fate.rung !== rival.fate.rung) return one.fate.rung > rival.fate.rung;
  return better === "lower" ? one.fate.value < rival.fate.value : one.fate.value > rival.fate.value;
}
