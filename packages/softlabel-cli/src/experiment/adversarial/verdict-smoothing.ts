import { isShown } from "../verdict-evidence.ts";
import { formatEpsilon } from "../verdict-metrics.ts";
import { counted } from "../verdict-wording.ts";
import { type ComparedArms, type Condition, conditions, contradicts, saysMore, stronger } from "./compare-smoothing.ts";
import type { SmoothingComparison } from "./results.ts";
import { seedsSuffice, testCount } from "./verdict-seeds.ts";
import {
  type AdversarialEvidence,
  accuracyOf,
  armOf,
  ballInWords,
  changeInWords,
  conditionsInWords,
  trainingInWords,
  whereInWords,
} from "./verdict-words.ts";

/** No two ε that could be compared. */
export function nothingToCompare({ comparisons, experiment }: AdversarialEvidence): string[] {
  if (comparisons.length > 0) return [];
  const only = experiment.labelSmoothings.includes(0) ? "Only ε = 0 was trained" : "ε = 0 was not trained";
  return [`${only}, so nothing says what label smoothing does; --label-smoothing 0,0.1 compares.`];
}

/** Where FGSM says "more robust" and an attack that sees through hidden gradients does not. */
export function hiddenGradients(evidence: AdversarialEvidence): string[] {
  return evidence.comparisons
    .filter(({ masked }) => masked)
    .map((comparison) => {
      const { labelSmoothing, training } = comparison;
      const compared = comparedArms(evidence, comparison);
      const { smoothed, plain } = compared;
      const denying = stronger.filter((name) => contradicts(compared, name));
      const against = (condition: Condition): string =>
        `${accuracyOf(smoothed, condition)} against ${accuracyOf(plain, condition)} without smoothing`;
      return (
        `The gain under FGSM is hidden gradients: ${trainingInWords(training, evidence.experiment)} with label smoothing ` +
        `ε = ${formatEpsilon(labelSmoothing)}, the models keep ${against("fgsm")} ${whereInWords.fgsm} of ` +
        `${ballInWords(evidence.experiment)}, but ${conditionsInWords(denying, against)}${byTheMeans(evidence)}.`
      );
    });
}

/** Where FGSM says "more robust", PGD says it too, and transferred images do not deny it. */
export function robustnessGained(evidence: AdversarialEvidence): string[] {
  return evidence.comparisons
    .filter(({ masked }) => !masked)
    .filter((comparison) => {
      const compared = comparedArms(evidence, comparison);
      return saysMore(compared, "fgsm") && saysMore(compared, "pgd");
    })
    .map((comparison) => {
      const { labelSmoothing, training, difference } = comparison;
      const { smoothed, plain } = comparedArms(evidence, comparison);
      const change = (condition: Condition): string =>
        changeInWords(plain, smoothed, condition, difference[condition], seedsSuffice(evidence));
      return (
        `More robust, as far as these attacks can tell: ${trainingInWords(training, evidence.experiment)} with label ` +
        `smoothing ε = ${formatEpsilon(labelSmoothing)}, accuracy under attacks of ${ballInWords(evidence.experiment)} ` +
        `goes ${conditionsInWords(["fgsm", "pgd", "transfer"], change)}${byTheMeans(evidence)}.`
      );
    });
}

/** What each ε changed on clean images and under every attack. */
export function smoothingChanged(evidence: AdversarialEvidence): string[] {
  const tested = seedsSuffice(evidence);
  return evidence.comparisons.map((comparison) => {
    const { labelSmoothing, training, difference } = comparison;
    const { smoothed, plain } = comparedArms(evidence, comparison);
    const parts = conditions.map((condition) => {
      const change = changeInWords(plain, smoothed, condition, difference[condition], tested);
      const verb = !tested ? "" : `${verbOf(difference[condition])} `;
      return `${whereInWords[condition]} ${verb}${change}`;
    });
    return (
      `Label smoothing ε = ${formatEpsilon(labelSmoothing)} on models ${trainingInWords(training, evidence.experiment)}: ` +
      `accuracy ${parts.join("; ")}${byTheMeans(evidence)}.`
    );
  });
}

function verbOf(difference: SmoothingComparison["difference"]["fgsm"]): string {
  if (!isShown(difference)) return "not shown to change,";
  return difference.mean > 0 ? "rose" : "fell";
}

function byTheMeans(evidence: AdversarialEvidence): string {
  if (seedsSuffice(evidence)) return "";
  return ` (by the means of ${counted(evidence.experiment.seeds.length, "seed")}, too few for a test)`;
}

function comparedArms(evidence: AdversarialEvidence, comparison: SmoothingComparison): ComparedArms {
  const { labelSmoothing, training, difference } = comparison;
  return {
    smoothed: armOf(evidence, labelSmoothing, training),
    plain: armOf(evidence, 0, training),
    difference,
    epsilon: evidence.experiment.attack.epsilon,
    tests: testCount(evidence),
  };
}
