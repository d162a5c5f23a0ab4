import type { ReductionOptions } from "./options.ts";
import type { Gradient } from "./tensor.ts";

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
  /**
   * H(q′): the least that the loss can be; loss − floor = KL(q′ ‖ p).
   *
   * Of float32 logits with labels that are dense distributions it is computed when it is first read, from the labels:
   * read it before they are overwritten or released, or it throws an ArgumentError.
   */
  readonly floor: Reduced<Options>;
  /** ∂ Σ loss / ∂ logits with the logits' shape: `gradientInto`, or float32 for float32 logits, else float64. */
  readonly gradLogits: Options extends { readonly gradient: true } | { readonly gradientInto: Gradient }
    ? Gradient
    : Gradient | undefined;
}
