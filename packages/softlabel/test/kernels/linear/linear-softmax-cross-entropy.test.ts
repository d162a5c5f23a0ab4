import fc from "fast-check";
import { presets } from "softlabel";
import { describe, expect, test, vi } from "vitest";
import { type LinearSoftmaxCrossEntropyOptions, linearSoftmaxCrossEntropy } from "../../../src/kernels/linear/index.ts";
import { optionTable, randomStream } from "../../core/random-call.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { randomLayer } from "./random-layer.ts";
import { expectAsUnfused } from "./reference.ts";

const layer = randomLayer(1, 13, 10, 7);
const { features, weight, bias, indices, rows, width, classes } = layer;
const distributions = layer.distributions();
const gradient = true as const;

describe("the loss and its gradients are those of the unfused way in float64", () => {
  const random = randomStream(2);
  const table = optionTable(random, rows, classes).filter(([name]) => name !== "uniform over another axis");
  const own: [string, LinearSoftmaxCrossEntropyOptions][] = [
    ["bias", { bias, labelSmoothing: 0.1 }],
    ["sum", { bias, labelSmoothing: 0.1, reduction: "sum" }],
    ["none", { bias, labelSmoothing: 0.1, reduction: "none" }],
    ["TensorFlow's reduction", { reduction: "sum-by-nonzero-weights", weights: indices.map((_, row) => row % 3) }],
    ["normalizer", { normalizer: 40, labelSmoothing: 0.1 }],
    ["paddingIndex", { paddingIndex: 2, labelSmoothing: 0.1 }],
    ["the class axis by its number", { axis: 1, uniformAxis: 1, labelSmoothing: 0.1 }],
  ];

  const every: [string, LinearSoftmaxCrossEntropyOptions][] = [...table, ...own];
  test.each(every)("with class indices and %s, three rows at a time", (_name, options) => {
    const all = { ...options, chunkRows: 3, gradient };
    const result = linearSoftmaxCrossEntropy(indices, features, weight, all);
    expectAsUnfused(result, layer, indices, all, options.reduction === undefined ? 1 : 2 * rows);
  });

  const forDistributions = table.filter(([, { ignoreIndex }]) => ignoreIndex === undefined);
  test.each(forDistributions)("with distributions and %s, four rows at a time", (_name, options) => {
    const all = { ...options, chunkRows: 4, gradient };
    expectAsUnfused(linearSoftmaxCrossEntropy(distributions, features, weight, all), layer, distributions, all);
  });

  test("with classes allowed for all rows, or for each its own", () => {
    const forAll = Float32Array.from({ length: classes }, (_, k) => (k === 3 ? 0 : 1));
    const labels = indices.map((label) => (label === 3 ? 4 : label));
    const perRow = Uint8Array.from({ length: rows * classes }, (_, at) =>
      at % classes === labels[Math.floor(at / classes)] || at % 3 > 0 ? 1 : 0,
    );
    for (const allowed of [forAll, { data: perRow, shape: [rows, classes] }]) {
      const options = { allowed, labelSmoothing: 0.2, chunkRows: 5, ignoreIndex: 1, gradient };
      expectAsUnfused(linearSoftmaxCrossEntropy(labels, features, weight, options), layer, labels, options);
    }
  });

  test("for any shape, with and without a bias, however the rows are cut", () => {
    const shape = fc.record({
      seed: fc.integer(),
      rows: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 70 }),
      classes: fc.integer({ min: 1, max: 300 }),
      chunkRows: fc.integer({ min: 1, max: 50 }),
      withBias: fc.boolean(),
      withIndices: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ seed, rows, width, classes, chunkRows, withBias, withIndices }) => {
        const some = randomLayer(seed, rows, width, classes);
        const labels = withIndices ? some.indices : some.distributions();
        const options = { labelSmoothing: 0.1, chunkRows, gradient, bias: withBias ? some.bias : undefined };
        expectAsUnfused(linearSoftmaxCrossEntropy(labels, some.features, some.weight, options), some, labels, options);
      }),
      { numRuns: 40 },
    );
  });
});

