import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { prepareBackend, softmaxCrossEntropy } from "softlabel/tfjs";
import { answer } from "./peer-cases.ts";
import peers from "./peers.json" with { type: "json" };
import { deviations } from "./random-shapes.ts";
import { trainDigits } from "./train-digits.ts";

const spoil = (program, how) => {
  const code = program.getUserCode();
  const changed = { wrong: code.replaceAll("exp(", "1.001 * exp("), broken: `${code} fn (` }[how];
  return { ...program, shaderKey: `${program.shaderKey}_${how}`, getUserCode: () => changed };
};

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
  /**
   * Which programs of our own a prepared backend runs for one loss and its gradient, and what these are.
   *
   * @param spoiled - the beginning of a program's name, and what to do to its code before anything runs.
   */
  async ownPrograms(spoiled) {
    const backend = tf.backend();
    const run = "runWebGPUProgram" in backend ? "runWebGPUProgram" : "runWebGLProgram";
    const names = [];
    backend[run] = (program, ...others) => {
      const ours = program.shaderKey?.startsWith("softlabel") || program.variableNames[1] === "label";
      if (ours) names.push(program.shaderKey ?? program.variableNames.join(", "));
      const isSpoiled = ours && spoiled && program.shaderKey.startsWith(spoiled.program);
      return Object.getPrototypeOf(backend)[run].call(
        backend,
        isSpoiled ? spoil(program, spoiled.how) : program,
        ...others,
      );
    };
    const pending = tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 5]));
    await prepareBackend();
    names.length = 0;
    const { value, grad } = tf.valueAndGrad((z) => softmaxCrossEntropy([2, 0], z, { labelSmoothing: 0.1 }))(
      tf.tensor2d([2, 1, 0, 0, 3, 1], [2, 3]),
    );
    const [loss, gradient, sum] = await Promise.all([value, grad, pending].map((tensor) => tensor.data()));
    delete backend[run];
    return { names, loss: loss[0], gradient: [...gradient], sum: [...sum] };
  },
  /** The loss of a batch without rows, and the shape of its gradient. */
  async noRows() {
    const loss = (z) => softmaxCrossEntropy(tf.zeros([0], "int32"), z, { labelSmoothing: 0.1 });
    const { value, grad } = tf.valueAndGrad(loss)(tf.zeros([0, 3]));
    return { loss: (await value.data())[0], shape: grad.shape };
  },
  tensors: () => tf.memory().numTensors,
};
Object.assign(globalThis, { page });
