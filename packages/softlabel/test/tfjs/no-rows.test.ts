import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy as plain } from "softlabel";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { backendsInNode, useBackend } from "./backends.ts";

const cases: readonly Omit<SoftmaxCrossEntropyOptions, "weights">[] = [
  { labelSmoothing: 0.1 },
  { emptyMean: Number.NaN },
  { labelSmoothing: 0.1, ignoreIndex: -1, classWeights: [1, 2, 3, 4] },
  { labelSmoothing: 0.1, convention: "other-classes", subtractFloor: true },
  { labelSmoothing: 0.1, prior: [0.1, 0.2, 0.3, 0.4] },
];
const gradientOf = (labels: tf.Tensor, z: tf.Tensor, options: SoftmaxCrossEntropyOptions): tf.Tensor =>
  tf.grad((zz: tf.Tensor) => tf.sum(softmaxCrossEntropy(labels, zz, options)))(z);

describe.each(backendsInNode)("a batch without rows on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(cases)("has the library's own loss and an empty gradient: %j", (options) => {
    const [labels, z] = [tf.zeros([0], "int32"), tf.zeros([0, 4])];
    const expected = plain(new Int32Array(0), { data: new Float64Array(0), shape: [0, 4] }, options);
    expect(softmaxCrossEntropy(labels, z, options).dataSync()[0]).toBe(expected.loss);
    expect(gradientOf(labels, z, options).shape).toEqual([0, 4]);
  });

  it("has no losses where they are not summed, and takes distributions", () => {
    const z = tf.zeros([2, 0, 4]);
    for (const labels of [tf.zeros([2, 0], "int32"), tf.zeros([2, 0, 4])]) {
      const options = { labelSmoothing: 0.1, reduction: "none" } as const;
      expect(softmaxCrossEntropy(labels, z, options).shape).toEqual([2, 0]);
      expect(gradientOf(labels, z, options).shape).toEqual([2, 0, 4]);
    }
  });
});