test("the example of the documentation holds", () => {
  const [x, w] = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 0],
      [0, 1],
      [1, -1],
    ],
  ];
  expectClose(linearSoftmaxCrossEntropy([1, 0], x, w, { labelSmoothing: 0.1 }).loss, 0.95026049, { atol: 1e-7 });
});

describe("relations", () => {
  const options = { labelSmoothing: 0.1, bias, ignoreIndex: 0, weights: indices.map((_, row) => row % 4), gradient };

  test("the size of the chunks changes nothing but the rounding", () => {
    const whole = linearSoftmaxCrossEntropy(indices, features, weight, { ...options, chunkRows: rows });
    for (const chunkRows of [1, 2, 6, 1000]) {
      const cut = linearSoftmaxCrossEntropy(indices, features, weight, { ...options, chunkRows });
      // float32 sums of at most 13 rows, whose terms are below 1/4.
      const tolerance = { atol: 1e-6 };
      expectClose(cut.loss, whole.loss, tolerance);
      for (const part of ["gradFeatures", "gradWeight", "gradBias"] as const) {
        expectAllClose(cut[part]?.data ?? [], whole[part]?.data ?? [], tolerance, `${part} by ${chunkRows}`);
      }
    }
  });

  test("index labels are one-hot labels, and rows of any rank are rows", () => {
    const oneHot = Array.from(indices, (label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)));
    const byIndex = linearSoftmaxCrossEntropy(indices, features, weight, { gradient, labelSmoothing: 0.1 });
    const byOneHot = linearSoftmaxCrossEntropy(oneHot, features, weight, { gradient, labelSmoothing: 0.1 });
    expectClose(byOneHot.loss, byIndex.loss, { rtol: 1e-6 });
    expectAllClose(byOneHot.gradWeight.data, byIndex.gradWeight.data, { atol: 1e-7 });

    const shape = [2, 2, 3, width];
    const labels = { data: indices.subarray(0, 12), shape: shape.slice(0, 3) };
    const cube = { data: features.data.subarray(0, 12 * width), shape };
    const ofCube = linearSoftmaxCrossEntropy(labels, cube, weight, { gradient });
    const ofRows = linearSoftmaxCrossEntropy(labels.data, { ...cube, shape: [12, width] }, weight, { gradient });
    expect(ofCube).toEqual({ ...ofRows, gradFeatures: { data: ofRows.gradFeatures.data, shape } });

    const one = { data: features.data.subarray(0, width), shape: [width] };
    const ofOne = linearSoftmaxCrossEntropy(indices[0], one, weight, { gradient });
    const each = linearSoftmaxCrossEntropy(indices, features, weight, { gradient, reduction: "none" });
    expectClose(ofOne.loss, each.loss[0], { rtol: 1e-6 });
    expect(ofOne.gradFeatures.shape).toEqual([width]);
    expectAllClose(ofOne.gradFeatures.data, each.gradFeatures.data.subarray(0, width), { atol: 1e-6 });
  });

  test("a sum is the mean times the number of rows, and none keeps them apart", () => {
    const { loss: mean } = linearSoftmaxCrossEntropy(indices, features, weight);
    const { loss: sum } = linearSoftmaxCrossEntropy(indices, features, weight, { reduction: "sum" });
    const { loss: each } = linearSoftmaxCrossEntropy(indices, features, weight, { reduction: "none", chunkRows: 4 });
    expect(each).toHaveLength(rows);
    expectClose(sum, mean * rows, { rtol: 1e-12 });
    expectClose(
      each.reduce((total, loss) => total + loss, 0),
      sum,
      { rtol: 1e-6 },
    );
  });

  test("float64 and nested inputs are rounded to float32", () => {
    const nested = (data: Float32Array, columns: number): number[][] =>
      Array.from({ length: data.length / columns }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
    const plain = linearSoftmaxCrossEntropy(indices, features, weight, { gradient, bias });
    const from = linearSoftmaxCrossEntropy(indices, nested(features.data, width), nested(weight.data, width), {
      gradient,
      bias: Float64Array.from(bias),
    });
    expect(from).toEqual(plain);
  });

  test("presets whose classes are the last axis of rows can be spread", () => {
    const labels = indices.map((label, row) => (row === 5 ? -100 : label));
    const options = { ...presets.pytorch, labelSmoothing: 0.1, gradient };
    expectAsUnfused(linearSoftmaxCrossEntropy(labels, features, weight, options), layer, labels, options);
    const tfjs = { ...presets.tfjs, labelSmoothing: 0.1, gradient };
    expectAsUnfused(linearSoftmaxCrossEntropy(indices, features, weight, tfjs), layer, indices, tfjs);
  });

  test("what a call returned is not written by the next", () => {
    const first = linearSoftmaxCrossEntropy(indices, features, weight, { gradient, bias });
    const before = structuredClone(first);
    linearSoftmaxCrossEntropy(indices.toReversed(), features, weight, { gradient, bias });
    expect(first).toEqual(before);
  });

  test("nothing that a call is given is written", () => {
    const before = structuredClone({ features, weight, bias, indices });
    linearSoftmaxCrossEntropy(indices, features, weight, { gradient, bias });
    expect({ features, weight, bias, indices }).toEqual(before);
  });
});

