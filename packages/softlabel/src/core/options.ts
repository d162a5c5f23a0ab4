import { ArgumentError } from "./argument-error.ts";
import { describe } from "./describe.ts";
import type { Gradient, TensorLike } from "./tensor.ts";

/**
 * How ε becomes the smoothed label q′.
 *
 * - `"all-classes"`: q′ = (1 − ε)·q + ε·u (Szegedy et al. 2016, §7; TensorFlow, PyTorch, Keras, …)
 * - `"other-classes"`: the label keeps 1 − ε and the *other* classes share ε in proportion to u (fairseq, …)
 * - `"classy-vision"`: q′ = (q + ε·u)/(1 + ε) (ClassyVision)
 */
export type Convention = (typeof conventions)[number];
export const conventions = ["all-classes", "other-classes", "classy-vision"] as const;

/**
 * How the losses of the rows become one number, with w = weights × class weights of the kept rows.
 *
 * - `"mean"`: Σ wᵢ·lossᵢ / Σ wᵢ
 * - `"sum"`: Σ wᵢ·lossᵢ
 * - `"none"`: wᵢ·lossᵢ, one number per row in row order
 * - `"sum-by-nonzero-weights"`: Σ wᵢ·lossᵢ divided by how many wᵢ are not 0 (TensorFlow's)
 */
export type Reduction = (typeof reductions)[number];
export const reductions = ["mean", "sum", "none", "sum-by-nonzero-weights"] as const;

/** What each label is mixed with, and how. */
export interface SmoothingOptions {
  /** ε in [0, 1], one number or one per row; 0 by default, which is no smoothing. */
  readonly labelSmoothing?: TensorLike | undefined;
  /** u: [classes], or [classes, classes] with a row per label; ≥ 0 and summing to 1; uniform by default. */
  readonly prior?: TensorLike | undefined;
  /** `"all-classes"` by default. */
  readonly convention?: Convention | undefined;
  /**
   * Classes that can occur, 1 or true where they can: [classes], or the logits' shape. u is restricted to them and
   * renormalised, so that a logit of −∞ elsewhere meets no mass and the loss stays finite.
   */
  readonly allowed?: TensorLike | undefined;
  /** Index labels with this value mark rows that leave the loss, the gradient and the mean. */
  readonly ignoreIndex?: number | undefined;
  /** A class that never occurs: it gets no prior mass, and rows labelled with it are ignored. */
  readonly paddingIndex?: number | undefined;
  /** The class axis, −1 by default; K always comes from it. */
  readonly axis?: number | undefined;
  /**
   * The axis whose length stands for K in ε/K when u is uniform; the class axis by default. Only to reproduce
   * TensorFlow 1 and TensorFlow.js, which read `shape[1]` whatever the rank: q′ then does not sum to 1.
   */
  readonly uniformAxis?: number | undefined;
}

export const smoothingKeys: KeysOf<SmoothingOptions> = {
  labelSmoothing: true,
  prior: true,
  convention: true,
  allowed: true,
  ignoreIndex: true,
  paddingIndex: true,
  axis: true,
  uniformAxis: true,
};

/** How the rows' losses are weighed and summed. */
export interface ReductionOptions {
  /** One per row, ≥ 0 and finite; 1 by default. */
  readonly weights?: TensorLike | undefined;
  /** `"mean"` by default. */
  readonly reduction?: Reduction | undefined;
  /** Divides the weighted sum in place of the mean's own divisor: the number of rows of a whole accumulated batch. */
  readonly normalizer?: number | undefined;
  /** What `"mean"` divides by: `"weights"` (Σ wᵢ, default) or `"rows"` (how many rows were kept: Keras, MLX). */
  readonly meanOver?: "weights" | "rows" | undefined;
  /** What a mean over nothing is: 0 by default, with a zero gradient; PyTorch gives NaN. */
  readonly emptyMean?: number | undefined;
  /** Reports loss − floor = KL(q′ ‖ p) in place of the loss (tensor2tensor, t5x). The gradient is the same. */
  readonly subtractFloor?: boolean | undefined;
  /** Also returns `gradLogits`. */
  readonly gradient?: boolean | undefined;
  /**
   * Where the gradient is written, in place of a new array: float32 or float64 numbers of the logits' shape, the logits
   * themselves among them. Implies `gradient`, and comes back as `gradLogits`. Not touched when the call throws.
   */
  readonly gradientInto?: Gradient | undefined;
}

export const reductionKeys: KeysOf<ReductionOptions> = {
  weights: true,
  reduction: true,
  normalizer: true,
  meanOver: true,
  emptyMean: true,
  subtractFloor: true,
  gradient: true,
  gradientInto: true,
};

/** Every key of some options, and no other. */
export type KeysOf<Options> = Readonly<Record<keyof Options & string, true>>;

/**
 * Checks that `options` is an object whose keys are all known: a mistyped `labelsmoothing` would train unsmoothed.
 *
 * @param keys - The known ones, by the interface that they come from.
 * @throws {@link ArgumentError} naming the unknown key and the known ones.
 */
export function requireOptions(options: object, ...keys: readonly Readonly<Record<string, true>>[]): void {
  const known = Object.assign({}, ...keys);
  // By its tag, since a Map, a Date or a promise is an object too, and one without any known option.
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw new ArgumentError(`options must be an object, got ${describe(options)}`);
  }
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(known, key));
  if (unknown !== undefined) {
    throw new ArgumentError(`options must be among ${Object.keys(known).join(", ")}, got ${describe(unknown)}`);
  }
}

/**
 * @returns `value`, or the first choice where it is undefined.
 * @throws {@link ArgumentError} if `value` is none of `choices`.
 */
export function requireOneOf<Choice extends string | boolean>(
  value: unknown,
  choices: readonly Choice[],
  name: string,
): Choice {
  const found = value === undefined ? choices[0] : choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const listed = choices.map((choice) => describe(choice)).join(", ");
  throw new ArgumentError(`${name} must be one of ${listed}, got ${describe(value)}`);
}
