import {
  ArgumentError,
  presets,
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
  type TensorLike,
} from "softlabel";
import { describe, expect, test } from "vitest";
import { classWeightKeys } from "../../src/core/class-weights.ts";
import { reductionKeys, smoothingKeys } from "../../src/core/options.ts";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";
import { readTensor } from "../../src/core/tensor.ts";
import { lossByKernel } from "../../src/kernels/loss-by-kernel.ts";
import { randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { expectAsCore } from "./support/expect-as-core.ts";
import { plainKernel } from "./support/plain-kernel.ts";
import type { LossCall } from "./support/random-loss-call.ts";

const [ROWS, CLASSES] = [6, 5];
const call = randomCall(randomStream(7), ROWS, CLASSES);
const logits = { data: Float32Array.from(call.logits.data), shape: [ROWS, CLASSES] };
const indices = Int32Array.from([0, 1, 2, 3, 4, 1]);
const soft = { data: Float32Array.from(call.distributions.data), shape: [ROWS, CLASSES] };
const oneHot = {
  data: Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
    Number(i % CLASSES === indices[Math.floor(i / CLASSES)]),
  ),
  shape: [ROWS, CLASSES],
};
const perRow = [0.1, 0.2, 0, 1, 0.5, 0.3];
const prior = [0.1, 0.2, 0.3, 0.25, 0.15];
const matrix = Array.from({ length: CLASSES }, () => prior);
const perClass = [1, 2, 0.5, 3, 1];
const allButLast = [1, 1, 1, 1, 0];
const labelsButLast = [0, 1, 2, 3, 0, 1];
const smoothed = { labelSmoothing: 0.1 };

/** Whether a call goes to the kernel or to the core; what the kernel's contract gives is compared with the core. */
function routeOf(labels: TensorLike, z: TensorLike, options: SoftmaxCrossEntropyOptions): "kernel" | "core" {
  const kernel = plainKernel();
  const asked = { gradient: true, ...options };
  const result = lossByKernel(kernel, labels, z, asked);
  expect(kernel.calls()).toBe(result ? 1 : 0);
  if (result === undefined) return "core";
  const { data, shape } = readTensor(z, "logits");
  const call = {
    labels: readTensor(labels, "labels"),
    logits: { data: Float32Array.from(data), shape },
    options: asked,
  };
  expectAsCore(result, call as LossCall);
  return "kernel";
}

type Route = readonly [string, "kernel" | "core", TensorLike, SoftmaxCrossEntropyOptions];

