import { ArgumentError } from "softlabel";
import { requirePgd, requireRadius } from "./require.ts";

/** How far an adversarial input may lie from its clean one: by its largest change ("inf") or by the Euclidean length. */
export type Norm = "inf" | 2;

/** One step of length ε from the input. */
export interface FgsmConfig {
  readonly kind: "fgsm";
  /** Radius of the ball, in units of the input. */
  readonly epsilon: number;
  readonly norm: Norm;
}

/** Many steps, each followed by a projection onto the ball, from places drawn in it. */
export interface PgdConfig {
  readonly kind: "pgd";
  readonly epsilon: number;
  readonly norm: Norm;
  /** Of each run. */
  readonly steps: number;
  /** Length of each step, measured as ε is. */
  readonly stepSize: number;
  /** Runs, each from a place of its own. */
  readonly restarts: number;
}

/** An attack on images whose pixels lie in [0, 1]. */
export type AttackConfig = FgsmConfig | PgdConfig;

/**
 * Refuses what cannot be an attack on pixels in [0, 1], before there is a model.
 *
 * @throws {@link ArgumentError} when ε is negative, NaN or (largest change) above 1, the norm is none of the two, steps
 * or restarts are not integers of at least 1, or the step size is not a finite number above 0.
 */
export function requireAttackConfig(config: AttackConfig): void {
  const { kind } = config;
  if (kind !== "fgsm" && kind !== "pgd") throw new ArgumentError(`attack must be fgsm or pgd, got ${kind}`);
  requireRadius(config.epsilon, config.norm, [0, 1], Infinity);
  if (kind === "pgd") requirePgd(config);
}

/**
 * The same attack with another ε; PGD's step grows with it, so that its steps cross the ball as often.
 *
 *     stepSize′ = stepSize · (ε′ / ε)          unchanged for ε′ = 0, where nothing moves
 *
 * @throws {@link ArgumentError} when PGD of ε = 0 is to be made stronger: there is no ratio to keep.
 */
export function atStrength(config: AttackConfig, epsilon: number): AttackConfig {
  if (config.kind === "fgsm" || epsilon === 0 || epsilon === config.epsilon) return { ...config, epsilon };
  if (!(config.epsilon > 0)) {
    throw new ArgumentError(`epsilon must be above 0 for its step size to be scaled, got ${config.epsilon}`);
  }
  return { ...config, epsilon, stepSize: config.stepSize * (epsilon / config.epsilon) };
}
