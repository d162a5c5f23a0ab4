import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { Model } from "../models/parameters.ts";
import { tf } from "./tensorflow.ts";

/** What one batch becomes. */
export interface Activations {
  /** What enters the last layer; [rows, width]. */
  readonly penultimate: Tensor2D;
  /** [rows, classes]. */
  readonly logits: Tensor2D;
}

/**
 * Runs a batch of images [rows, height, width, channels] through a model.
 *
 * @param parameters - one tensor for each of the model's parameters, in its order.
 */
export function forward(model: Model, parameters: readonly Tensor[], images: Tensor4D): Activations {
  const rows = images.shape[0];
  let next = 0;
  const parameter = (): Tensor => parameters[next++];
  let x: Tensor = images;
  for (let i = 0; i < model.layers.length; i++) {
    const layer = model.layers[i];
    if (layer.kind === "convolution") {
      const { stride, padding } = layer;
      const sums = tf.conv2d(x as Tensor4D, parameter() as Tensor4D, stride, padding);
      // max(z + b, 0) grows with z: pooling first gives the same numbers, and bias and ReLU a quarter of the work.
      const pool = model.layers[i + 1];
      const pooled = pool?.kind === "max-pool" ? maxPool(sums, pool.size) : sums;
      if (pooled !== sums) i++;
      x = tf.engine().runKernel("BiasRelu", { x: pooled, bias: parameter() });
    } else if (layer.kind === "max-pool") {
      x = maxPool(x as Tensor4D, layer.size);
    } else {
      x = dense(flat(x, rows), parameter(), parameter(), "relu");
    }
  }
  const penultimate = flat(x, rows);
  return { penultimate, logits: dense(penultimate, parameter(), parameter(), "linear") };
}

function maxPool(x: Tensor4D, size: number): Tensor4D {
  return tf.maxPool(x, size, size, "valid");
}

function dense(x: Tensor, weights: Tensor, bias: Tensor, activation: "linear" | "relu"): Tensor2D {
  return tf.engine().runKernel("Dense", { x, weights, bias }, { activation });
}

function flat(x: Tensor, rows: number): Tensor2D {
  return x.rank === 2 ? (x as Tensor2D) : tf.reshape(x, [rows, x.size / rows]);
}
