import type { Tensor } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../core/argument-error.ts";
import { classWeightKeys } from "../core/class-weights.ts";
import { describe } from "../core/describe.ts";
import { type KeysOf, type Reduction, reductionKeys, smoothingKeys } from "../core/options.ts";
import type { SigmoidCrossEntropyOptions as CoreSigmoidOptions } from "../core/sigmoid-cross-entropy.ts";
import type { SoftmaxCrossEntropyOptions as CoreSoftmaxOptions } from "../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../core/tensor.ts";

/** What an operation on tensors has in place of some options of the plain loss: the engine asks for gradients itself. */
interface TensorOptions {
  /** ≥ 0 and finite, 1 by default; a TensorFlow.js tensor or numbers. Not differentiated. */
  readonly weights?: Tensor | TensorLike | undefined;
  /**
   * Reads labels and weights back from the device and checks them. The cpu and wasm backends, where that is free, always
   * do; elsewhere, without it, a class index that does not exist gives NaN in its row.
   */
  readonly validate?: boolean | undefined;
}

type Replaced = "weights" | "gradient" | "gradientInto";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends Omit<CoreSoftmaxOptions, Replaced>, TensorOptions {}

/** Options of {@link sigmoidCrossEntropy}. */
export interface SigmoidCrossEntropyOptions extends Omit<CoreSigmoidOptions, Replaced>, TensorOptions {}

/** Options under which the loss is one number. */
export type Summed<Options> = Options & { readonly reduction?: Exclude<Reduction, "none"> | undefined };

/**
 * The losses of TensorFlow.js take ε as their fourth argument: passed over, it would train unsmoothed.
 *
 * @throws {@link ArgumentError} if there is an argument after the options.
 */
export function requireNoMore(more: readonly unknown[]): void {
  const given = more.find((argument) => argument !== undefined);
  if (given === undefined) return;
  const remedy = "write { weights, labelSmoothing, reduction }";
  throw new ArgumentError(`options must be the last argument, got ${describe(given)} after them; ${remedy}`);
}

const { gradient: _gradient, gradientInto: _gradientInto, ...reductions } = reductionKeys;

/** The keys of both losses that say how elements are weighed and summed. */
export const weighingKeys: Readonly<Record<string, true>> = { ...reductions, validate: true };

export const softmaxKeys: KeysOf<SoftmaxCrossEntropyOptions> = {
  ...smoothingKeys,
  ...reductions,
  ...classWeightKeys,
  validate: true,
};
