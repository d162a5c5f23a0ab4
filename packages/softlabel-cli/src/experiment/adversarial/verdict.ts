import { hugeBall, limits, maskingChecked, shortTraining, smoothedTwice } from "./verdict-limits.ts";
import { tooFewSeeds } from "./verdict-seeds.ts";
import { hiddenGradients, nothingToCompare, robustnessGained, smoothingChanged } from "./verdict-smoothing.ts";
import { otherStrengths } from "./verdict-strengths.ts";
import { adversarialTraining } from "./verdict-training.ts";
import type { AdversarialEvidence } from "./verdict-words.ts";

/** Looks at the numbers and says a sentence or nothing. */
type Rule = (evidence: AdversarialEvidence) => readonly string[];

/** What smoothing only seems to give, what it gives, then what training gives, then what cannot be concluded. */
const rules: readonly Rule[] = [
  hiddenGradients,
  robustnessGained,
  smoothingChanged,
  otherStrengths,
  nothingToCompare,
  smoothedTwice,
  adversarialTraining,
  maskingChecked,
  tooFewSeeds,
  shortTraining,
  hugeBall,
  limits,
];

/**
 * What the numbers of an adversarial experiment carry, in plain sentences, the most important first.
 *
 * A difference is said to be there only when Holm's p is below 0.05 and the 95 % interval excludes zero. With too few
 * seeds for that, means are told, and that they are no more than that.
 *
 * @param evidence - an experiment's numbers: everything in `results.json` but the verdict itself.
 * @returns At least one sentence; numbers in per cent and percentage points.
 */
export function adversarialVerdict(evidence: AdversarialEvidence): string[] {
  return rules.flatMap((rule) => rule(evidence));
}
