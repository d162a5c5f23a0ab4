import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import type { SmoothingOptions } from "softlabel";
import { differentiableLoss, plainLoss } from "./tensorflow.ts";

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
 * @param weight - of this loss in the parts.
 * @param parts - the parts of the loss are added here, in float64 but for the logits.
 */
export function smoothedLoss(
  labels: Int32Array,
  logits: Tensor2D,
  smoothing: SmoothingOptions,
  weight: number,
  parts: BatchLoss,
): Scalar {
  // The operation gives one number of these; a second pass over so few logits is no measurable part of a step.
  const { loss, floor, crossEntropy } = plainLoss(
    labels,
    { data: logits.dataSync<"float32">(), shape: logits.shape },
    smoothing,
  );
  parts.loss += weight * loss;
  parts.floor += weight * floor;
  parts.crossEntropy += weight * crossEntropy;
  return differentiableLoss(labels, logits, smoothing) as Scalar;
}
