import { type AttackConfig, atStrength, type PgdConfig } from "../../../attacks/attack-config.ts";

/** A quarter, half and all of PGD's steps; two numbers at least. */
export function stepCounts({ steps }: PgdConfig): readonly number[] {
  const counts = [...new Set([Math.ceil(steps / 4), Math.ceil(steps / 2), steps])];
  return counts.length > 1 ? counts : [steps, 2 * steps];
}

/** The same length of way in another number of steps, each at most ε. */
export function withSteps(pgd: PgdConfig, steps: number): PgdConfig {
  return { ...pgd, steps, stepSize: Math.min(pgd.epsilon, (pgd.stepSize * pgd.steps) / steps) };
}

/** PGD that may change every pixel of [0, 1] to any value: √d is the box's diagonal in L2. */
export function unbounded(pgd: PgdConfig, inputSize: number): AttackConfig {
  return atStrength(pgd, pgd.norm === "inf" ? 1 : Math.sqrt(inputSize));
}
