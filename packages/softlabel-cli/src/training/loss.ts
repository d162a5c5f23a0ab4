import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { type SmoothingOptions, softmaxCrossEntropy } from "softlabel";
import { tf } from "./tensorflow.ts";

/** The loss of one batch and its parts: means over the batch's rows, in nats. */
export interface BatchLoss {
  loss: number;
  floor: number;
  crossEntropy: number;
}

/**
 * The library's own loss as a differentiable operation: the loss that is tested is the loss that trains.
 *
 *     ∂loss/∂logits = (p − q′) / rows
 *
 * @param parts - receives the parts of the loss.
 */
export function smoothedLoss(
  labels: Int32Array,
  logits: Tensor2D,
  smoothing: SmoothingOptions,
  parts: BatchLoss,
): Scalar {
  return tf.customGrad(() => {
    // In float64, by the library's reference: the same on every engine, whatever kernel it has for float32.
    const z = { data: Float64Array.from(logits.dataSync<"float32">()), shape: logits.shape };
    const { loss, floor, crossEntropy, gradLogits } = softmaxCrossEntropy(labels, z, { ...smoothing, gradient: true });
    Object.assign(parts, { loss, floor, crossEntropy });
    return {
      value: tf.scalar(loss),
      gradFunc: (upstream) => tf.mul(upstream as Scalar, tf.tensor2d(Float32Array.from(gradLogits.data), logits.shape)),
    };
  })(logits) as Scalar;
}
