import { formatDifference, formatEpsilon } from "../verdict-metrics.ts";
import { inWords } from "../verdict-wording.ts";
import type { AdversarialArm } from "./results.ts";
import { type AdversarialEvidence, accuracyOf, armInWords, armOf, ballInWords, whereInWords } from "./verdict-words.ts";

/** What adversarial training gave under each attack, and what it cost on clean images; at the least ε of smoothing. */
export function adversarialTraining(evidence: AdversarialEvidence): string[] {
  const { experiment } = evidence;
  if (experiment.attack.name === "none") return [];
  const [labelSmoothing] = experiment.labelSmoothings;
  const clean = armOf(evidence, labelSmoothing, "clean");
  const adversarial = armOf(evidence, labelSmoothing, "adversarial");
  const gained = (["fgsm", "pgd", "transfer"] as const).map(
    (condition) =>
      `${whereInWords[condition]} from ${accuracyOf(clean, condition)} to ${accuracyOf(adversarial, condition)}`,
  );
  const cost = adversarial.test.clean - clean.test.clean;
  const side = cost < 0 ? "cost" : "gave";
  return [
    `Training against ${experiment.attack.name.toUpperCase()} took accuracy under attacks of ${ballInWords(experiment)}, ` +
      `at ε = ${formatEpsilon(labelSmoothing)} of smoothing, ${inWords(gained)}; on clean images it ${side} ` +
      `${formatDifference("accuracy", Math.abs(cost), 2).replace("+", "")} percentage points (${accuracyOf(clean, "clean")} to ` +
      `${accuracyOf(adversarial, "clean")}).`,
    ...fgsmAlone(evidence),
  ];
}

/** So much lower under PGD than under FGSM that FGSM says nothing of robustness. */
const largeGap = 0.2;

/** Models trained against FGSM that PGD still fools. */
function fgsmAlone(evidence: AdversarialEvidence): string[] {
  const { experiment } = evidence;
  if (experiment.attack.name !== "fgsm") return [];
  const fooled = evidence.arms.filter(
    ({ training, test }: AdversarialArm) => training === "adversarial" && test.fgsm - test.pgd >= largeGap,
  );
  return fooled.map(
    (arm) =>
      `${armInWords(arm, experiment)} withstands the one step that it was trained against, not many small ones: ` +
      `${accuracyOf(arm, "fgsm")} ${whereInWords.fgsm}, ${accuracyOf(arm, "pgd")} ${whereInWords.pgd}; --attack pgd trains against those.`,
  );
}
