import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { SmoothingOptions } from "softlabel";
import type { DifferentiableModel } from "../attacks/differentiable-model.ts";
import type { Model } from "../models/parameters.ts";
import { imageTensor, parameterTensors } from "./as-tensors.ts";
import { onTensors } from "./differentiable-model.ts";
import { forward } from "./forward.ts";
import { view } from "./kernels/heap.ts";
import { type BatchLoss, smoothedLoss } from "./loss.ts";
import type { Optimizer } from "./optimizer.ts";
import { tf } from "./tensorflow.ts";

/** Images and labels of a few rows. */
export interface Batch {
  /** [rows, height, width, channels], in [0, 1]. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** The attacked half of adversarial training. */
export interface AdversarialHalf {
  /** Its share c of the loss, in [0, 1]. */
  readonly coefficient: number;
  /** Attacks images of the batch's shape as the model stands. */
  readonly perturb: (model: DifferentiableModel, images: Float32Array) => Float32Array;
}

/**
 * One training step: changes the model's parameters in place.
 *
 * The parameters live outside the engine and enter it as new tensors at every step: XNNPACK keeps a packed copy of
 * each weight under its tensor's id, and would go on with the old numbers.
 * With an adversary the loss is (1 − c)·loss(x) + c·loss(x + δ), both smoothed alike; no gradient flows through δ, and a
 * half that weighs nothing is not computed.
 * @returns the loss of the batch before the step.
 */
export function trainStep(
  model: Model,
  optimizer: Optimizer,
  { images, labels }: Batch,
  smoothing: SmoothingOptions,
  adversary: AdversarialHalf | null = null,
): BatchLoss {
  const parts: BatchLoss = { loss: 0, floor: 0, crossEntropy: 0 };
  tf.tidy(() => {
    const parameters = parameterTensors(model);
    const victim = onTensors(model, () => parameters);
    const halves = halvesOf(images, adversary, victim);
    const loss = (...weights: Tensor[]): Tensor =>
      halves
        .map(({ pixels, weight }) => {
          const { logits } = forward(model, weights, imageTensor(model, pixels));
          const half = smoothedLoss(labels, logits, smoothing, weight, parts);
          return weight === 1 ? half : tf.mul(half, weight);
        })
        .reduce((sum, term) => tf.add(sum, term));
    const { grads } = tf.valueAndGrads(loss)(parameters);
    const backend = tf.backend() as BackendWasm;
    optimizer.step(
      model.parameters.map(({ values }) => values),
      grads.map((gradient) => view(backend, gradient)),
    );
  });
  return parts;
}

/** The images that the loss averages over, each half with its weight; one that weighs nothing is left out. */
function halvesOf(
  images: Float32Array,
  adversary: AdversarialHalf | null,
  victim: DifferentiableModel,
): readonly { readonly pixels: Float32Array; readonly weight: number }[] {
  if (!adversary || adversary.coefficient === 0) return [{ pixels: images, weight: 1 }];
  const { coefficient, perturb } = adversary;
  const attacked = { pixels: perturb(victim, images), weight: coefficient };
  return coefficient === 1 ? [attacked] : [{ pixels: images, weight: 1 - coefficient }, attacked];
}