describe("which way a call takes", () => {
  const byOptions: readonly Route[] = [
    ["no options", "kernel", indices, {}],
    ["ε", "kernel", indices, smoothed],
    ["ε per row", "kernel", indices, { labelSmoothing: perRow }],
    ["ε per row, as a column", "kernel", indices, { labelSmoothing: perRow.map((ε) => [ε]) }],
    ["a prior", "kernel", indices, { ...smoothed, prior }],
    ["a prior per label", "core", indices, { ...smoothed, prior: matrix }],
    ["a prior with a share that float32 rounds to 0", "core", indices, { ...smoothed, prior: [1e-60, 1, 0, 0, 0] }],
    ["all-classes", "kernel", indices, { ...smoothed, convention: "all-classes" }],
    ["classy-vision", "kernel", indices, { ...smoothed, convention: "classy-vision" }],
    ["other-classes", "kernel", indices, { ...smoothed, convention: "other-classes" }],
    [
      "other-classes, allowed",
      "kernel",
      labelsButLast,
      { ...smoothed, convention: "other-classes", allowed: allButLast },
    ],
    ["other-classes, ε = 0.8 of 5 classes", "kernel", indices, { labelSmoothing: 0.8, convention: "other-classes" }],
    ["other-classes, ε beyond uniform", "core", indices, { labelSmoothing: 0.81, convention: "other-classes" }],
    ["other-classes, a prior", "core", indices, { ...smoothed, convention: "other-classes", prior }],
    ["other-classes, distributions", "core", soft, { ...smoothed, convention: "other-classes" }],
    ["other-classes, one-hot distributions", "kernel", oneHot, { ...smoothed, convention: "other-classes" }],
    ["allowed", "kernel", labelsButLast, { ...smoothed, allowed: allButLast }],
    ["allowed, a prior", "kernel", labelsButLast, { ...smoothed, allowed: allButLast, prior }],
    ["allowed per row", "core", indices, { allowed: Array.from({ length: ROWS }, () => [1, 1, 1, 1, 1]) }],
    ["ignoreIndex", "kernel", indices, { ...smoothed, ignoreIndex: 1 }],
    ["paddingIndex", "kernel", indices, { ...smoothed, paddingIndex: 2 }],
    ["weights", "kernel", indices, { ...smoothed, weights: perRow }],
    ["one weight", "kernel", indices, { ...smoothed, weights: 3 }],
    ["class weights", "kernel", indices, { ...smoothed, classWeights: perClass }],
    ["class weights, distributions", "kernel", soft, { ...smoothed, classWeights: perClass }],
    ["PyTorch's class weights", "core", indices, { ...smoothed, classWeights: perClass, classWeighting: "pytorch" }],
    ["PyTorch's weighting without weights", "kernel", indices, { ...smoothed, classWeighting: "pytorch" }],
    ["a sum", "kernel", indices, { ...smoothed, reduction: "sum" }],
    ["one loss per row", "kernel", indices, { ...smoothed, reduction: "none", weights: perRow }],
    [
      "sum-by-nonzero-weights",
      "kernel",
      indices,
      { ...smoothed, reduction: "sum-by-nonzero-weights", weights: perRow },
    ],
    ["a normalizer", "kernel", indices, { ...smoothed, normalizer: 11 }],
    ["a mean over rows", "kernel", indices, { ...smoothed, meanOver: "rows", weights: perRow }],
    ["an empty mean", "kernel", [1, 1, 1, 1, 1, 1], { ...smoothed, ignoreIndex: 1, emptyMean: 7 }],
    ["minus the floor", "kernel", indices, { ...smoothed, subtractFloor: true }],
    ["minus the floor, distributions", "kernel", soft, { ...smoothed, subtractFloor: true }],
    ["distributions", "kernel", soft, smoothed],
    ["distributions, a prior", "kernel", soft, { ...smoothed, prior }],
    ["one-hot distributions", "kernel", oneHot, { ...smoothed, allowed: [1, 1, 1, 1, 1], classWeights: perClass }],
    ["a one-hot distribution that allowed excludes", "core", oneHot, { ...smoothed, allowed: allButLast }],
    ["the class axis by its number", "kernel", indices, { ...smoothed, axis: 1 }],
    ["another class axis", "core", [0, 1, 2, 3, 4], { ...smoothed, axis: 0 }],
    ["uniformAxis where it is the class axis", "kernel", indices, { ...smoothed, uniformAxis: 1 }],
    ["uniformAxis elsewhere", "core", indices, { ...smoothed, uniformAxis: 0 }],
    ["no gradient", "kernel", indices, { ...smoothed, gradient: false }],
    ["gradientInto", "kernel", indices, { ...smoothed, gradientInto: { ...logits, data: new Float32Array(30) } }],
    [
      "gradientInto, float64",
      "core",
      indices,
      { ...smoothed, gradientInto: { data: new Float64Array(30), shape: [ROWS, CLASSES] } },
    ],
    ["undefined options", "kernel", indices, { prior: undefined, allowed: undefined, weights: undefined }],
    ["a mistyped option", "core", indices, { labelsmoothing: 0.1 } as SoftmaxCrossEntropyOptions],
    ["labels out of range", "core", [0, 1, 2, 3, 4, 5], smoothed],
    ["a label that allowed excludes", "core", indices, { ...smoothed, allowed: allButLast }],
    ["ε out of range", "core", indices, { labelSmoothing: 1.1 }],
  ];
  test.each(byOptions)("%s: %s", (_, way, labels, options) => {
    expect(routeOf(labels, logits, options)).toBe(way);
  });

  test("every option is in the table", () => {
    const named = new Set(byOptions.flatMap(([, , , options]) => Object.keys(options)));
    named.delete("labelsmoothing");
    expect([...named].sort()).toEqual(Object.keys({ ...smoothingKeys, ...reductionKeys, ...classWeightKeys }).sort());
  });

  test.each([
    ["pytorch", "kernel"],
    ["keras", "kernel"],
    ["tensorflow", "kernel"],
    ["tfjs", "kernel"],
    ["huggingface", "kernel"],
    ["fairseq", "kernel"],
    ["tensor2tensor", "kernel"],
    ["t5x", "kernel"],
    ["megatron", "kernel"],
    ["classyVision", "kernel"],
    ["mlx", "kernel"],
    ["annotatedTransformer", "kernel"],
    ["opennmt", "kernel"],
    ["cleverhans", "kernel"],
  ] as const)("the preset %s: %s", (name, way) => {
    expect(routeOf(indices, logits, { ...presets[name], ...smoothed })).toBe(way);
  });

  test.each([
    ["a tensor", { data: indices, shape: [ROWS] }],
    ["bytes", Uint8Array.from(indices)],
    ["16 bits", Int16Array.from(indices)],
    ["unsigned", Uint32Array.from(indices)],
    ["BigInts", BigInt64Array.from(indices, BigInt)],
    ["floats", Float32Array.from(indices)],
    ["a list", Array.from(indices)],
    ["a list of BigInts", Array.from(indices, BigInt)],
    ["distributions in float64", { data: call.distributions.data, shape: [ROWS, CLASSES] }],
    ["distributions in lists", Array.from({ length: ROWS }, () => prior)],
  ])("labels that are %s go to the kernel", (_, labels) => {
    expect(routeOf(labels, logits, smoothed)).toBe("kernel");
  });

  test("dense distributions that float32 may misjudge, or that allowed excludes, go to the core", () => {
    const wide = { data: new Float32Array(40), shape: [2, 20] };
    const dense = (change: (q: Float64Array) => void): TensorLike => {
      const q = Float64Array.from({ length: 40 }, (_, i) => Number(i % 20 > 0) / 19);
      change(q);
      return { data: q, shape: [2, 20] };
    };
    expect(
      routeOf(
        dense(() => {}),
        wide,
        smoothed,
      ),
    ).toBe("kernel");
    expect(
      routeOf(
        dense((q) => q.fill(1e-46, 20, 21)),
        wide,
        smoothed,
      ),
    ).toBe("core");
    expect(
      routeOf(
        dense((q) => q.fill(1 / 19 + 7e-6, 21, 22)),
        wide,
        smoothed,
      ),
    ).toBe("kernel");
    expect(
      routeOf(
        dense((q) => q.fill(1 / 19 + 9e-6, 21, 22)),
        wide,
        smoothed,
      ),
    ).toBe("core");
  });

  const column = { ...logits, shape: [ROWS, 1, CLASSES] };
  const labelColumn = { data: indices, shape: [ROWS, 1] };
  test.each<[string, TensorLike, TensorLike, "kernel" | "core"]>([
    ["one row", 2, logits.data.subarray(0, CLASSES), "kernel"],
    ["one row and a distribution", Float64Array.from(prior), logits.data.subarray(0, CLASSES), "kernel"],
    ["three axes", labelColumn, column, "kernel"],
    ["float64 logits", indices, call.logits, "core"],
    ["nested logits", [0], [[2, 1, 0]], "core"],
    ["no rows", [], { data: new Float32Array(0), shape: [0, 3] }, "core"],
    ["other-classes that meet one class", [0], { data: new Float32Array(1), shape: [1, 1] }, "kernel"],
    ["logits that miss their shape", indices, { data: logits.data, shape: [ROWS, CLASSES + 1] }, "core"],
    ["labels that miss their shape", indices.subarray(1), logits, "core"],
  ])("%s", (_, labels, z, way) => {
    expect(routeOf(labels, z, smoothed)).toBe(way);
  });

  test("a label on a logit of −∞ goes to the core under other-classes", () => {
    const masked = { data: logits.data.slice(), shape: logits.shape };
    masked.data[indices[0]] = Number.NEGATIVE_INFINITY;
    expect(routeOf(indices, masked, { ...smoothed, convention: "other-classes" })).toBe("core");
    expect(routeOf(indices, masked, smoothed)).toBe("kernel");
  });
});

