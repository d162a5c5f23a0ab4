import type { SmoothedLoss } from "../core/result.ts";
import {
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy as softmaxCrossEntropyInFloat64,
} from "../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../core/tensor.ts";
import { availableKernel } from "./available-kernel.ts";
import { lossByKernel } from "./loss-by-kernel.ts";

/**
 * Softmax cross-entropy against smoothed labels.
 *
 *     loss = H(q′, p) = (1 − ε)·H(q, p) + ε·H(u, p),   p = softmax(z),   q′ = (1 − ε)·q + ε·u
 *     ∂loss/∂z = p − q′
 *
 * Float32 logits whose classes are the last axis are computed by a SIMD kernel, to within 1e-6 of max(1, |loss|) and
 * of each row's largest gradient; all others, options that the kernel does not know, and engines without WebAssembly
 * SIMD are computed in float64. Adding a constant to a row's logits changes nothing. A row with NaN or +∞ among its
 * logits, or with −∞ alone, gives NaN in that row; one −∞ gives p = 0 there, and an infinite loss unless q′ has no
 * mass there (ε = 0, or `allowed`). Rows that are ignored or weigh 0 have no part in anything. A mean over no rows is
 * 0 with a zero gradient. With one class every part is 0.
 *
 * @param labels - q: class indices, shaped as the logits without the class axis, or distributions (one-hot, soft,
 * mixed), shaped as the logits; a distribution sums to 1 within 1e-5.
 * @param logits - z, unnormalised log-probabilities, any rank ≥ 1; the classes K run along `options.axis`.
 * @returns Loss and its parts in nats: numbers, or one per row under `reduction: "none"`; with `gradient: true` or
 * `gradientInto` also the gradient.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them, or if the kernel's
 * memory cannot grow by what the call needs.
 * @example
 * softmaxCrossEntropy([0], { data: Float32Array.of(2, 1, 0), shape: [1, 3] }, { labelSmoothing: 0.1 }).loss; // 0.50760596
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function softmaxCrossEntropy<const Options extends SoftmaxCrossEntropyOptions = Record<never, never>>(
  labels: TensorLike,
  logits: TensorLike,
  options: Options = {} as Options,
): SmoothedLoss<Options> {
  const kernel = availableKernel();
  const result = kernel && lossByKernel(kernel, labels, logits, options);
  return (result as SmoothedLoss<Options> | undefined) ?? softmaxCrossEntropyInFloat64(labels, logits, options);
}
