import * as tf from "@tensorflow/tfjs-core";
import { ArgumentError, softmaxCrossEntropy as inFloat64, presets } from "softlabel";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { optionTable, randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { backendsInNode, UNKNOWN, useBackend } from "./backends.ts";

/** What float32 leaves of sums of some dozen numbers up to 10; the composed loss promises 1e-5. */
const SINGLE = { rtol: 2e-6, atol: 2e-6 };
const [ROWS, CLASSES] = [6, 5];
const random = randomStream(31);
const { logits, indices, distributions } = randomCall(random, ROWS, CLASSES);
const table = optionTable(random, ROWS, CLASSES);
const upstream = Float32Array.from({ length: ROWS }, (_, row) => 0.3 + 0.4 * row - (row % 2));

/** The loss and its gradient as TensorFlow.js computes them. */
function valueAndGradient(
  labels: Parameters<typeof softmaxCrossEntropy>[0],
  z: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
  options: SoftmaxCrossEntropyOptions,
  dy?: Float32Array,
): { readonly loss: Float32Array; readonly gradient: Float32Array } {
  const { value, grad } = tf.tidy(() => {
    const zOnDevice = tf.tensor(Float32Array.from(z.data), [...z.shape]);
    const op = (zz: tf.Tensor): tf.Tensor => softmaxCrossEntropy(labels, zz, options);
    return tf.valueAndGrad(op)(zOnDevice, dy && tf.reshape(tf.tensor(dy), op(zOnDevice).shape));
  });
  return { loss: value.dataSync<"float32">(), gradient: grad.dataSync<"float32">() };
}

/** float32 numbers: both losses are given the same. */
const z32 = { data: Float32Array.from(logits.data), shape: logits.shape };
const q32 = { data: Float32Array.from(distributions.data), shape: distributions.shape };
/** Too far from any other number for float32 to lose: z itself in float64. */
const inDouble = { data: Float64Array.from(z32.data), shape: z32.shape };

describe.each(backendsInNode)("softmaxCrossEntropy of softlabel/tfjs on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(table)("with %s", (_, options) => {
    it.each([
      ["class indices", indices, () => tf.tensor(indices.data, [ROWS], "int32")],
      ["distributions", q32, () => tf.tensor(q32.data, [ROWS, CLASSES])],
    ] as const)("is the library's loss of %s, with its gradient", (__, labels, onDevice) => {
      for (const reduction of ["mean", "sum", "sum-by-nonzero-weights"] as const) {
        const expected = inFloat64(labels, inDouble, { ...options, reduction, gradient: true });
        const { loss, gradient } = valueAndGradient(onDevice(), z32, { ...options, reduction });
        expectAllClose(loss, [expected.loss], SINGLE, reduction);
        expectAllClose(gradient, expected.gradLogits.data, SINGLE, reduction);
      }
    });

    it.each([
      ["class indices", indices],
      ["distributions", q32],
    ] as const)("takes %s as plain numbers, and gives one loss per row times what arrives at each", (__, labels) => {
      const expected = inFloat64(labels, inDouble, { ...options, reduction: "none", gradient: true });
      const { loss, gradient } = valueAndGradient(labels, z32, { ...options, reduction: "none" }, upstream);
      expectAllClose(loss, expected.loss, SINGLE);
      expectAllClose(
        gradient,
        Array.from(expected.gradLogits.data, (each, i) => each * upstream[Math.floor(i / CLASSES)]),
        SINGLE,
      );
    });
  });

  it.each([0, 1, 2, -2])("finds the classes on axis %d of three", (axis) => {
    const shape = [2, 3, 4];
    const rowShape = shape.filter((_, at) => at !== (axis + 3) % 3);
    const classes = shape.at(axis) as number;
    const data = Float32Array.from({ length: 24 }, () => 6 * random() - 3);
    const labels = Int32Array.from({ length: 24 / classes }, () => Math.floor(random() * classes));
    const options = { axis, labelSmoothing: 0.2, reduction: "none" } as const;
    const expected = inFloat64(
      { data: labels, shape: rowShape },
      { data: Float64Array.from(data), shape },
      {
        ...options,
        gradient: true,
      },
    );
    const op = (z: tf.Tensor): tf.Tensor => softmaxCrossEntropy(tf.tensor(labels, rowShape, "int32"), z, options);
    const { value, grad } = tf.valueAndGrad(op)(tf.tensor(data, shape));
    expect(value.shape).toEqual(rowShape);
    expect(grad.shape).toEqual(shape);
    expectAllClose(value.dataSync(), expected.loss, SINGLE);
    expectAllClose(grad.dataSync(), expected.gradLogits.data, SINGLE);
  });

  it("takes one row without other axes", () => {
    const expected = inFloat64(2, [1, 2, 3, 4], { labelSmoothing: 0.1, gradient: true });
    const { loss, gradient } = valueAndGradient(2, { data: [1, 2, 3, 4], shape: [4] }, { labelSmoothing: 0.1 });
    expectAllClose(loss, [expected.loss], SINGLE);
    expectAllClose(gradient, expected.gradLogits.data, SINGLE);
  });

  it("takes weights as a tensor", () => {
    const weights = [0.5, 0, 2, 1, 3, 0.25];
    const expected = inFloat64(indices, inDouble, { weights, labelSmoothing: 0.1, gradient: true });
    const { loss, gradient } = valueAndGradient(indices, z32, { weights: tf.tensor(weights), labelSmoothing: 0.1 });
    expectAllClose(loss, [expected.loss], SINGLE);
    expectAllClose(gradient, expected.gradLogits.data, SINGLE);
  });

  it("does not see a constant that is added to every logit, a million among them", () => {
    const far = { data: z32.data.map((each) => Math.round(each * 16) / 16), shape: z32.shape };
    const near = valueAndGradient(indices, far, { labelSmoothing: 0.1 });
    const moved = valueAndGradient(
      indices,
      { ...far, data: far.data.map((each) => each + 1e6) },
      { labelSmoothing: 0.1 },
    );
    expectAllClose(moved.loss, near.loss, SINGLE);
    expectAllClose(moved.gradient, near.gradient, SINGLE);
  });

  it.each([
    ["for all rows", [1, 1, 0, 1, 0]],
    ["for each row", Array.from({ length: ROWS }, (_, row) => [1, 1, row % 2, 1, 1 - (row % 2)])],
  ])("stays finite where logits are masked with −∞ and `allowed` says so, %s", (_, allowed) => {
    const data = z32.data.map((each, i) => {
      const [row, k] = [Math.floor(i / CLASSES), i % CLASSES];
      const mask = Array.isArray(allowed[0]) ? (allowed[row] as number[]) : (allowed as number[]);
      return mask[k] === 0 ? Number.NEGATIVE_INFINITY : each;
    });
    const labels = Int32Array.of(0, 1, 3, 3, 0, 1);
    const options = { labelSmoothing: 0.2, allowed };
    for (const convention of ["all-classes", "other-classes"] as const) {
      const given = { ...options, convention };
      const expected = inFloat64(
        labels,
        { data: Float64Array.from(data), shape: z32.shape },
        { ...given, gradient: true },
      );
      const { loss, gradient } = valueAndGradient(labels, { data, shape: z32.shape }, given);
      expect(loss[0]).toBeLessThan(20);
      expectAllClose(loss, [expected.loss], SINGLE, convention);
      expectAllClose(gradient, expected.gradLogits.data, SINGLE, convention);
    }
  });

  it("does not let an ignored row's logits or labels have a part in anything", () => {
    const data = z32.data.map((each, i) => (i < CLASSES ? Number.NaN : i < 2 * CLASSES ? Infinity : each));
    const labels = Int32Array.of(-100, -100, ...indices.data.subarray(2));
    const options = { labelSmoothing: 0.1, ignoreIndex: -100 };
    const expected = inFloat64(
      labels,
      { data: Float64Array.from(data), shape: z32.shape },
      { ...options, gradient: true },
    );
    for (const given of [labels, tf.tensor(labels, [ROWS], "int32")]) {
      const { loss, gradient } = valueAndGradient(given, { data, shape: z32.shape }, options);
      expectAllClose(loss, [expected.loss], SINGLE);
      expectAllClose(gradient, expected.gradLogits.data, SINGLE);
    }
  });

  it("is 0 or what `emptyMean` says where every row is ignored", () => {
    const labels = tf.fill([ROWS], -100, "int32");
    const { loss, gradient } = valueAndGradient(labels, z32, { ignoreIndex: -100 });
    expect([...loss]).toEqual([0]);
    expect([...gradient]).toEqual(Array(ROWS * CLASSES).fill(0));
    expect([...valueAndGradient(labels, z32, { ignoreIndex: -100, emptyMean: Number.NaN }).loss]).toEqual([Number.NaN]);
  });

  it.each(Object.entries(presets))("reproduces the preset %s", (name, preset) => {
    if (["tensorflowSigmoid", "tfjsSigmoid", "mmpretrainMultiLabel"].includes(name)) return;
    const labels = Int32Array.of(2, 3, 4, 2, 3, 4);
    const options = { ...(preset as SoftmaxCrossEntropyOptions), labelSmoothing: 0.1 };
    const plain = inFloat64(labels, inDouble, { ...preset, labelSmoothing: 0.1, gradient: true } as never);
    const { loss, gradient } = valueAndGradient(labels, z32, options);
    expectAllClose(loss, typeof plain.loss === "number" ? [plain.loss] : plain.loss, SINGLE);
    expectAllClose(gradient, (plain as { gradLogits: { data: Float64Array } }).gradLogits.data, SINGLE);
  });

  it("keeps the digits of a loss under other shapes: rows of 1, 3, 1,000 and 32,000 classes", () => {
    for (const [rows, classes] of [
      [5, 1],
      [3, 3],
      [4, 1000],
      [2, 32000],
    ]) {
      const call = randomCall(random, rows, classes, 8);
      const z = { data: Float32Array.from(call.logits.data), shape: [rows, classes] };
      const expected = inFloat64(
        call.indices,
        { ...z, data: Float64Array.from(z.data) },
        { labelSmoothing: 0.1, gradient: true },
      );
      const { loss, gradient } = valueAndGradient(call.indices, z, { labelSmoothing: 0.1 });
      // 1e-5 is what the adapter promises; float32 sums of 32,000 numbers up to 16 take most of it.
      expectClose(loss[0], expected.loss, { rtol: 1e-5, atol: 1e-5 }, `${classes} classes`);
      // Of one class p − q′ is 0, from terms of 1/rows.
      const largest = Math.max(...expected.gradLogits.data.map(Math.abs), 1 / rows);
      expectAllClose(gradient, expected.gradLogits.data, { atol: 1e-5 * largest }, `${classes} classes`);
    }
  });

  it("refuses what shapes and options tell to be wrong, in the library's words", () => {
    const z = tf.tensor(z32.data, [ROWS, CLASSES]);
    const wrong =
      (options: object, labels: unknown = indices): (() => unknown) =>
      () =>
        softmaxCrossEntropy(labels as never, z, options as SoftmaxCrossEntropyOptions);
    expect(wrong({ labelSmoothing: 1.5 })).toThrow(
      new ArgumentError("labelSmoothing must be a number in [0, 1], got 1.5"),
    );
    expect(wrong({ convention: "other" })).toThrow(ArgumentError);
    expect(wrong({ reduction: "average" })).toThrow(ArgumentError);
    expect(wrong({ axis: 2 })).toThrow(ArgumentError);
    expect(wrong({ prior: [1, 2] })).toThrow(ArgumentError);
    expect(wrong({ weights: [1, -1, 1, 1, 1, 1] })).toThrow(ArgumentError);
    expect(wrong({ weights: tf.tensor([1, 2]) })).toThrow(
      "weights must be a number or one number per row, shape [6], got [2]",
    );
    expect(wrong({ gradient: true })).toThrow('got "gradient"');
    expect(wrong({ validate: 1 })).toThrow("validate must be one of false, true, got 1");
    expect(wrong({}, tf.zeros([ROWS, 2]))).toThrow(
      "labels must have shape [6] (class indices) or [6, 5] (distributions)",
    );
    expect(wrong({}, [0, 1, 2, 3, 4, 5])).toThrow("labels must be integers in [0, 5), got 5 at row 5");
    expect(() => softmaxCrossEntropy([0], [[1, 2]] as never)).toThrow(
      "logits must be a TensorFlow.js tensor, got an array of length 1",
    );
  });

  it("has an answer to a tensor of labels that are no classes: an error, or NaN where nothing is read back", () => {
    const labels = tf.tensor([0, 1, 5, 2, 3, 4], [ROWS], "int32");
    const wrong =
      (options: SoftmaxCrossEntropyOptions): (() => unknown) =>
      () =>
        valueAndGradient(labels, z32, options);
    const message = "labels must be integers in [0, 5), got 5 at row 2";
    expect(wrong({ validate: true })).toThrow(message);
    if (backend !== UNKNOWN) {
      expect(wrong({})).toThrow(message);
      return;
    }
    const { loss, gradient } = valueAndGradient(labels, z32, { reduction: "none" });
    expect([...loss].map(Number.isNaN)).toEqual([false, false, true, false, false, false]);
    expect([...gradient].map(Number.isNaN)).toEqual(Array.from({ length: 30 }, (_, i) => i >= 10 && i < 15));
    expect(valueAndGradient(labels, z32, {}).loss[0]).toBeNaN();
  });
});
