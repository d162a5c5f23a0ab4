import type { ReductionOptions } from "./options.ts";
import type { Tensor } from "./tensor.ts";

/** A number, or under `reduction: "none"` one number per row (of a sigmoid: per element), in row-major order. */
export type Reduced<Options> = Options extends unknown // of a union, one by one
  ? "reduction" extends keyof Options
    ? Options["reduction"] extends "none"
      ? Float64Array
      : "none" extends Options["reduction"]
        ? number | Float64Array
        : number
    : number
  : never;

/** What a smoothed loss returns; every part is in nats and reduced as the loss is. */
export interface SmoothedLoss<Options = ReductionOptions> {
  /** H(q′, p): what is minimised. */
  readonly loss: Reduced<Options>;
  /** H(q, p): the unsmoothed loss, comparable across ε, what a validation curve should show. */
  readonly crossEntropy: Reduced<Options>;
  /** H(u, p), with u as the row meets it: restricted to `allowed` and, by convention, to the other classes. */
  readonly priorCrossEntropy: Reduced<Options>;
  /** H(q′): the least that the loss can be; loss − floor = KL(q′ ‖ p). */
  readonly floor: Reduced<Options>;
  /** ∂ Σ loss / ∂ logits with the logits' shape; float32 for float32 logits, else float64. */
  readonly gradLogits: Options extends { readonly gradient: true } ? Gradient : Gradient | undefined;
}

export type Gradient = Tensor<Float32Array | Float64Array>;

/** A gradient for these logits: float32 for float32, else float64. */
export const zerosLike = (logits: ArrayLike<number>): Float32Array | Float64Array =>
  Object.prototype.toString.call(logits) === "[object Float32Array]"
    ? new Float32Array(logits.length)
    : new Float64Array(logits.length);
