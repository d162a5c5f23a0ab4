import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { crossEntropy, sparseCategoricalCrossentropy } from "softlabel/tfjs";
import { uniform } from "./random-shapes.ts";

/** What a short training came to. */
export interface Training {
  /** Smoothed loss, and cross-entropy and accuracy beside it, of each epoch. */
  readonly loss: readonly number[];
  readonly crossEntropy: readonly number[];
  readonly accuracy: readonly number[];
  /** How many tensors there were after the first epoch and after the last. */
  readonly tensors: readonly number[];
}

/**
 * Trains a small perceptron on handwritten digits, from the same weights in every engine.
 *
 * @param pixels - One byte each, 28 by 28 for an image.
 */
export async function trainDigits(pixels: Uint8Array, labels: Uint8Array): Promise<Training> {
  const rows = labels.length;
  const x = tf.tensor2d(
    Float32Array.from(pixels, (byte) => byte / 255),
    [rows, 784],
  );
  const y = tf.tensor1d(Int32Array.from(labels), "int32");
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 24, inputShape: [784], activation: "relu" }),
      layers.layers.dense({ units: 10 }),
    ],
  });
  const random = uniform(17);
  const initial = model.getWeights().map(({ shape }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length === 2 ? Math.sqrt(6 / (shape[0] + shape[1])) : 0;
    return tf.tensor(
      Float32Array.from({ length }, () => scale * (2 * random() - 1)),
      shape,
    );
  });
  model.setWeights(initial);
  tf.dispose(initial);
  const optimizer = tf.train.sgd(0.2);
  model.compile({
    optimizer,
    loss: sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true }),
    metrics: ["accuracy", crossEntropy({ fromLogits: true })],
  });
  const tensors: number[] = [];
  const { history } = await model.fit(x, y, {
    epochs: 4,
    batchSize: 50,
    shuffle: false,
    verbose: 0,
    yieldEvery: "never",
    callbacks: { onEpochEnd: async () => void tensors.push(tf.memory().numTensors) },
  });
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  const numbers = (name: string): number[] => history[name].map(Number);
  return { loss: numbers("loss"), crossEntropy: numbers("crossEntropy"), accuracy: numbers("acc"), tensors };
}
