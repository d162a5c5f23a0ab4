import type { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { classWeightKeys } from "../core/class-weights.ts";
import { type KeysOf, type ReductionOptions, reductionKeys, requireOptions, smoothingKeys } from "../core/options.ts";
import type { SoftmaxCrossEntropyOptions as CoreOptions } from "../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../core/tensor.ts";

/** An array of jax-js, or numbers that are known when a function is traced. */
export type JaxTensorLike = np.Array | TensorLike;

/** What either loss takes to weigh and to sum the rows; the meanings are those of `softlabel`. */
export interface JaxReductionOptions
  extends Omit<ReductionOptions, "weights" | "normalizer" | "gradient" | "gradientInto"> {
  /** One per row, ≥ 0 and finite; 1 by default. */
  readonly weights?: JaxTensorLike | undefined;
  /** Divides the weighted sum in place of the mean's own divisor: a number, or an array that holds one. */
  readonly normalizer?: np.Array | number | undefined;
}

/**
 * Options of `softmaxCrossEntropy`, with the meanings that they have in `softlabel`.
 *
 * Numbers and nested arrays are checked when the function is traced. The numbers of a jax-js array are not known then:
 * its shape is checked, its values are taken as they are.
 */
export interface SoftmaxCrossEntropyOptions
  extends Omit<CoreOptions, keyof ReductionOptions | "labelSmoothing" | "prior" | "allowed" | "classWeights">,
    JaxReductionOptions {
  /** ε in [0, 1], one number or one per row; 0 by default. */
  readonly labelSmoothing?: JaxTensorLike | undefined;
  /** u: [classes], or [classes, classes] with a row per label; uniform by default. */
  readonly prior?: JaxTensorLike | undefined;
  /** Classes that can occur, not 0 where they can: [classes], or the logits' shape. */
  readonly allowed?: JaxTensorLike | undefined;
  /** One per class, ≥ 0 and finite; 1 by default. */
  readonly classWeights?: JaxTensorLike | undefined;
}

/** @throws {@link ArgumentError} for an unknown option, and for those that only make sense without automatic gradients. */
export function requireSoftmaxOptions(options: object): void {
  requireTraceable(options, smoothingKeys, classWeightKeys);
}

/** The same for a loss with other options of its own. */
export function requireTraceable(options: object, ...keys: readonly Readonly<Record<string, true>>[]): void {
  requireOptions(options, ...keys, traceableKeys, { gradient: true, gradientInto: true });
  const eager = ["gradient", "gradientInto"].find((key) => (options as Record<string, unknown>)[key] !== undefined);
  if (eager === undefined) return;
  throw new ArgumentError(`${eager} must be left out: jax-js takes the gradient, with grad or valueAndGrad`);
}

const { gradient: _gradient, gradientInto: _gradientInto, ...traceableKeys } = reductionKeys;
traceableKeys satisfies KeysOf<JaxReductionOptions>;