test("the gradients are the central differences of the loss, with a weight of its own for every row", () => {
  const small = randomLayer(5, 4, 3, 5);
  const weights = [0.7, 1.3, 0, 2];
  const options = { labelSmoothing: 0.2, weights, reduction: "sum", bias: small.bias, gradient } as const;
  const loss = (): number => linearSoftmaxCrossEntropy(small.indices, small.features, small.weight, options).loss;
  const result = linearSoftmaxCrossEntropy(small.indices, small.features, small.weight, options);
  // A power of 2 is added to float32 numbers below 1 without rounding to speak of. The loss is good to 1e-6 of about 8,
  // which leaves 1e-4 of the quotient, and the third derivative, at most 4 in all, times h²/6 as much.
  const h = 2 ** -6;
  const inputs = { gradFeatures: small.features.data, gradWeight: small.weight.data, gradBias: small.bias };
  for (const [name, input] of Object.entries(inputs) as [keyof typeof inputs, Float32Array][]) {
    const differences = Array.from(input, (value, at) => {
      input[at] = value + h;
      const above = loss();
      input[at] = value - h;
      const below = loss();
      input[at] = value;
      return (above - below) / (2 * h);
    });
    expectAllClose(result[name]?.data ?? [], differences, { atol: 1e-3 }, name);
  }
});

