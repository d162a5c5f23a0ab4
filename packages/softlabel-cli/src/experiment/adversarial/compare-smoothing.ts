import { differenceOf, withHolm } from "../differences.ts";
import type { Difference } from "../results.ts";
import { isShown, leastHolmP } from "../verdict-evidence.ts";
import type { AdversarialArm, AttackName, CurvePoint, SmoothingComparison } from "./results.ts";

/** What label smoothing may change: accuracy on clean images and under each attack. */
export const conditions: readonly ["clean", "fgsm", "pgd", "transfer"] = ["clean", "fgsm", "pgd", "transfer"];
export type Condition = (typeof conditions)[number];

/** A smoothed arm beside ε = 0 of the same training, and what lies between them. */
export interface ComparedArms {
  readonly smoothed: AdversarialArm;
  readonly plain: AdversarialArm;
  readonly difference: SmoothingComparison["difference"];
  /** The attack's. */
  readonly epsilon: number;
  /** How many differences Holm's correction is over. */
  readonly tests: number;
}

/**
 * Every smoothed arm against ε = 0 of the same training, seed by seed; Holm's correction is over all the differences of
 * all the comparisons.
 *
 * @param arms - in whatever order; every one has the same seeds in the same order.
 * @param epsilon - the attack's, one of the strengths.
 * @returns in the order of the arms; nothing where there is no ε = 0.
 */
export function compareSmoothing(arms: readonly AdversarialArm[], epsilon: number): readonly SmoothingComparison[] {
  const pairs = arms.flatMap((smoothed) => {
    const plain = arms.find(({ labelSmoothing, training }) => labelSmoothing === 0 && training === smoothed.training);
    return smoothed.labelSmoothing === 0 || plain === undefined ? [] : [{ smoothed, plain }];
  });
  const differences = withHolm(
    pairs.flatMap(({ smoothed, plain }) =>
      conditions.map((condition) => differenceOf(plain.perSeed.test[condition], smoothed.perSeed.test[condition])),
    ),
  );
  return pairs.map((pair, i) => {
    const own = conditions.map((condition, c) => [condition, differences[i * conditions.length + c]] as const);
    const difference = Object.fromEntries(own) as Record<Condition, Difference>;
    const { labelSmoothing, training } = pair.smoothed;
    const masked = isMasked({ ...pair, difference, epsilon, tests: differences.length });
    return { labelSmoothing, training, difference, masked };
  });
}

/** Attacks that see through hidden gradients: one looks from many points, the other uses another model's gradients. */
export const stronger: readonly ["pgd", "transfer"] = ["pgd", "transfer"];

/** Whether FGSM says "more robust", and PGD or transfer does not: then the gain is hidden gradients. */
function isMasked(compared: ComparedArms): boolean {
  return saysMore(compared, "fgsm") && stronger.some((name) => contradicts(compared, name));
}

/**
 * Whether an attack says that smoothing made the models more robust: the gain is shown. Where so few seeds can show
 * nothing, the means have to do, and then the smoothed one's interval on the attacked rows must lie above the other's,
 * or a few rows more would pass for a gain.
 */
export function saysMore({ smoothed, plain, difference, epsilon, tests }: ComparedArms, name: AttackName): boolean {
  const { [name]: gain } = difference;
  if (leastHolmP(gain.perSeed.length, tests) < 0.05) return isShown(gain) && gain.mean > 0;
  return pointOf(smoothed, name, epsilon).low > pointOf(plain, name, epsilon).high;
}

/**
 * Whether an attack denies what FGSM says: it shows no gain, and its mean is not even half of FGSM's. An attack that
 * fells so few rows without smoothing that half of FGSM's gain has no room above them denies nothing.
 */
export function contradicts(compared: ComparedArms, name: (typeof stronger)[number]): boolean {
  const { difference, smoothed, plain, epsilon } = compared;
  const half = difference.fgsm.mean / 2;
  const room = pointOf(smoothed, name, 0).accuracy.mean - pointOf(plain, name, epsilon).accuracy.mean;
  return !saysMore(compared, name) && difference[name].mean < half && room >= half;
}

function pointOf({ curves }: AdversarialArm, name: AttackName, epsilon: number): CurvePoint {
  return curves[name].find(({ strength }) => strength === epsilon) as CurvePoint;
}
