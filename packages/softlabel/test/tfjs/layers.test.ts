import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import * as plain from "softlabel";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  crossEntropy,
  type LayersLoss,
  sparseCategoricalCrossentropy,
} from "softlabel/tfjs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { backendsInNode, useBackend } from "./backends.ts";

// The kernels' and the compositions' stated accuracy is 1e-5; log and division of probabilities add a few roundings.
const tolerance = { rtol: 3e-5, atol: 3e-6 };
const [ROWS, FEATURES, CLASSES] = [48, 4, 3];

/** Rows whose class can be told from their features, different in every one. */
function problem(): { readonly x: tf.Tensor2D; readonly labels: Int32Array } {
  const random = randomStream(29);
  const labels = Int32Array.from({ length: ROWS }, () => Math.floor(CLASSES * random()));
  const x = Float32Array.from({ length: ROWS * FEATURES }, (_, at) => {
    const [row, feature] = [Math.floor(at / FEATURES), at % FEATURES];
    return (labels[row] === feature ? 1 : 0) + random() - 0.5;
  });
  return { x: tf.tensor2d(x, [ROWS, FEATURES]), labels };
}

function dense(activation: "linear" | "softmax" | "sigmoid" = "linear", units = CLASSES): layers.Sequential {
  const kernelInitializer = layers.initializers.glorotUniform({ seed: 3 });
  return layers.sequential({
    layers: [layers.layers.dense({ units, inputShape: [FEATURES], activation, kernelInitializer })],
  });
}

const oneHot = (labels: Int32Array, dtype: "float32" | "int32" | "bool" = "float32"): tf.Tensor =>
  tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES), dtype);

function fit(model: layers.Sequential, x: tf.Tensor, y: tf.Tensor, epochs = 20): Promise<layers.History> {
  return model.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0, validationData: [x, y] });
}

const last = (history: layers.History, name: string): number => history.history[name].at(-1) as number;