describe("where the gradient is written", () => {
  const options = { labelSmoothing: 0.1, gradient: true } as const;
  const { gradLogits: wanted } = softmaxCrossEntropy(indices, logits, options);

  test("into the tensor that was given, which comes back", () => {
    const gradientInto = { data: new Float32Array(30).fill(7), shape: [ROWS, CLASSES] };
    const { gradLogits } = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, gradientInto });
    expect(gradLogits).toBe(gradientInto);
    expect(gradientInto.data).toEqual(wanted.data);
  });

  test("over the logits, whether by their own tensor or by another view of them", () => {
    for (const view of [(data: Float32Array) => data, (data: Float32Array) => new Float32Array(data.buffer)]) {
      const own = { data: logits.data.slice(), shape: logits.shape };
      const into = { data: view(own.data), shape: own.shape };
      softmaxCrossEntropy(indices, own, { labelSmoothing: 0.1, gradientInto: into });
      expect(own.data).toEqual(wanted.data);
    }
  });

  test("beside the logits in one buffer, even where the two overlap", () => {
    for (const shift of [1, 30]) {
      const both = new Float32Array(60);
      both.set(logits.data);
      const own = { data: both.subarray(0, 30), shape: logits.shape };
      const into = { data: both.subarray(shift, shift + 30), shape: logits.shape };
      expect(routeOf(indices, own, { gradientInto: into })).toBe(shift === 1 ? "core" : "kernel");
      softmaxCrossEntropy(indices, own, { labelSmoothing: 0.1, gradientInto: into });
      expectAllClose(into.data, wanted.data, { atol: 1e-7 });
    }
  });

  test("over the labels, where they are distributions", () => {
    const { gradLogits } = softmaxCrossEntropy(soft, logits, options);
    const own = { data: soft.data.slice(), shape: soft.shape };
    expect(routeOf(own, logits, { gradientInto: own })).toBe("core");
    softmaxCrossEntropy(own, logits, { labelSmoothing: 0.1, gradientInto: own });
    expectAllClose(own.data, gradLogits.data, { atol: 1e-7 });
  });

  test("over float64 labels in one buffer, which leaves the floor as it was", () => {
    // So many classes that the floor is not kept in short.
    const wide = { data: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)), shape: [2, 20] };
    const flat = { data: new Float64Array(40).fill(1 / 20), shape: [2, 20] };
    const { floor, gradLogits } = softmaxCrossEntropy(flat, wide, options);
    const into = { data: new Float32Array(flat.data.buffer, 0, 40), shape: [2, 20] };
    expect(softmaxCrossEntropy(flat, wide, { labelSmoothing: 0.1, gradientInto: into }).floor).toBe(floor);
    expect(into.data).toEqual(gradLogits.data);
  });

  test("nowhere when the call throws", () => {
    const own = { data: logits.data.slice(), shape: logits.shape };
    expect(() => softmaxCrossEntropy([0, 1, 2, 3, 4, 5], own, { gradientInto: own })).toThrow(ArgumentError);
    expect(own.data).toEqual(logits.data);
  });
});