describe("at the edges", () => {
  test("zero rows have a mean of 0 and gradients of 0", () => {
    const none = { data: new Float32Array(0), shape: [0, width] };
    const result = linearSoftmaxCrossEntropy([], none, weight, { gradient, bias });
    expect(result).toMatchObject({ loss: 0, crossEntropy: 0, priorCrossEntropy: 0, floor: 0 });
    expect(result.gradFeatures).toEqual(none);
    expect(result.gradWeight).toEqual({ data: new Float32Array(classes * width), shape: [classes, width] });
    expect(result.gradBias).toEqual({ data: new Float32Array(classes), shape: [classes] });
  });

  test("one class is certain: the loss and every gradient are 0", () => {
    const only = { data: weight.data.subarray(0, width), shape: [1, width] };
    const result = linearSoftmaxCrossEntropy(new Int32Array(rows), features, only, { gradient, labelSmoothing: 0.3 });
    expect(result.loss).toBeCloseTo(0, 12);
    expectAllClose(result.gradFeatures.data, new Float32Array(rows * width), { atol: 1e-7 });
    expectAllClose(result.gradWeight.data, new Float32Array(width), { atol: 1e-7 });
  });

  test("rows that are ignored or weigh 0 have no part, whatever they hold", () => {
    const data = features.data.slice();
    data.fill(Number.NaN, 2 * width, 3 * width);
    data.fill(Infinity, 4 * width, 5 * width);
    const labels = indices.map((label, row) => (row === 2 ? -100 : label));
    const weights = indices.map((_, row) => (row === 4 ? 0 : 1));
    const options = { bias, labelSmoothing: 0.1, ignoreIndex: -100, gradient, chunkRows: 3 };
    const result = linearSoftmaxCrossEntropy(labels, { data, shape: [rows, width] }, weight, { ...options, weights });
    const others = Int32Array.from([0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12]);
    const without = linearSoftmaxCrossEntropy(
      others.map((row) => labels[row]),
      {
        data: Float32Array.from([...others].flatMap((row) => [...data.subarray(row * width, (row + 1) * width)])),
        shape: [others.length, width],
      },
      weight,
      options,
    );
    expectClose(result.loss, without.loss, { rtol: 1e-12 });
    expect(result.gradWeight).toEqual(without.gradWeight);
    expect(result.gradBias).toEqual(without.gradBias);
    for (const row of [2, 4]) {
      expect([...result.gradFeatures.data.subarray(row * width, (row + 1) * width)]).toEqual(Array(width).fill(0));
    }
  });

  test("a batch of which every row is ignored has no loss and no gradient", () => {
    const options = { ignoreIndex: -1, gradient, bias };
    const labels = new Int32Array(rows).fill(-1);
    const result = linearSoftmaxCrossEntropy(labels, features, weight, options);
    expect(result.loss).toBe(0);
    expect(result.gradWeight.data.every((value) => value === 0)).toBe(true);
    expect(linearSoftmaxCrossEntropy(labels, features, weight, { ...options, emptyMean: Number.NaN }).loss).toBeNaN();
  });

  test("NaN stays in its row, but for the gradients that sum over rows", () => {
    const data = features.data.slice();
    data[3 * width + 1] = Number.NaN;
    const options = { reduction: "none", gradient, bias, chunkRows: 5, labelSmoothing: 0.1 } as const;
    const result = linearSoftmaxCrossEntropy(indices, { data, shape: [rows, width] }, weight, options);
    const clean = linearSoftmaxCrossEntropy(indices, features, weight, options);
    for (let row = 0; row < rows; row++) {
      const gradients = [result, clean].map(({ gradFeatures }) => [
        ...gradFeatures.data.subarray(row * width, (row + 1) * width),
      ]);
      if (row === 3) {
        expect(result.loss[row]).toBeNaN();
        expect(gradients[0].every(Number.isNaN)).toBe(true);
      } else {
        // The kernel of the loss may round otherwise beside such a row.
        expectClose(result.loss[row], clean.loss[row], { rtol: 1e-6 });
        expectAllClose(gradients[0], gradients[1], { atol: 1e-6 });
      }
    }
    expect(result.gradWeight.data.every(Number.isNaN)).toBe(true);
    expect(result.gradBias?.data.every(Number.isNaN)).toBe(true);
  });

  test("a logit of −∞ by its bias has no probability, and no gradient where it is not allowed", () => {
    const masked = bias.map((value, k) => (k === 3 ? -Infinity : value));
    const labels = indices.map((label) => (label === 3 ? 4 : label));
    const allowed = Float32Array.from({ length: classes }, (_, k) => (k === 3 ? 0 : 1));
    const options = { bias: masked, allowed, labelSmoothing: 0.1, gradient };
    const result = linearSoftmaxCrossEntropy(labels, features, weight, options);
    expect(result.loss).toBeGreaterThan(0);
    expect(result.loss).toBeLessThan(10);
    expect([...result.gradWeight.data.subarray(3 * width, 4 * width)]).toEqual(Array(width).fill(0));
    expect(result.gradBias?.data[3]).toBe(0);
  });

  test("without a gradient there is none, and the loss is the same", () => {
    const { gradFeatures, gradWeight, gradBias, loss } = linearSoftmaxCrossEntropy(indices, features, weight, { bias });
    expect([gradFeatures, gradWeight, gradBias]).toEqual([undefined, undefined, undefined]);
    expect(loss).toBe(linearSoftmaxCrossEntropy(indices, features, weight, { bias, gradient }).loss);
  });

  test("an engine without WebAssembly computes the same", async () => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", undefined);
    try {
      const { linearSoftmaxCrossEntropy: plain } = await import("../../../src/kernels/linear/index.ts");
      const options = { bias, labelSmoothing: 0.1, chunkRows: 4, gradient };
      expectAsUnfused(plain(indices, features, weight, options), layer, indices, options);
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });
});