describe.each(backendsInNode)("the losses for model.compile on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ["int32 of shape [rows]", (labels: Int32Array) => tf.tensor1d(labels, "int32")],
    ["int32 of shape [rows, 1]", (labels: Int32Array) => tf.tensor2d(labels, [ROWS, 1], "int32")],
    ["float32 of shape [rows]", (labels: Int32Array) => tf.tensor1d(labels, "float32")],
  ])("train on class indices, %s, and count accuracy by them", async (_, labelTensor) => {
    const { x, labels } = problem();
    const model = dense();
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    const metrics = ["accuracy", crossEntropy({ fromLogits: true })];
    model.compile({ optimizer: tf.train.adam(0.1), loss, metrics });
    const y = labelTensor(labels);
    const history = await fit(model, x, y);
    expect(history.history.loss[0]).toBeGreaterThan(last(history, "loss") + 0.2);

    const logits = model.predict(x) as tf.Tensor;
    const z = { data: logits.dataSync(), shape: logits.shape };
    const exact = plain.softmaxCrossEntropy(labels, z, { labelSmoothing: 0.1 });
    expectClose(last(history, "val_loss"), exact.loss, tolerance);
    expectClose(last(history, "val_crossEntropy"), exact.crossEntropy, tolerance);
    const right = labels.filter((label, row) => tf.argMax(logits, 1).dataSync()[row] === label);
    expectClose(last(history, "val_acc"), right.length / ROWS, tolerance);
    expect(right.length).toBeGreaterThan(0.8 * ROWS);

    const scores = (model.evaluate(x, y, { batchSize: 20 }) as tf.Scalar[]).map((score) => score.dataSync()[0]);
    expectAllClose(scores, [exact.loss, right.length / ROWS, exact.crossEntropy], tolerance);
  });

  it.each(["float32", "int32", "bool"] as const)("train on one-hot labels, %s, as on indices", async (dtype) => {
    const { x, labels } = problem();
    const weights = [];
    for (const [loss, y] of [
      [categoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true }), oneHot(labels, dtype)],
      [sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true }), tf.tensor1d(labels, "int32")],
    ] as const) {
      const model = dense();
      model.compile({ optimizer: tf.train.sgd(0.5), loss, metrics: ["accuracy"] });
      const history = await fit(model, x, y, 5);
      weights.push([...model.getWeights()[0].dataSync(), last(history, "val_acc")]);
    }
    expectAllClose(weights[0], weights[1], tolerance);
  });

  it("train on probabilities as on logits, as long as none is clipped", async () => {
    const { x, labels } = problem();
    const weights = [];
    for (const fromLogits of [true, false]) {
      const model = dense(fromLogits ? "linear" : "softmax");
      const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits });
      model.compile({ optimizer: tf.train.sgd(0.5), loss });
      await fit(model, x, tf.tensor1d(labels, "int32"), 5);
      weights.push(model.getWeights()[0].dataSync());
    }
    expectAllClose(weights[0], weights[1], tolerance);
  });

  it("train several labels per row, smoothed toward ½", async () => {
    const { x, labels } = problem();
    const y = oneHot(labels);
    const options = { labelSmoothing: 0.2, fromLogits: true };
    const model = dense();
    const metrics = [binaryCrossentropy({ fromLogits: true })];
    model.compile({ optimizer: tf.train.adam(0.1), loss: binaryCrossentropy(options), metrics });
    const history = await fit(model, x, y);
    expect(history.history.loss[0]).toBeGreaterThan(last(history, "loss") + 0.1);
    const logits = model.predict(x) as tf.Tensor;
    const z = { data: logits.dataSync(), shape: logits.shape };
    const exact = plain.sigmoidCrossEntropy({ data: y.dataSync(), shape: y.shape }, z, { labelSmoothing: 0.2 });
    expectClose(last(history, "val_loss"), exact.loss, tolerance);
    expectClose(last(history, "val_binaryCrossentropy"), exact.crossEntropy, tolerance);
  });

  it("count ignored rows neither in the loss nor in what it is divided by", async () => {
    const { x, labels } = problem();
    const marked = labels.map((label, row) => (row % 5 === 2 ? -1 : label));
    const model = dense();
    const options = { fromLogits: true, ignoreIndex: -1 };
    const loss = sparseCategoricalCrossentropy({ ...options, labelSmoothing: 0.1 });
    model.compile({ optimizer: "sgd", loss, metrics: [crossEntropy(options)] });
    const scores = model.evaluate(x, tf.tensor1d(marked, "int32"), { batchSize: ROWS }) as tf.Scalar[];
    const logits = model.predict(x) as tf.Tensor;
    const z = { data: logits.dataSync(), shape: logits.shape };
    const exact = plain.softmaxCrossEntropy(marked, z, { labelSmoothing: 0.1, ignoreIndex: -1 });
    expectAllClose(
      scores.map((score) => score.dataSync()[0]),
      [exact.loss, exact.crossEntropy],
      tolerance,
    );
    const none = tf.fill([ROWS], -1, "int32");
    const empty = model.evaluate(x, none, { batchSize: ROWS }) as tf.Scalar[];
    expect(empty.map((score) => score.dataSync()[0])).toEqual([0, 0]);
  });

  it("weigh the classes that model.fit is given", async () => {
    const { x, labels } = problem();
    const classWeight = { 0: 0.5, 1: 2, 2: 3 };
    const model = dense();
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    model.compile({ optimizer: tf.train.sgd(0), loss });
    const y = tf.tensor1d(labels, "int32");
    const { history } = await model.fit(x, y, { classWeight, epochs: 1, batchSize: ROWS, verbose: 0 });
    const logits = model.predict(x) as tf.Tensor;
    const z = { data: logits.dataSync(), shape: logits.shape };
    const options = { labelSmoothing: 0.1, classWeights: Object.values(classWeight), meanOver: "rows" } as const;
    expectClose(history.loss[0] as number, plain.softmaxCrossEntropy(labels, z, options).loss, tolerance);
  });

  it("leave no tensor behind", async () => {
    const { x, labels } = problem();
    const model = dense();
    const y = tf.tensor1d(labels, "int32");
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true, ignoreIndex: 2 });
    model.compile({ optimizer: tf.train.sgd(0.1), loss, metrics: ["accuracy", crossEntropy({ fromLogits: true })] });
    await fit(model, x, y, 1);
    const before = tf.memory();
    await fit(model, x, y, 30);
    const after = tf.memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
  });

  it("give rows of any rank, and take the class axis where it is", () => {
    const random = randomStream(31);
    const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => 4 * random() - 2);
    const z = tf.tensor4d(numbers(2 * 3 * 2 * 5), [2, 3, 2, 5]);
    const labels = Int32Array.from({ length: 2 * 3 * 5 }, () => Math.floor(2 * random()));
    const options = { axis: 2, labelSmoothing: 0.3, fromLogits: true };
    const rows = sparseCategoricalCrossentropy(options)(tf.tensor4d(labels, [2, 3, 1, 5], "int32"), z);
    expect(rows.shape).toEqual([2, 3, 5]);
    const exact = plain.softmaxCrossEntropy(
      { data: labels, shape: [2, 3, 5] },
      { data: z.dataSync(), shape: z.shape },
      { axis: 2, labelSmoothing: 0.3, reduction: "none" },
    );
    expectAllClose(rows.dataSync(), exact.loss, tolerance);
  });
});