describe("what the caller holds", () => {
  test("labels, logits and options are left as they were, call after call", () => {
    const before = JSON.stringify([indices, logits, soft, prior, perRow]);
    const first = softmaxCrossEntropy(indices, logits, { labelSmoothing: perRow, prior, gradient: true });
    softmaxCrossEntropy(soft, logits, { labelSmoothing: 0.9, reduction: "none", gradient: true });
    const again = softmaxCrossEntropy(indices, logits, { labelSmoothing: perRow, prior, gradient: true });
    expect(again).toEqual(first);
    expect(again.gradLogits.data).not.toBe(first.gradLogits.data);
    expect(JSON.stringify([indices, logits, soft, prior, perRow])).toBe(before);
  });

  test("a prior or mask that is changed in place between two calls counts as it is now", () => {
    const u = Float64Array.from(prior);
    const mask = Uint8Array.from([1, 1, 1, 1, 1]);
    const at = () => softmaxCrossEntropy([0, 1, 2, 3, 0, 1], logits, { labelSmoothing: 0.5, prior: u, allowed: mask });
    const first = at();
    u.reverse();
    const second = at();
    mask[4] = 0;
    const third = at();
    expect(new Set([first, second, third].map(({ loss }) => loss)).size).toBe(3);
    const double = { data: Float64Array.from(logits.data), shape: logits.shape };
    const expected = core([0, 1, 2, 3, 0, 1], double, { labelSmoothing: 0.5, prior: u, allowed: mask });
    expectAllClose([third.loss, third.floor], [expected.loss, expected.floor], { atol: 1e-6 });
    expectAllClose([third.floor], [expected.floor], { atol: 1e-12 });
  });

  test("one loss per row is the caller's own, not the next call's", () => {
    const { loss } = softmaxCrossEntropy(indices, logits, { reduction: "none" });
    const kept = loss.slice();
    softmaxCrossEntropy(indices, logits, { reduction: "none", labelSmoothing: 1 });
    expect(loss).toEqual(kept);
  });
});

