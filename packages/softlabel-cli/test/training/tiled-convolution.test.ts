import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { conv2dShape } from "../../src/training/kernels/conv2d-shape.ts";
import { shortConvolution } from "../../src/training/kernels/short-convolution.ts";
import { isTiled } from "../../src/training/kernels/tiled-convolution.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, expectSameOnBothBackends, mostlyZero, type Operation, values } from "./support/backends.ts";

beforeAll(startTensorFlow);

type Padding = [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  readonly why: string;
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly stride: number;
  readonly pad: "same" | "valid" | Padding;
}

const tiled: readonly Case[] = [
  { why: "cleverhans' second layer", x: [1, 14, 14, 64], filter: [6, 6, 64, 128], stride: 2, pad: "valid" },
  { why: "rows that no window reaches", x: [5, 15, 13, 32], filter: [6, 6, 32, 36], stride: 2, pad: "valid" },
  { why: "the smallest outputs, one image", x: [1, 8, 9, 36], filter: [6, 6, 36, 32], stride: 2, pad: "valid" },
  { why: "the largest outputs", x: [2, 20, 21, 32], filter: [6, 6, 32, 32], stride: 2, pad: "valid" },
  { why: "padding on every side", x: [2, 12, 13, 32], filter: [6, 6, 32, 44], stride: 2, pad: "same" },
  {
    why: "padding that differs from side to side",
    x: [3, 9, 11, 32],
    filter: [6, 6, 32, 32],
    stride: 2,
    pad: [
      [0, 0],
      [3, 1],
      [0, 2],
      [0, 0],
    ],
  },
  { why: "3 × 3 windows", x: [7, 6, 9, 32], filter: [3, 3, 32, 60], stride: 1, pad: "valid" },
  { why: "3 × 3 windows within padding", x: [4, 7, 8, 40], filter: [3, 3, 40, 32], stride: 1, pad: "same" },
];

const general: readonly Case[] = [
  { why: "more rows than one tile has", x: [2, 22, 9, 32], filter: [6, 6, 32, 32], stride: 2, pad: "valid" },
  { why: "one row of outputs", x: [2, 7, 9, 32], filter: [6, 6, 32, 32], stride: 2, pad: "valid" },
  { why: "few channels", x: [3, 14, 14, 28], filter: [6, 6, 28, 32], stride: 2, pad: "valid" },
  { why: "channels that are no multiple of four", x: [3, 8, 8, 34], filter: [6, 6, 34, 32], stride: 2, pad: "valid" },
  { why: "other windows", x: [3, 9, 9, 32], filter: [5, 5, 32, 32], stride: 2, pad: "valid" },
];

const shapeOf = ({ x, filter, stride, pad }: Case): ReturnType<typeof conv2dShape> =>
  conv2dShape(x, filter, {
    strides: stride,
    pad,
    dataFormat: "NHWC",
    ...(typeof pad !== "string" && { dimRoundingMode: "floor" }),
  });

const convolution =
  ({ stride, pad }: Case): Operation =>
  (x, filter) =>
    tf.conv2d(x as Tensor4D, filter as Tensor4D, stride, pad, "NHWC", 1, typeof pad === "string" ? undefined : "floor");

