import { summaryOf } from "../differences.ts";
import { wilsonInterval } from "../wilson-interval.ts";
import { attackedCalibration } from "./attacked-calibration.ts";
import type { AttackedArrays, AttackSummary } from "./measuring/attacked-files.ts";
import type { AdversarialArm, AttackName, CurvePoint, Training } from "./results.ts";

/** What is known of one arm when all its trials are done; lists are in the order of the seeds. */
export interface MeasuredArm {
  readonly labelSmoothing: number;
  readonly training: Training;
  readonly trials: AdversarialArm["trials"];
  /** On all test rows. */
  readonly testAccuracy: readonly number[];
  readonly summaries: readonly AttackSummary[];
  readonly attacked: readonly AttackedArrays[];
}

const attackNames: readonly AttackName[] = ["fgsm", "pgd", "transfer"];

/**
 * An arm's accuracies, seed by seed and on average, its curves, and its calibration under attack.
 *
 * @param epsilon - the attack's, one of the strengths.
 */
export function judgeArm(measured: MeasuredArm, epsilon: number): AdversarialArm {
  const { labelSmoothing, training, trials, testAccuracy, summaries, attacked } = measured;
  const at = summaries[0].strengths.indexOf(epsilon);
  const curveAt = (name: AttackName): readonly number[] => summaries.map(({ curves }) => curves[name][at]);
  const perSeed = {
    train: { clean: summaries.map(({ train }) => train.clean), fgsm: summaries.map(({ train }) => train.fgsm) },
    test: { clean: testAccuracy, fgsm: curveAt("fgsm"), pgd: curveAt("pgd"), transfer: curveAt("transfer") },
  };
  const calibrationOf = (name: "clean" | "fgsm" | "pgd") =>
    attackedCalibration(attacked.map(({ labels, classes, logits }) => ({ labels, classes, logits: logits[name] })));
  return {
    labelSmoothing,
    training,
    trials,
    train: means(perSeed.train),
    test: means(perSeed.test),
    perSeed,
    curves: ofAttacks((name) => curveOf(summaries, name)),
    calibration: { clean: calibrationOf("clean"), fgsm: calibrationOf("fgsm"), pgd: calibrationOf("pgd") },
  };
}

/** Over the seeds, with Wilson's interval on the rows of one: all judge the same rows, and add no others. */
function curveOf(summaries: readonly AttackSummary[], name: AttackName): readonly CurvePoint[] {
  const { rows, strengths } = summaries[0];
  return strengths.map((strength, i) => {
    const accuracy = summaryOf(summaries.map(({ curves }) => curves[name][i]));
    return { strength, accuracy, ...wilsonInterval(accuracy.mean, rows, 0.95) };
  });
}

function means<Name extends string>(
  perSeed: Readonly<Record<Name, readonly number[]>>,
): Readonly<Record<Name, number>> {
  const entries = Object.entries(perSeed) as [Name, readonly number[]][];
  return Object.fromEntries(entries.map(([name, values]) => [name, summaryOf(values).mean])) as Record<Name, number>;
}

function ofAttacks<Value>(of: (name: AttackName) => Value): Readonly<Record<AttackName, Value>> {
  return Object.fromEntries(attackNames.map((name) => [name, of(name)])) as Record<AttackName, Value>;
}
