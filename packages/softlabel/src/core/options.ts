import type { TensorLike } from "./tensor.ts";

/**
 * How ε becomes the smoothed label q′.
 *
 * - `"all-classes"`: q′ = (1 − ε)·q + ε·u (Szegedy et al. 2016, §7; TensorFlow, PyTorch, Keras, …)
 * - `"other-classes"`: the label keeps 1 − ε and the *other* classes share ε in proportion to u (fairseq, …)
 * - `"classy-vision"`: q′ = (q + ε·u)/(1 + ε) (ClassyVision)
 */
export type Convention = "all-classes" | "other-classes" | "classy-vision";

/**
 * How the losses of the rows become one number, with w = weights × class weights of the kept rows.
 *
 * - `"mean"`: Σ wᵢ·lossᵢ / Σ wᵢ
 * - `"sum"`: Σ wᵢ·lossᵢ
 * - `"none"`: wᵢ·lossᵢ, one number per row in row order
 * - `"sum-by-nonzero-weights"`: Σ wᵢ·lossᵢ divided by how many wᵢ are not 0 (TensorFlow's)
 */
export type Reduction = "mean" | "sum" | "none" | "sum-by-nonzero-weights";

/** What a label of each kind is mixed with, and how. */
export interface SmoothingOptions {
  /** ε in [0, 1], or one per row; 0 by default. */
  readonly labelSmoothing?: number | TensorLike;
  /** u: [classes], or [classes, classes] with a row per label; sums to 1; uniform by default. */
  readonly prior?: TensorLike | undefined;
  /** `"all-classes"` by default. */
  readonly convention?: Convention;
  /** Classes that can occur: [classes], or one row per row of labels; u is restricted to them and renormalised. */
  readonly allowed?: TensorLike | readonly boolean[] | undefined;
}