describe("a convolution by tiles", () => {
  const { random } = cases(41);

  it.each(tiled)("and its gradients agree with the reference: $why", async (given) => {
    expect(isTiled(shapeOf(given))).toBe(true);
    const inputs = [values(given.x, random), values(given.filter, random)];
    await expectSameOnBothBackends(inputs, convolution(given), random);
    await expectSameOnBothBackends(inputs, convolution(given), random, { upstreamFill: mostlyZero });
  });

  it.each(general)("leaves other shapes to the general way: $why", async (given) => {
    expect(isTiled(shapeOf(given))).toBe(false);
    await expectSameOnBothBackends([values(given.x, random), values(given.filter, random)], convolution(given), random);
  });

  it("gives the same bits twice, and frees what it took", () => {
    const run = (): Float32Array[] =>
      tf.tidy(() => {
        const [x, filter] = [tiled[4].x, tiled[4].filter].map((shape) => values(shape, cases(5).random));
        const tensors = [tf.tensor(x.data, [...x.shape]), tf.tensor(filter.data, [...filter.shape])];
        const operation = convolution(tiled[4]);
        return [operation(...tensors), ...tf.grads((a, b) => operation(a, b))(tensors)].map((t) =>
          t.dataSync<"float32">(),
        );
      });
    const first = run();
    const before = tf.memory().numDataBuffers;
    expect(run()).toEqual(first);
    expect(tf.memory().numDataBuffers).toBe(before);
  });
});

describe("the error of a convolution by tiles", () => {
  it("and of its gradients stays that of a float32 sum: 1e-6 of the root mean square on cleverhans' second layer", () => {
    const { random } = cases(43);
    const [count, channels, filters] = [4, 64, 128];
    const x = values([count, 14, 14, channels], random).data.map((z) => Math.max(z, 0));
    const w = values([6, 6, channels, filters], random).data;
    const dy = values([count, 5, 5, filters], random).data.map((z) => (random() < 0.5 ? z : 0));
    const exact = [dy.length, x.length, w.length].map((size) => new Float64Array(size));
    const [y, dx, dw] = exact;
    for (let window = 0; window < 25 * count; window++) {
      const [n, i, j] = [Math.floor(window / 25), Math.floor((window % 25) / 5), window % 5];
      for (let tap = 0; tap < 36; tap++) {
        const pixel = ((n * 14 + 2 * i + Math.floor(tap / 6)) * 14 + 2 * j + (tap % 6)) * channels;
        for (let c = 0; c < channels; c++) {
          const [value, weights] = [x[pixel + c], (tap * channels + c) * filters];
          let share = 0;
          for (let k = 0; k < filters; k++) {
            const upstream = dy[window * filters + k];
            y[window * filters + k] += value * w[weights + k];
            dw[weights + k] += value * upstream;
            share += upstream * w[weights + k];
          }
          dx[pixel + c] += share;
        }
      }
    }
    const actual = tf.tidy(() => {
      const given = [tf.tensor(x, [count, 14, 14, channels]), tf.tensor(w, [6, 6, channels, filters])];
      const operation = convolution(tiled[0]);
      const gradients = tf.grads((a, b) => operation(a, b))(given, tf.tensor(dy, [count, 5, 5, filters]));
      return [operation(...given), ...gradients].map((tensor) => tensor.dataSync<"float32">());
    });
    for (const [which, expected] of exact.entries()) {
      const squares = (numbers: Float64Array): number => numbers.reduce((sum, z) => sum + z * z, 0);
      const error = squares(expected.map((z, i) => actual[which][i] - z));
      expect(Math.sqrt(error / squares(expected))).toBeLessThan(1e-6);
    }
  });
});

describe("a short convolution", () => {
  it.each([2, 3, 4, 5, 6, 7, 8])("of %i outputs is the sum that it stands for, and takes fewer products", (outputs) => {
    const { outputs: a, taps: g, inputs: b } = shortConvolution(outputs);
    expect(g.length).toBeLessThan(3 * outputs);
    for (let i = 0; i < outputs; i++) {
      for (let k = 0; k < 3; k++) {
        for (let j = 0; j < outputs + 2; j++) {
          // The share of w[k]·x[j] in y[i].
          const share = g.reduce((sum, row, p) => sum + a[p][i] * row[k] * b[p][j], 0);
          expect(share).toBeCloseTo(j === i + k ? 1 : 0, 12);
        }
      }
    }
  });

  it("of five outputs has 9 products: 3 + 2 outputs and two more for each piece", () => {
    expect(shortConvolution(5).taps).toHaveLength(9);
  });
});
