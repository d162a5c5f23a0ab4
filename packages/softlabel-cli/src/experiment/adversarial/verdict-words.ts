import type { Difference } from "../results.ts";
import { formatDifference, formatEpsilon, formatP, formatValue } from "../verdict-metrics.ts";
import { inWords } from "../verdict-wording.ts";
import type { Condition } from "./compare-smoothing.ts";
import type { AdversarialArm, AdversarialResults, Training } from "./results.ts";

/** The numbers that a verdict is given on. */
export type AdversarialEvidence = Omit<AdversarialResults, "verdict">;

/** Where accuracy is read: `under FGSM`. */
export const whereInWords: Readonly<Record<Condition, string>> = {
  clean: "on clean images",
  fgsm: "under FGSM",
  pgd: "under PGD",
  transfer: "under transferred PGD",
};

/** Clean accuracies differ by hundredths of a percentage point, those on few attacked rows by no less than tenths. */
const decimals: Readonly<Record<Condition, number>> = { clean: 2, fgsm: 1, pgd: 1, transfer: 1 };

/** `98.93%`. */
export function accuracyOf(arm: AdversarialArm, condition: Condition): string {
  return formatValue("accuracy", arm.test[condition], decimals[condition]);
}

/** `from 3.1% to 20.2% (+17.1 percentage points)`; with its interval and p where `tested`. */
export function changeInWords(
  from: AdversarialArm,
  to: AdversarialArm,
  condition: Condition,
  difference: Difference,
  tested: boolean,
): string {
  const signed = (value: number): string => formatDifference("accuracy", value, decimals[condition]);
  const { mean, low, high, pHolm } = difference;
  const interval =
    tested && low !== null && high !== null
      ? `, 95% interval ${signed(low)} to ${signed(high)}, Holm p ${formatP(pHolm)}`
      : "";
  const change = `${signed(mean)} percentage points${interval}`;
  return `from ${accuracyOf(from, condition)} to ${accuracyOf(to, condition)} (${change})`;
}

/** `trained on clean images`, `trained against FGSM`. */
export function trainingInWords(training: Training, { attack }: AdversarialEvidence["experiment"]): string {
  return training === "clean" ? "trained on clean images" : `trained against ${attack.name.toUpperCase()}`;
}

/** `ε = 0.1 trained on clean images`. */
export function armInWords(
  { labelSmoothing, training }: { readonly labelSmoothing: number; readonly training: Training },
  experiment: AdversarialEvidence["experiment"],
): string {
  return `ε = ${formatEpsilon(labelSmoothing)} ${trainingInWords(training, experiment)}`;
}

/** `ε = 0.3 in L∞`. */
export function ballInWords({ attack }: AdversarialEvidence["experiment"]): string {
  return `ε = ${formatEpsilon(attack.epsilon)} in ${attack.norm === "inf" ? "L∞" : "L2"}`;
}

export function armOf(evidence: AdversarialEvidence, labelSmoothing: number, training: Training): AdversarialArm {
  const arm = evidence.arms.find((one) => one.labelSmoothing === labelSmoothing && one.training === training);
  if (arm === undefined) throw new RangeError(`arms must contain ε = ${labelSmoothing} ${training}, got none`);
  return arm;
}

/** `under PGD from 0.0% to 0.0%, under FGSM …`. */
export function conditionsInWords(conditions: readonly Condition[], of: (condition: Condition) => string): string {
  return inWords(conditions.map((condition) => `${whereInWords[condition]} ${of(condition)}`));
}
