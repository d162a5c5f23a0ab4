import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { SmoothingOptions } from "softlabel";
import type { Model } from "../models/parameters.ts";
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

/**
 * One training step: changes the model's parameters in place.
 *
 * The parameters live outside the engine and enter it as new tensors at every step: XNNPACK keeps a packed copy of
 * each weight under its tensor's id, and would go on with the old numbers.
 * @returns the loss of the batch before the step.
 */
export function trainStep(model: Model, optimizer: Optimizer, batch: Batch, smoothing: SmoothingOptions): BatchLoss {
  const parts: BatchLoss = { loss: 0, floor: 0, crossEntropy: 0 };
  tf.tidy(() => {
    const images = imageTensor(model, batch.images);
    const loss = (...parameters: Tensor[]): Tensor =>
      smoothedLoss(batch.labels, forward(model, parameters, images).logits, smoothing, parts);
    const { grads } = tf.valueAndGrads(loss)(parameterTensors(model));
    const backend = tf.backend() as BackendWasm;
    optimizer.step(
      model.parameters.map(({ values }) => values),
      grads.map((gradient) => view(backend, gradient)),
    );
  });
  return parts;
}

export function parameterTensors(model: Model): Tensor[] {
  return model.parameters.map(({ values, shape }) => tf.tensor(values, [...shape], "float32"));
}

export function imageTensor({ image }: Model, pixels: Float32Array): Tensor4D {
  const size = image.height * image.width * image.channels;
  return tf.tensor4d(pixels, [pixels.length / size, image.height, image.width, image.channels]);
}
