import type {
  AdversarialArm,
  AdversarialExperiment,
  AdversarialResults,
  AttackName,
  Training,
} from "../../experiment/adversarial/results.ts";
import { formatEpsilon, formatNumber } from "../../experiment/verdict-metrics.ts";
import { type Html, html } from "../html.ts";
import { type ArmMark, armMark, type LegendEntry, legendEntry } from "../theme.ts";

/** What tells one arm from another. */
export type ArmKey = Pick<AdversarialArm, "labelSmoothing" | "training">;

/** What stands against the classifier: nothing, or one of the attacks. */
export type Rows = "clean" | AttackName;

export const attackNames: readonly AttackName[] = ["fgsm", "pgd", "transfer"];

/** What accuracies are read on, in the order of every table. */
export const comparedRows: readonly Rows[] = ["clean", ...attackNames];

/** `FGSM`, `PGD-40`, `transfer`; `clean` for images as they are. */
export function rowsLabel(rows: Rows, { attack }: AdversarialExperiment): string {
  return { clean: "clean", fgsm: "FGSM", pgd: `PGD-${attack.steps}`, transfer: "transfer" }[rows];
}

/** `trained on clean images`, `trained against FGSM`. */
export function trainingInWords(training: Training, experiment: AdversarialExperiment): string {
  return training === "clean" ? "trained on clean images" : `trained against ${trainingAttack(experiment)}`;
}

/** The attack that adversarial training trains against. */
export function trainingAttack({ attack }: AdversarialExperiment): "FGSM" | "PGD" {
  return attack.name === "pgd" ? "PGD" : "FGSM";
}

/** `ε = 0.1, trained on clean images`. */
export function armInWords({ labelSmoothing, training }: ArmKey, experiment: AdversarialExperiment): string {
  return `ε = ${formatEpsilon(labelSmoothing)}, ${trainingInWords(training, experiment)}`;
}

/** `epsilon-0.1-clean`: what the file names of an arm's pictures end in. */
export function armSlug({ labelSmoothing, training }: ArmKey): string {
  return `epsilon-${formatEpsilon(labelSmoothing)}-${training}`;
}

/** Label smoothings of the arms, ascending. */
export function smoothingsOf({ arms }: Pick<AdversarialResults, "arms">): readonly number[] {
  return [...new Set(arms.map(({ labelSmoothing }) => labelSmoothing))];
}

/** Trainings of the arms, clean images first. */
export function trainingsOf({ arms }: Pick<AdversarialResults, "arms">): readonly Training[] {
  return (["clean", "adversarial"] as const).filter((training) => arms.some((arm) => arm.training === training));
}

/** How an ε is drawn: ε = 0 is the grey that others are held against, and where it is left out nothing is grey. */
export function smoothingMark(results: Pick<AdversarialResults, "arms">, labelSmoothing: number): ArmMark {
  const smoothings = smoothingsOf(results);
  return armMark(smoothings.indexOf(labelSmoothing) + (smoothings[0] === 0 ? 0 : 1));
}

/** `● ε = 0.1`, the mark in its colour. */
export function smoothingLabel(results: Pick<AdversarialResults, "arms">, labelSmoothing: number): Html {
  const { color, glyph } = smoothingMark(results, labelSmoothing);
  return html`<span style="color:${color}" aria-hidden="true">${glyph}</span> ε\u00a0=\u00a0${formatEpsilon(labelSmoothing)}`;
}

/** The legend of panels in which every ε is a line. */
export function smoothingLegend(results: Pick<AdversarialResults, "arms">): readonly LegendEntry[] {
  return smoothingsOf(results).map((epsilon) =>
    legendEntry(`ε = ${formatEpsilon(epsilon)}`, smoothingMark(results, epsilon), "line"),
  );
}

/** `L∞` or `L2`. */
export function normName({ attack }: AdversarialExperiment): string {
  return attack.norm === "inf" ? "L∞" : "L2";
}

/** `strength 0.3 in L∞`: what the attacks of every table and figure but the curves have. */
export function strengthInWords(experiment: AdversarialExperiment): string {
  return `strength ${experiment.attack.epsilon} in ${normName(experiment)}`;
}

/** A share in per cent without the sign; a dash where there is none. */
export function percent(share: number | null | undefined, decimals = 1): string {
  return formatNumber(typeof share === "number" ? 100 * share : Number.NaN, decimals);
}
