import * as tf from "@tensorflow/tfjs-core";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../core/random-call.ts";
import { backendsInNode, UNKNOWN, useBackend } from "./backends.ts";
import { peakBytes } from "./peak-bytes.ts";

const [ROWS, CLASSES] = [8, 5];
const random = randomStream(83);

describe.each(backendsInNode)("the memory of softlabel/tfjs on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const numbers = (...shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.5),
      shape,
    );
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);

  it("is the same after 1,000 training steps as after one, and the loss falls", () => {
    const x = numbers(ROWS, 6) as tf.Tensor2D;
    const weights = tf.variable(numbers(6, CLASSES));
    const onDevice = tf.tensor(labels, [ROWS], "int32");
    const optimizer = tf.train.sgd(0.5);
    const step = (): number => {
      const loss = () => softmaxCrossEntropy(onDevice, tf.matMul(x, weights as tf.Tensor2D), { labelSmoothing: 0.1 });
      const value = optimizer.minimize(loss as () => tf.Scalar, true) as tf.Scalar;
      const [number] = value.dataSync();
      value.dispose();
      return number;
    };
    const first = step();
    const before = tf.memory();
    let last = first;
    for (let i = 0; i < 1000; i++) last = step();
    const after = tf.memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
    expect(last).toBeLessThan(0.7 * first);
    tf.dispose([x, weights, onDevice]);
    optimizer.dispose();
  });

  it.each([
    ["softmaxCrossEntropy of indices", (z: tf.Tensor) => softmaxCrossEntropy(labels, z, { labelSmoothing: 0.1 })],
    [
      "softmaxCrossEntropy of distributions",
      (z: tf.Tensor) =>
        softmaxCrossEntropy(tf.softmax(z), z, {
          labelSmoothing: 0.1,
          prior: [0.1, 0.2, 0.3, 0.2, 0.2],
          convention: "other-classes",
        }),
    ],
    [
      "softmaxCrossEntropy with weights",
      (z: tf.Tensor) => softmaxCrossEntropy(labels, z, { weights: tf.ones([ROWS]), ignoreIndex: 3 }),
    ],
    ["sigmoidCrossEntropy", (z: tf.Tensor) => sigmoidCrossEntropy(tf.sigmoid(z), z, { labelSmoothing: 0.1 })],
  ])("%s hands back one tensor outside of a tidy, one within, and its gradients", (_, loss) => {
    const z = numbers(ROWS, CLASSES);
    const run = (f: () => tf.Tensor | tf.Tensor[]): number => {
      const before = tf.memory();
      const results = f();
      tf.dispose(results);
      const after = tf.memory();
      expect(after.numBytes).toBe(before.numBytes);
      return after.numTensors - before.numTensors;
    };
    const inputs = () => tf.tidy(() => loss(z));
    expect(run(inputs)).toBe(0);
    expect(run(() => tf.grad(loss)(z))).toBe(0);
    expect(run(() => tf.tidy(() => Object.values(tf.valueAndGrad(loss)(z))))).toBe(0);
    expect(run(() => tf.grad((zz) => tf.sum(tf.square(tf.grad(loss)(zz))))(z))).toBe(0);
    z.dispose();
  });

  it("is left as it was by a call that throws", () => {
    const z = numbers(ROWS, CLASSES);
    const before = tf.memory().numTensors;
    const options = { validate: true };
    expect(() => softmaxCrossEntropy(new Int32Array(ROWS).fill(9), z, options)).toThrow("got 9 at row 0");
    expect(() =>
      tf.grad((zz: tf.Tensor) => softmaxCrossEntropy(new Int32Array(ROWS).fill(9), zz, options))(z),
    ).toThrow();
    expect(tf.memory().numTensors).toBe(before);
    z.dispose();
  });

  it("holds, on top of the logits, the gradient and little else", () => {
    const z = numbers(64, 500);
    const y = tf.tensor(
      Int32Array.from({ length: 64 }, (_, row) => (7 * row) % 500),
      [64],
      "int32",
    );
    const extra = peakBytes(() => {
      const { value, grad } = tf.valueAndGrad((zz: tf.Tensor) => softmaxCrossEntropy(y, zz, { labelSmoothing: 0.1 }))(
        z,
      );
      tf.dispose([value, grad]);
    });
    // Composed: four intermediate results of that size at a time.
    expect(extra / (4 * 64 * 500)).toBeLessThan(backend === UNKNOWN ? 4.5 : 1.05);
    tf.dispose([z, y]);
  });
});
