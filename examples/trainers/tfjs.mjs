// A model of one's own in TensorFlow.js:
//
//     softlabel compare --epsilon 0.1 --seeds 6 --trainer examples/trainers/tfjs.mjs
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import tfl from "@tensorflow/tfjs-layers";
import { sparseCategoricalCrossentropy } from "softlabel/tfjs";
import { mnist } from "../mnist.js";

/** @type {import("softlabel-cli/trainer").Train} */
export async function train({ epsilon, seed, onProgress, signal }) {
  const [digits, test] = [mnist("train", 1500), mnist("t10k", 1000)];
  const [x, xVal] = [digits.images.subarray(0, 1000 * 784), digits.images.subarray(1000 * 784)];
  const [y, yVal] = [digits.labels.subarray(0, 1000), digits.labels.subarray(1000)];

  const kernelInitializer = tfl.initializers.glorotUniform({ seed });
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 10, inputShape: [784], kernelInitializer })] });
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: sparseCategoricalCrossentropy({ labelSmoothing: epsilon, fromLogits: true }),
  });
  const [epochs, batchSize] = [3, 50];
  for (let epoch = 1; epoch <= epochs && !signal.aborted; epoch++) {
    // Without shuffling, whose order has no seed.
    await model.fit(tf.tensor2d(x, [1000, 784]), tf.tensor2d(y, [1000, 1], "int32"), {
      batchSize,
      shuffle: false,
      verbose: 0,
    });
    onProgress({ epoch, epochs });
  }
  const rows = (images, labels) => ({
    logits: model.predict(tf.tensor2d(images, [labels.length, 784])).arraySync(),
    labels,
  });
  return { validation: rows(xVal, yVal), test: rows(test.images, test.labels) };
}
