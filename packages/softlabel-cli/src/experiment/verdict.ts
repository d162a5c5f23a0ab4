import type { Results } from "./results.ts";
import {
  accuracyChanged,
  noDifferenceShown,
  notShown,
  oneSeed,
  probabilitiesChanged,
  selectiveClassificationChanged,
  tooFewSeeds,
} from "./verdict-changes.ts";
import { overConfident, temperatureNotFitted, underConfident } from "./verdict-confidence.ts";
import type { Evidence } from "./verdict-evidence.ts";
import { limits, nothingToCompare, stillImproving } from "./verdict-limits.ts";
import { missingResults } from "./verdict-missing.ts";
import { temperatureScalingRival } from "./verdict-rival.ts";

/** Looks at the numbers and says a sentence or nothing. */
type Rule = (evidence: Evidence) => readonly string[];

/** What got better or worse first, then why, then what cannot be concluded. */
const rules: readonly Rule[] = [
  nothingToCompare,
  oneSeed,
  tooFewSeeds,
  noDifferenceShown,
  accuracyChanged,
  probabilitiesChanged,
  temperatureScalingRival,
  underConfident,
  overConfident,
  temperatureNotFitted,
  selectiveClassificationChanged,
  notShown,
  limits,
  stillImproving,
];

/**
 * What the numbers of an experiment carry, in plain sentences, the most important first.
 *
 * A difference is said to be there only when Holm's p is below 0.05 and the 95 % interval excludes zero; every
 * sentence belongs to one rule that says when it may be spoken.
 *
 * @param results - an experiment's numbers: everything in `results.json` but the verdict itself.
 * @returns At least one sentence; numbers in percentage points, nats, or the metric's own unit.
 */
export function verdict(results: Omit<Results, "verdict">): string[] {
  const [headline, ...others] = rules.flatMap((rule) => rule(results));
  // What the headline stands on comes next to it.
  return headline === undefined ? missingResults(results) : [headline, ...missingResults(results), ...others];
}
