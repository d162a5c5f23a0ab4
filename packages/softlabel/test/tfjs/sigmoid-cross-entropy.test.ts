import * as tf from "@tensorflow/tfjs-core";
import { ArgumentError, sigmoidCrossEntropy as inFloat64, presets } from "softlabel";
import { type SigmoidCrossEntropyOptions, sigmoidCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { backendsInNode, UNKNOWN, useBackend } from "./backends.ts";

/** What float32 leaves of sums of a dozen numbers up to 10; the adapter promises 1e-5. */
const SINGLE = { rtol: 2e-6, atol: 2e-6 };
const shape = [4, 3];
const random = randomStream(71);
const numbers = (from: number, to: number, length = 12): number[] =>
  Array.from({ length }, () => from + (to - from) * random());
const z = Float32Array.from(numbers(-4, 4));
const y = Float32Array.from(numbers(0.05, 0.95));
const weights = numbers(0, 2).map((each, i) => (i === 4 ? 0 : each));
const upstream = numbers(-1, 2);

const table: [string, SigmoidCrossEntropyOptions][] = [
  ["no option", {}],
  ["ε", { labelSmoothing: 0.1 }],
  ["ε = 1", { labelSmoothing: 1 }],
  ["ε per element", { labelSmoothing: { data: numbers(0, 1), shape } }],
  ["a prior per label", { labelSmoothing: 0.3, prior: [0.1, 0.5, 0.9] }],
  ["full", { labelSmoothing: 0.1, convention: "full" }],
  ["weights", { labelSmoothing: 0.1, weights: { data: weights, shape } }],
  ["weights of rows, mean over rows", { weights: [[1], [0], [2], [0.5]], meanOver: "rows" }],
  ["minus the floor", { labelSmoothing: 0.2, subtractFloor: true }],
  ["a normalizer", { labelSmoothing: 0.2, normalizer: 7 }],
  ["the preset of TensorFlow.js", { ...presets.tfjsSigmoid, labelSmoothing: 0.1, weights: { data: weights, shape } }],
];
const plain = (data: ArrayLike<number>): { data: Float64Array; shape: number[] } => ({
  data: Float64Array.from(data),
  shape,
});

describe.each(backendsInNode)("sigmoidCrossEntropy of softlabel/tfjs on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(table)("is the library's loss with %s, and its gradient along the logits", (_, options) => {
    const given = options as Parameters<typeof inFloat64>[2];
    const whole = inFloat64(plain(y), plain(z), { ...given, gradient: true });
    const op = (zz: tf.Tensor): tf.Tensor => sigmoidCrossEntropy(tf.tensor(y, shape), zz, options);
    const { value, grad } = tf.valueAndGrad(op)(tf.tensor(z, shape));
    expectAllClose(value.dataSync(), [whole.loss as number], SINGLE);
    expectAllClose(grad.dataSync(), whole.gradLogits.data, SINGLE);
  });

  it.each(table.filter(([, { normalizer }]) => !normalizer))("gives one loss per element with %s", (_, options) => {
    const each = { ...options, reduction: "none" } as const;
    const expected = inFloat64(plain(y), plain(z), { ...(each as object), reduction: "none", gradient: true });
    const op = (zz: tf.Tensor): tf.Tensor => sigmoidCrossEntropy({ data: y, shape }, zz, each);
    const { value, grad } = tf.valueAndGrad(op)(tf.tensor(z, shape), tf.tensor(upstream, shape));
    expect(value.shape).toEqual(shape);
    expectAllClose(value.dataSync(), expected.loss, SINGLE);
    expectAllClose(
      grad.dataSync(),
      expected.gradLogits.data.map((g, i) => g * upstream[i]),
      SINGLE,
    );
  });

  it.each(table)("has the gradient along the labels with %s", (_, options) => {
    const at = (i: number, by: number): number => {
      const moved = plain(y);
      moved.data[i] += by;
      return inFloat64(moved, plain(z), options as Parameters<typeof inFloat64>[2]).loss as number;
    };
    const differences = Array.from(y, (__, i) => (at(i, 1e-4) - at(i, -1e-4)) / 2e-4);
    const op = (labels: tf.Tensor): tf.Tensor => sigmoidCrossEntropy(labels, tf.tensor(z, shape), options);
    // The differences are exact to 1e-8: the loss is linear in y but for the floor.
    expectAllClose(tf.grad(op)(tf.tensor(y, shape)).dataSync(), differences, { rtol: 1e-5, atol: 2e-6 });
  });

  it("takes weights as a tensor that broadcasts", () => {
    const column = [[1], [0], [2], [0.5]];
    const options = { labelSmoothing: 0.1, weights: tf.tensor(column) };
    const loss = sigmoidCrossEntropy(tf.tensor(y, shape), tf.tensor(z, shape), options);
    const expected = inFloat64(plain(y), plain(z), { labelSmoothing: 0.1, weights: column }).loss;
    expectAllClose(loss.dataSync(), [expected as number], SINGLE);
  });

  it("keeps its digits far from 0, and is infinite only where label and logit disagree for good", () => {
    const logits = Float32Array.of(80, -80, 1e30, -1e30, Infinity, -Infinity, Infinity, -Infinity, Number.NaN);
    const labels = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 1);
    const expected = inFloat64(labels, logits, { reduction: "none", gradient: true });
    const op = (zz: tf.Tensor): tf.Tensor => sigmoidCrossEntropy(tf.tensor(labels), zz, { reduction: "none" });
    const { value, grad } = tf.valueAndGrad(op)(tf.tensor(logits));
    // exp(−80) is beyond what log1p keeps beside 1 on some device.
    expectAllClose(value.dataSync(), expected.loss, { atol: 1e-12 });
    expectAllClose(grad.dataSync(), expected.gradLogits.data, { atol: 1e-12 });
  });

  it("leaves out what weighs 0, NaN among it", () => {
    const loss = sigmoidCrossEntropy([1, 0], tf.tensor([Number.NaN, 0]), { weights: [0, 1] });
    expectAllClose(loss.dataSync(), [Math.log(2)], SINGLE);
  });

  it("refuses what is wrong, in the library's words", () => {
    const wrong =
      (options: object, labels: unknown = tf.tensor(y, shape)): (() => unknown) =>
      () =>
        sigmoidCrossEntropy(labels as tf.Tensor, tf.tensor(z, shape), options as SigmoidCrossEntropyOptions);
    expect(wrong({ labelSmoothing: -0.1 })).toThrow(
      new ArgumentError("labelSmoothing must be a number in [0, 1], got -0.1"),
    );
    expect(wrong({ convention: "full", prior: 0.5 })).toThrow('prior must come with convention "half"');
    expect(wrong({ reduction: "average" })).toThrow(ArgumentError);
    expect(wrong({ gradient: true })).toThrow('got "gradient"');
    expect(wrong({ weights: [1, 2] })).toThrow("weights must broadcast to [4, 3], got [2]");
    expect(wrong({ weights: tf.tensor([1, 2]) })).toThrow("weights must broadcast to [4, 3], got [2]");
    expect(wrong({}, tf.zeros([4]))).toThrow("labels must have the logits' shape [4, 3], got [4]");
    expect(
      wrong(
        {},
        Array.from({ length: 4 }, () => [0, 1, 2]),
      ),
    ).toThrow("labels must be in [0, 1], got 2 at position 2");
    const outside = tf.fill(shape, 1.5);
    expect(wrong({ validate: true }, outside)).toThrow("labels must be in [0, 1], got 1.5 at position 0");
    if (backend !== UNKNOWN) expect(wrong({}, outside)).toThrow("labels must be in [0, 1], got 1.5 at position 0");
  });
});
