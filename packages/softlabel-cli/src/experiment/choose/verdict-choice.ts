import { formatEpsilon, formatNumber } from "../verdict-metrics.ts";
import { counted } from "../verdict-wording.ts";
import {
  type ChooseEvidence,
  isAfterTemperature,
  lossDifference,
  namedEpsilons,
  objectiveName,
  objectiveValue,
  seedCount,
} from "./verdict-evidence.ts";

/** Which ε, and why; "0" is said as plainly as any other, with the remedy that it leaves room for. */
export function headline(evidence: ChooseEvidence): string[] {
  const { chosen, arms } = evidence;
  if (arms.length === 1) {
    return [
      "Only ε = 0 could be judged, so there was nothing to choose; --epsilon 0,0.05,0.1 tries arms with label smoothing.",
    ];
  }
  if (seedCount(evidence) === 1) {
    return [
      `One seed cannot choose ε; on the one that was trained the best is ${answer(evidence)}, where its ${objectiveName(evidence)} on ` +
        `the validation rows is ${objectiveValue(evidence, chosen.epsilon)}${chosen.epsilon === 0 ? "" : `, against ${objectiveValue(evidence, 0)} at ε = 0`}.`,
    ];
  }
  const lead =
    chosen.epsilon === 0 ? `Leave label smoothing out and take ${answer(evidence)}` : `Take ${answer(evidence)}`;
  return [`${lead}: ${why(evidence)}.`];
}

/** Completes a sentence after a colon. */
export function why(evidence: ChooseEvidence): string {
  const { chosen, arms } = evidence;
  const name = objectiveName(evidence);
  if (arms.length === 1) return "no other ε has a result";
  if (seedCount(evidence) === 1)
    return `its ${name} on the validation rows is the best of one seed, which may be chance`;
  const best = objectiveValue(evidence, chosen.best);
  if (chosen.epsilon !== chosen.best) {
    return (
      `it is the smallest ε whose ${name} on the validation rows is within one standard error of the best, ${best} at ` +
      `ε = ${formatEpsilon(chosen.best)}`
    );
  }
  const smaller = chosen.epsilon === 0 ? "" : ", and no smaller ε comes within one standard error of it";
  return `its ${name} on the validation rows, ${best}, is the best${smaller}`;
}

/** Which ε the seeds cannot tell from the best, or how far behind the next one is. */
export function howSure(evidence: ChooseEvidence): string[] {
  const { chosen, arms } = evidence;
  const seeds = seedCount(evidence);
  if (arms.length === 1 || seeds === 1) return [];
  if (chosen.within.length === arms.length) {
    return [
      `All ${arms.length} ε lie within one standard error of the best: ${counted(seeds, "seed")} cannot tell any of them apart.`,
    ];
  }
  if (chosen.within.length > 1) {
    return [
      `Within one standard error of the best lie ${namedEpsilons(chosen.within)}: ${counted(seeds, "seed")} cannot tell ` +
        `these apart, and of what cannot be told apart the rule takes the smallest ε.`,
    ];
  }
  const behind = arms
    .filter(({ epsilon, fromBest }) => epsilon !== chosen.best && Number.isFinite(fromBest.mean))
    .toSorted((a, b) => a.fromBest.mean - b.fromBest.mean)[0];
  if (behind === undefined) return [];
  const { mean, standardError } = behind.fromBest;
  return [
    `No other ε lies within one standard error of it; the next best, ε = ${formatEpsilon(behind.epsilon)}, is ` +
      `${lossDifference(evidence, mean)} behind${inErrors(mean, standardError)}.`,
  ];
}

/** Below this many standard errors a distance is nothing that chance does not often give. */
const clearlyApart = 2;

function inErrors(mean: number, standardError: number | null): string {
  if (standardError === null || standardError === 0) return "";
  const errors = mean / standardError;
  const caution = errors < clearlyApart ? ", which chance alone often gives" : "";
  return `, ${formatNumber(errors, 1)} standard errors${caution}`;
}

function answer(evidence: ChooseEvidence): string {
  const { epsilon } = evidence.chosen;
  return `ε = ${formatEpsilon(epsilon)}${epsilon === 0 && isAfterTemperature(evidence) ? " with temperature scaling" : ""}`;
}