describe("a compiled model", () => {
  beforeAll(() => useBackend("cpu"));

  it("with several outputs gives each its own loss, by list and by name", async () => {
    const { x, labels } = problem();
    const input = layers.input({ shape: [FEATURES] });
    const first = layers.layers.dense({ units: CLASSES, name: "first" }).apply(input) as layers.SymbolicTensor;
    const second = layers.layers.dense({ units: 2, name: "second" }).apply(input) as layers.SymbolicTensor;
    const model = layers.model({ inputs: input, outputs: [first, second] });
    const ours: LayersLoss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    const y = [tf.tensor1d(labels, "int32"), tf.zeros([ROWS, 2])];
    const [z, w] = model.predict(x) as tf.Tensor[];
    const exact = plain.softmaxCrossEntropy(labels, { data: z.dataSync(), shape: z.shape }, { labelSmoothing: 0.1 });
    for (const loss of [[ours, "meanSquaredError"], { first: ours, second: "meanSquaredError" }]) {
      model.compile({ optimizer: tf.train.sgd(0), loss: loss as string[], metrics: ["accuracy"] });
      const { history } = await model.fit(x, y, { epochs: 1, batchSize: ROWS, verbose: 0 });
      expectClose(history.first_loss[0] as number, exact.loss, tolerance);
      const meanSquare = tf.mean(tf.square(w)).dataSync()[0];
      expectClose(history.loss[0] as number, exact.loss + meanSquare, tolerance);
      const right = labels.filter((label, row) => tf.argMax(z, 1).dataSync()[row] === label);
      expectClose(history.first_acc[0] as number, right.length / ROWS, tolerance);
    }
  });

  it("trains on one batch of class indices, and refuses one-hot labels where it was promised indices", async () => {
    const { x, labels } = problem();
    const model = dense();
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    model.compile({ optimizer: tf.train.sgd(0.5), loss });
    const y = tf.tensor1d(labels, "int32");
    const first = (await model.trainOnBatch(x, y)) as number;
    expect((await model.trainOnBatch(x, y)) as number).toBeLessThan(first);
    await expect(model.trainOnBatch(x, oneHot(labels))).rejects.toThrow("each example has shape [1]");
  });

  it("that names TensorFlow.js' own loss is compiled as before", async () => {
    const { x, labels } = problem();
    sparseCategoricalCrossentropy();
    const model = dense("softmax");
    model.compile({ optimizer: tf.train.sgd(0.5), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const history = await fit(model, x, oneHot(labels), 2);
    expect(last(history, "loss")).toBeLessThan(history.history.loss[0] as number);
    expect(() => model.compile({ optimizer: "sgd", loss: "unheardOf" })).toThrow("Unknown loss unheardOf");
    expect(() => model.compile({ optimizer: "sgd", loss: { nowhere: sparseCategoricalCrossentropy() } })).toThrow(
      'Unknown entry in loss dictionary: "nowhere"',
    );
  });

  it("is saved with its weights, and trains on after it was loaded and compiled again", async () => {
    const { x, labels } = problem();
    const y = tf.tensor1d(labels, "int32");
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    const model = dense();
    model.compile({ optimizer: tf.train.sgd(0.5), loss });
    await fit(model, x, y, 3);
    const loaded = await throughMemory(model);
    loaded.compile({ optimizer: tf.train.sgd(0.5), loss });
    const scores = [model, loaded].map((one) => (one.evaluate(x, y) as tf.Scalar).dataSync()[0]);
    expect(scores[1]).toBe(scores[0]);
  });

  it("is saved with its optimizer, whose state the loaded model has when it is compiled again", async () => {
    const { x, labels } = problem();
    const y = tf.tensor1d(labels, "int32");
    const loss = sparseCategoricalCrossentropy({ labelSmoothing: 0.1, fromLogits: true });
    const model = dense();
    model.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss });
    await fit(model, x, y, 3);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const loaded = await throughMemory(model, { includeOptimizer: true });
    // A file holds names of TensorFlow.js' own losses only. What trains without being compiled again fails at once.
    expect(warn.mock.calls.flat().join()).toContain("is missing from loss dictionary");
    warn.mockRestore();
    await expect(fit(loaded as layers.Sequential, x, tf.zeros([ROWS, CLASSES]), 1)).rejects.toThrow(
      "lossFunction is not a function",
    );
    loaded.compile({ optimizer: loaded.optimizer, loss });
    const [once, again] = [await fit(model, x, y, 2), await fit(loaded as layers.Sequential, x, y, 2)];
    expectAllClose(again.history.loss as number[], once.history.loss as number[], tolerance);
  });

  it("with the metric crossEntropy is saved without its optimizer: TensorFlow.js loads metrics by its own names", async () => {
    const model = dense();
    const metrics = [crossEntropy({ fromLogits: true })];
    model.compile({ optimizer: "sgd", loss: categoricalCrossentropy({ fromLogits: true }), metrics });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await expect(throughMemory(model, { includeOptimizer: true })).rejects.toThrow("Unknown metric crossEntropy");
    warn.mockRestore();
    expect((await throughMemory(model)).outputs[0].shape).toEqual([null, CLASSES]);
  });
});

