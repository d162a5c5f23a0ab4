import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import { type SmoothingOptions, softmaxCrossEntropy, useRelaxedSimd } from "softlabel";
import { beforeAll, describe, expect, it } from "vitest";
import { createModel, type Model } from "../../src/models/parameters.ts";
import { imageTensor, parameterTensors } from "../../src/training/as-tensors.ts";
import { forward } from "../../src/training/forward.ts";
import { createOptimizer, type Optimizer } from "../../src/training/optimizer.ts";
import { asLayersModel } from "../../src/training/save-model.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { type Batch, trainStep } from "../../src/training/step.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, values } from "./support/backends.ts";

beforeAll(startTensorFlow);

const { random, between } = cases(21);
const small = { height: 16, width: 15, channels: 2, classes: 4 };
/** The smallest that the convolutions of cleverhans leave a pixel of, and more columns. */
const large = { ...small, height: 27, width: 30 };
const imageFor = (name: string): typeof small => (name === "cleverhans" ? large : small);

function someBatch(rows: number, image = small): Batch {
  const { data } = values([rows, image.height, image.width, image.channels], random);
  return { images: data.map(Math.abs), labels: Int32Array.from({ length: rows }, () => between(0, 3)) };
}

/** Catches the gradients that a step hands to its optimizer, and leaves the model as it is. */
function gradientsOf(model: Model, batch: Batch, smoothing: SmoothingOptions): Float32Array[] {
  const caught: Float32Array[] = [];
  const spy: Optimizer = {
    steps: 0,
    state: [],
    step: (_, gradients) => caught.push(...gradients.map((g) => g.slice())),
  };
  trainStep(model, spy, batch, smoothing);
  return caught;
}

describe("a step", () => {
  it.each(["softmax", "mlp", "lenet", "lenet5", "cleverhans"])(
    "hands on the gradients that stock layers and their smoothed loss have on the reference backend: %s",
    async (name) => {
      const model = createModel(name, imageFor(name), 5);
      const batch = someBatch(3, imageFor(name));
      const actual = gradientsOf(model, batch, { labelSmoothing: 0.2 });
      await tf.setBackend("cpu");
      const expected = tf.tidy(() => {
        const reference = asLayersModel(model);
        const images = imageTensor(model, batch.images);
        const onehot = tf.oneHot(tf.tensor1d(batch.labels, "int32"), 4);
        const { grads } = tf.variableGrads(() => {
          const logits = reference.apply(images, { training: true }) as Tensor;
          return tf.losses.softmaxCrossEntropy(onehot, logits, undefined, 0.2) as Scalar;
        });
        const gradients = reference.trainableWeights.map((weight) => grads[(weight.read() as Variable).name]);
        return gradients.map((gradient) => gradient.dataSync<"float32">());
      });
      await tf.setBackend("wasm");
      expect(actual).toHaveLength(expected.length);
      for (const [p, e] of expected.entries()) {
        const scale = e.reduce((largest, g) => Math.max(largest, Math.abs(g)), 1e-6);
        // float32 through up to five layers, in another order of summation.
        const wrong = e.findIndex((g, i) => !(Math.abs(actual[p][i] - g) <= 2e-5 * scale));
        if (wrong >= 0) expect.fail(`gradient ${p}, lane ${wrong}: got ${actual[p][wrong]}, expected ${e[wrong]}`);
      }
    },
  );

  it("returns the library's own loss of the logits before it, and its parts", () => {
    const model = createModel("mlp", small, 6);
    const batch = someBatch(9);
    const logits = tf.tidy(() =>
      forward(model, parameterTensors(model), imageTensor(model, batch.images)).logits.dataSync<"float32">(),
    );
    useRelaxedSimd(false);
    for (const options of [{ labelSmoothing: 0 }, { labelSmoothing: 0.3, convention: "other-classes" as const }]) {
      const { loss, floor, crossEntropy } = softmaxCrossEntropy(batch.labels, { data: logits, shape: [9, 4] }, options);
      const optimizer = createOptimizer("sgd", 1e-12, []);
      expect(trainStep(model, optimizer, batch, options)).toEqual({ loss, floor, crossEntropy });
    }
  });

  it.each(["mlp", "lenet", "lenet5", "cleverhans"])(
    "leaves no tensor and no buffer behind, and the heap as it was: %s",
    (name) => {
      const model = createModel(name, imageFor(name), 7);
      const optimizer = createOptimizer(
        "adam",
        1e-3,
        model.parameters.map((p) => p.values.length),
      );
      const batch = someBatch(16, imageFor(name));
      for (let i = 0; i < 5; i++) trainStep(model, optimizer, batch, { labelSmoothing: 0.1 });
      const before = state();
      for (let i = 0; i < 15; i++) trainStep(model, optimizer, batch, { labelSmoothing: 0.1 });
      expect(state()).toEqual(before);
    },
  );

  it("on the same batch again and again brings the loss down toward its floor", () => {
    const model = createModel("lenet5", small, 8);
    const optimizer = createOptimizer(
      "adam",
      3e-3,
      model.parameters.map((p) => p.values.length),
    );
    const batch = someBatch(8);
    const losses = Array.from({ length: 120 }, () => trainStep(model, optimizer, batch, { labelSmoothing: 0.1 }));
    const { loss, floor } = losses[119];
    expect(losses[0].loss - floor).toBeGreaterThan(0.5);
    expect(loss - floor).toBeLessThan(0.02);
    expect(loss).toBeGreaterThan(floor);
  });

  function state(): object {
    const { numTensors, numDataBuffers } = tf.memory();
    const backend = tf.backend() as BackendWasm;
    const heap = (backend.wasm as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8;
    return { numTensors, numDataBuffers, numDataIds: backend.numDataIds(), heap: heap.length };
  }
});
