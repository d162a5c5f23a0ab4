import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy as inFloat64, type SoftmaxCrossEntropyOptions } from "softlabel";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { optionTable, randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { backendsInNode, useBackend } from "./backends.ts";

const [ROWS, CLASSES] = [4, 5];
const random = randomStream(53);
const call = randomCall(random, ROWS, CLASSES);
const z = Float32Array.from(call.logits.data);
const q = Float32Array.from(call.distributions.data);
/** Different in every lane: the second derivative along it. */
const direction = Float32Array.from({ length: z.length }, (_, i) => Math.sin(3 * i + 1));
const table = optionTable(random, ROWS, CLASSES);

const H = 1e-4;
/** Differences of float64 gradients are exact to H² and the operation works in float32. */
const TOLERANCE = { rtol: 1e-4, atol: 2e-6 };

/** ∂⟨direction, ∂loss/∂z⟩/∂z by central differences of the library's own gradient. */
function differences(labels: object, options: SoftmaxCrossEntropyOptions): Float64Array {
  const slope = (i: number, by: number): number => {
    const moved = Float64Array.from(z);
    moved[i] += by;
    const { gradLogits } = inFloat64(
      labels as never,
      { data: moved, shape: [ROWS, CLASSES] },
      { ...options, gradient: true },
    );
    return direction.reduce((sum, each, j) => sum + each * gradLogits.data[j], 0);
  };
  return Float64Array.from({ length: z.length }, (_, i) => (slope(i, H) - slope(i, -H)) / (2 * H));
}

describe.each(backendsInNode)("the second derivative on %s", (backend) => {
  beforeAll(() => useBackend(backend));
  const zOnDevice = (): tf.Tensor => tf.tensor(z, [ROWS, CLASSES]);

  it.each(table)("is that of the library's gradient with %s", (_, options) => {
    const along = tf.tensor(direction, [ROWS, CLASSES]);
    for (const [labels, onDevice] of [
      [call.indices, tf.tensor(call.indices.data, [ROWS], "int32")],
      [{ data: q, shape: [ROWS, CLASSES] }, tf.tensor(q, [ROWS, CLASSES])],
    ] as const) {
      const gradient = tf.grad((zz: tf.Tensor) => softmaxCrossEntropy(onDevice, zz, options));
      const found = tf.grad((zz) => tf.sum(tf.mul(gradient(zz), along)))(zOnDevice());
      expectAllClose(found.dataSync(), differences(labels, options), TOLERANCE);
    }
  });

  it("lets a gradient penalty train: the loss and the norm of its gradient along the input fall together", () => {
    const x = tf.tensor(direction, [ROWS, CLASSES]);
    const weights = tf.variable(
      tf.tensor(
        Float32Array.from({ length: CLASSES * CLASSES }, () => random() - 0.5),
        [CLASSES, CLASSES],
      ),
    );
    const penalised = (): tf.Scalar => {
      const loss = (input: tf.Tensor): tf.Tensor =>
        softmaxCrossEntropy(call.indices, tf.matMul(input as tf.Tensor2D, weights as tf.Tensor2D), {
          labelSmoothing: 0.1,
        });
      const { value, grad } = tf.valueAndGrad(loss)(x);
      return tf.add(value, tf.mul(10, tf.sum(tf.square(grad)))) as tf.Scalar;
    };
    const history = Array.from({ length: 15 }, () => {
      const { value, grads } = tf.variableGrads(penalised);
      weights.assign(tf.sub(weights, tf.mul(grads[weights.name], 0.05)));
      return value.dataSync()[0];
    });
    expect(
      history.every((value, i) => i === 0 || value < history[i - 1]),
      history.join(" "),
    ).toBe(true);
    expect(history[14]).toBeLessThan(0.95 * history[0]);
    weights.dispose();
  });

  it("mixes labels and logits: ∂²loss/∂q∂z = −(1 − ε)·∂log p/∂z", () => {
    const along = tf.tensor(direction, [ROWS, CLASSES]);
    const labels = tf.tensor(q, [ROWS, CLASSES]);
    const options = { labelSmoothing: 0.1, reduction: "sum" } as const;
    const found = tf.grad((zz: tf.Tensor) =>
      tf.sum(tf.mul(tf.grad((qq: tf.Tensor) => softmaxCrossEntropy(qq, zz, options))(labels), along)),
    )(zOnDevice());
    const expected = tf.grad((zz: tf.Tensor) => tf.mul(-0.9, tf.sum(tf.mul(tf.logSoftmax(zz), along))))(zOnDevice());
    expectAllClose(found.dataSync(), expected.dataSync(), { atol: 1e-5 });
  });

  it("is σ(z)·(1 − σ(z)) of the sigmoid's loss", () => {
    const labels = q.map(Math.round);
    const gradient = tf.grad((zz: tf.Tensor) =>
      sigmoidCrossEntropy(labels, zz, { labelSmoothing: 0.1, reduction: "sum" }),
    );
    const found = tf.grad((zz) => tf.sum(tf.mul(gradient(zz), tf.tensor(direction))))(tf.tensor(z));
    const p = z.map((each) => 1 / (1 + Math.exp(-each)));
    expectAllClose(
      found.dataSync(),
      p.map((each, i) => direction[i] * each * (1 - each)),
      { atol: 1e-6 },
    );
  });
});
