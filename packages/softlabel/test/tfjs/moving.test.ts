import * as tf from "@tensorflow/tfjs-core";
import { ArgumentError, presets, type TensorLike } from "softlabel";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  crossEntropy,
  type SoftmaxCrossEntropyOptions,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseCategoricalCrossentropy,
} from "softlabel/tfjs";
import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { useBackend } from "./backends.ts";

const labels = [
  [0, 1, 0],
  [1, 0, 0],
];
const logits = (): tf.Tensor =>
  tf.tensor2d([
    [2, 1, 0],
    [0, 3, 1],
  ]);

describe("code that calls tf.losses and only changes the import", () => {
  beforeAll(() => useBackend("cpu"));

  it.each([
    ["softmaxCrossEntropy", softmaxCrossEntropy],
    ["sigmoidCrossEntropy", sigmoidCrossEntropy],
  ])("is told that %s takes ε among the options, and does not train unsmoothed", (_, loss) => {
    const asBefore = loss as (...given: unknown[]) => tf.Tensor;
    expect(() => asBefore(labels, logits(), undefined, 0.1)).toThrow(
      new ArgumentError(
        "options must be the last argument, got 0.1 after them; write { weights, labelSmoothing, reduction }",
      ),
    );
    expect(asBefore(labels, logits(), undefined, undefined).rank).toBe(0);
  });

  it("minimises a loss that is one number, and the compiler knows that it is", () => {
    const z = tf.variable(logits());
    const before = softmaxCrossEntropy(labels, z).dataSync()[0];
    tf.train.sgd(0.1).minimize(() => softmaxCrossEntropy(labels, z, { ...presets.pytorch, labelSmoothing: 0.1 }));
    tf.train.sgd(0.1).minimize(() => sigmoidCrossEntropy(labels, z, { labelSmoothing: 0.1 }));
    expect(softmaxCrossEntropy(labels, z).dataSync()[0]).toBeLessThan(before);

    const options: SoftmaxCrossEntropyOptions = {};
    expectTypeOf(softmaxCrossEntropy(labels, z, { reduction: "sum" })).toEqualTypeOf<tf.Scalar>();
    expectTypeOf(softmaxCrossEntropy(labels, z, { reduction: "none" })).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(softmaxCrossEntropy(labels, z, options)).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(sigmoidCrossEntropy(labels, z, { reduction: "none" })).toEqualTypeOf<tf.Tensor>();
  });
});

describe("a tensor that is disposed", () => {
  beforeAll(() => useBackend("cpu"));

  type Weighed = Pick<SoftmaxCrossEntropyOptions, "weights">;
  const disposed = (tensor: tf.Tensor): tf.Tensor => {
    tensor.dispose();
    return tensor;
  };
  const gone = (name: string): ArgumentError =>
    new ArgumentError(`${name} must be a tensor that still has its numbers, got one that is disposed`);

  it.each<[string, (labels: tf.Tensor | TensorLike, logits: tf.Tensor, options?: Weighed) => tf.Tensor]>([
    ["softmaxCrossEntropy", softmaxCrossEntropy],
    ["sigmoidCrossEntropy", sigmoidCrossEntropy],
  ])("is named by %s, also where a clone keeps its numbers", (_, loss) => {
    const kept = logits();
    expect(() => loss(labels, disposed(tf.clone(kept)))).toThrow(gone("logits"));
    expect(() => loss(disposed(tf.clone(kept)), kept)).toThrow(gone("labels"));
    expect(() => loss(labels, kept, { weights: disposed(tf.scalar(1)) })).toThrow(gone("weights"));
  });
});

describe("a loss that is given to model.compile without being called", () => {
  it.each([categoricalCrossentropy, sparseCategoricalCrossentropy, binaryCrossentropy, crossEntropy])(
    "says that %o must be called",
    (loss) => {
      const uncalled = loss as (...given: unknown[]) => unknown;
      expect(() => uncalled(tf.tensor2d(labels), logits())).toThrow(
        new ArgumentError(
          "options must be an object, got a tensor; model.compile takes what this function returns: call it first",
        ),
      );
    },
  );
});
