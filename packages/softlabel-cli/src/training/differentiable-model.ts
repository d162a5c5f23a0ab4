import type { Scalar, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { DifferentiableModel } from "../attacks/differentiable-model.ts";
import type { Model } from "../models/parameters.ts";
import { imageTensor, parameterTensors } from "./as-tensors.ts";
import { largest } from "./evaluate.ts";
import { forward } from "./forward.ts";
import { differentiableLoss, tf } from "./tensorflow.ts";

/**
 * A model as an attack sees it, on the engine that trains it; `startTensorFlow` comes first. It reads the model's
 * parameters at every call: those of the moment count.
 */
export function differentiableModel(model: Model): DifferentiableModel {
  return onTensors(model, () => parameterTensors(model));
}

/** The same with parameters that are on the engine already, one tensor for each in the model's order. */
export function onTensors(model: Model, parameters: () => readonly Tensor[]): DifferentiableModel {
  const { height, width, channels, classes } = model.image;
  return {
    classes,
    inputSize: height * width * channels,
    logits: (inputs) =>
      tf.tidy(() => forward(model, parameters(), imageTensor(model, inputs)).logits.dataSync<"float32">()),
    inputGradient: (inputs, labels) => {
      let logits: Float32Array = new Float32Array();
      const gradient = tf.tidy(() => {
        const fixed = parameters();
        const lossOf = (images: Tensor): Scalar => {
          const z = forward(model, fixed, images as Tensor4D).logits;
          logits = z.dataSync<"float32">();
          // A sum leaves each row's gradient its own.
          return differentiableLoss(labels === "predicted" ? predicted(logits, z.shape) : labels, z, {
            reduction: "sum",
          });
        };
        return tf.grad(lossOf)(imageTensor(model, inputs)).dataSync<"float32">();
      });
      return { gradient, logits };
    },
  };
}

function predicted(logits: Float32Array, [rows, classes]: Tensor2D["shape"]): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => largest(logits.subarray(row * classes, (row + 1) * classes)));
}
