import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "softlabel/tfjs";
import { answer } from "./peer-cases.ts";
import peers from "./peers.json" with { type: "json" };
import { deviations } from "./random-shapes.ts";
import { trainDigits } from "./train-digits.ts";

const bytes = async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer());

/** What the test asks of the page. */
const page = {
  async start(backend) {
    setWasmPaths("/");
    const started = await tf.setBackend(backend);
    await tf.ready();
    return started ? tf.getBackend() : `${backend} did not start`;
  },
  async peers() {
    const answers = [];
    for (const peer of peers.cases) answers.push(await answer(peer));
    return answers;
  },
  deviations: () => deviations(5),
  train: async () => trainDigits(await bytes("/pixels.bin"), await bytes("/labels.bin")),
  /** The last class index does not exist. */
  async wrongLabel(validate) {
    try {
      const labels = tf.tensor1d([1, 0, 2], "int32");
      const logits = tf.tensor2d([2, 1, 0, 3, 1, -1], [3, 2]);
      return [...(await softmaxCrossEntropy(labels, logits, { reduction: "none", validate }).data())].map(String);
    } catch (error) {
      return error.message;
    }
  },
  /** How many tensors there are after the first step of a training and after the last, and the loss at both. */
  async steps(count) {
    const weights = tf.variable(tf.zeros([4, 3]));
    const [x, labels] = [tf.eye(4), tf.tensor1d([0, 1, 2, 1], "int32")];
    const optimizer = tf.train.sgd(0.5);
    const step = () =>
      optimizer.minimize(() => softmaxCrossEntropy(labels, tf.matMul(x, weights), { labelSmoothing: 0.1 }), true);
    const first = step();
    const before = tf.memory().numTensors;
    for (let i = 2; i < count; i++) step().dispose();
    const last = step();
    const losses = [(await first.data())[0], (await last.data())[0]];
    first.dispose();
    const tensors = [before, tf.memory().numTensors];
    tf.dispose([weights, x, labels, last]);
    optimizer.dispose();
    return { losses, tensors };
  },
  tensors: () => tf.memory().numTensors,
};
Object.assign(globalThis, { page });