test("scales that float32 cannot hold on the way give the core's gradient, finite as it is", () => {
  const z = { data: Float32Array.from({ length: 50 }, (_, i) => -15 + Math.sin(i * i)), shape: [1, 50] };
  const wide = { data: Float64Array.from(z.data), shape: z.shape };
  for (const options of [
    { normalizer: 1e-25 },
    { weights: 1e30, reduction: "sum" },
    { weights: 1e-35, reduction: "sum" },
  ] as const) {
    const all = { ...options, labelSmoothing: 0.1, gradient: true } as const;
    const expected = core([3], wide, all).gradLogits.data;
    const largest = Math.max(...Array.from(expected, Math.abs));
    expectAllClose(softmaxCrossEntropy([3], z, all).gradLogits.data, expected, { atol: 1e-6 * largest });
  }
});

describe("the floor of dense labels", () => {
  const classes = 40;
  const dense = randomCall(randomStream(3), 4, classes);
  const z = { data: Float32Array.from(dense.logits.data), shape: [4, classes] };
  const labels = () => ({ data: Float32Array.from(dense.distributions.data), shape: [4, classes] });

  test("is what the core makes of the same labels, one number or one per row, also when it is spread or copied", () => {
    const q = labels();
    const q64 = { data: Float64Array.from(q.data), shape: q.shape };
    for (const reduction of ["mean", "sum", "none"] as const) {
      const options = { labelSmoothing: 0.1, reduction, weights: [1, 0, 2, 3] };
      const expected = core(q64, dense.logits, options).floor;
      const result = softmaxCrossEntropy(q, z, options);
      softmaxCrossEntropy(q, z, { labelSmoothing: 0.7 });
      for (const { floor } of [result, { ...result }, structuredClone(result)]) {
        const [actual, wanted] = [floor, expected].map((h) => (typeof h === "number" ? [h] : h));
        expectAllClose(actual, wanted, { atol: 1e-12 });
      }
    }
  });

  test("can be read of a frozen result, and stays what it was when the labels change after that", () => {
    const q = labels();
    const result = Object.freeze(softmaxCrossEntropy(q, z, { labelSmoothing: 0.1 }));
    const { floor } = result;
    expect(floor).toBeCloseTo(core(q, dense.logits, { labelSmoothing: 0.1 }).floor, 12);
    q.data.fill(1 / classes);
    expect(result.floor).toBe(floor);
  });
});
