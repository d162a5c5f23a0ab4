import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { Model } from "../models/parameters.ts";
import { tf } from "./tensorflow.ts";

/** One new tensor for each of a model's parameters, in its order. */
export function parameterTensors(model: Model): Tensor[] {
  return model.parameters.map(({ values, shape }) => tf.tensor(values, [...shape], "float32"));
}

/** Images [rows, height, width, channels], one row after the other. */
export function imageTensor({ image }: Model, pixels: Float32Array): Tensor4D {
  const size = image.height * image.width * image.channels;
  return tf.tensor4d(pixels, [pixels.length / size, image.height, image.width, image.channels]);
}