/** The model as a file would bring it back. */
async function throughMemory(model: layers.LayersModel, options: tf.io.SaveConfig = {}): Promise<layers.LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  const save = async (given: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
    artifacts = given;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  };
  await model.save({ save }, options);
  return layers.loadLayersModel(tf.io.fromMemory(artifacts as tf.io.ModelArtifacts));
}

describe("the losses for model.compile", () => {
  beforeAll(() => useBackend("cpu"));

  it.each([
    [sparseCategoricalCrossentropy, { labelSmoothin: 0.1 }, 'got "labelSmoothin"'],
    [categoricalCrossentropy, { reduction: "sum" }, 'got "reduction"'],
    [binaryCrossentropy, { ignoreIndex: 0 }, 'got "ignoreIndex"'],
    [crossEntropy, { labelSmoothing: 0.1 }, 'got "labelSmoothing"'],
  ])("%o refuses an option that it does not have", (loss, options, message) => {
    expect(() => loss(options as object)).toThrow(message);
  });

  it("say which option of Keras' is out of range, which label is no class, and that one class is none", () => {
    const z = tf.tensor2d([[1, 2, 0]]);
    const label = tf.tensor2d([[3]], [1, 1], "int32");
    expect(() => sparseCategoricalCrossentropy({ fromLogits: true })(label, z)).toThrow(
      "labels must be integers in [0, 3), got 3 at row 0; if labels start at 1, subtract 1",
    );
    expect(() => categoricalCrossentropy({ labelSmoothing: 1.5 })(tf.tensor2d([[1, 0, 0]]), z)).toThrow(
      "labelSmoothing must be a number in [0, 1], got 1.5",
    );
    const one = tf.tensor2d([[0.5]]);
    for (const loss of [categoricalCrossentropy(), sparseCategoricalCrossentropy(), crossEntropy()]) {
      expect(() => loss(one, one)).toThrow(
        `${loss.name} must be given two classes at least, got 1; for one sigmoid output use binaryCrossentropy`,
      );
    }
  });

  it("end at 16.1 nats for a probability of 0, without a gradient, where logits go on", () => {
    const [label, z] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[-40, 0]])];
    const ofProbabilities = (t: tf.Tensor) => categoricalCrossentropy()(label, tf.softmax(t));
    const ofLogits = (t: tf.Tensor) => categoricalCrossentropy({ fromLogits: true })(label, t);
    expectAllClose(ofProbabilities(z).dataSync(), [-Math.log(1e-7)], tolerance);
    expectAllClose(ofLogits(z).dataSync(), [40], tolerance);
    // The part that is left is the other class' share of lse, which does not see the clipped one.
    expectAllClose(tf.grad(ofProbabilities)(z).dataSync(), [0, 0], { atol: 1e-6 });
    expectAllClose(tf.grad(ofLogits)(z).dataSync(), [-1, 1], tolerance);
  });
});
