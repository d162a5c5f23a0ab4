import { headline, howSure, why } from "./verdict-choice.ts";
import type { ChooseEvidence } from "./verdict-evidence.ts";
import { howItWasSearched, missingTrials, optimism } from "./verdict-limits.ts";
import { largerEpsilon, longerTraining, nextCommand } from "./verdict-next.ts";
import { onTestRows, testLimits } from "./verdict-test.ts";

/** Looks at the numbers and says a sentence or nothing. */
type Rule = (evidence: ChooseEvidence) => readonly string[];

/** Which ε and how sure, what it gives on the test rows, then what cannot be concluded, then what to do. */
const rules: readonly Rule[] = [
  headline,
  howSure,
  onTestRows,
  testLimits,
  missingTrials,
  largerEpsilon,
  longerTraining,
  howItWasSearched,
  optimism,
  nextCommand,
];

/** What the numbers of a choice carry, in plain sentences, the most important first; at least one. */
export function chooseVerdict(evidence: ChooseEvidence): string[] {
  return rules.flatMap((rule) => rule(evidence));
}

/** Why the chosen ε is chosen, in one sentence of its own. */
export function whyChosen(evidence: ChooseEvidence): string {
  const text = why(evidence);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
