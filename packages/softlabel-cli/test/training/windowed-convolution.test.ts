import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { conv2dShape } from "../../src/training/kernels/conv2d-shape.ts";
import { isWindowed } from "../../src/training/kernels/windowed-convolution.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, expectSameOnBothBackends, mostlyZero, type Operation, values } from "./support/backends.ts";

beforeAll(startTensorFlow);

interface Case {
  readonly why: string;
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid";
}

const windowed: readonly Case[] = [
  { why: "cleverhans' first layer", x: [3, 28, 28, 1], filter: [8, 8, 1, 64], strides: 2, pad: "same" },
  { why: "cleverhans' last convolution", x: [5, 5, 5, 128], filter: [5, 5, 128, 128], strides: 1, pad: "valid" },
  { why: "odd sizes", x: [2, 13, 11, 3], filter: [3, 5, 3, 17], strides: [3, 2], pad: "same" },
  { why: "pixels that no window reaches", x: [2, 12, 14, 2], filter: [3, 3, 2, 16], strides: 2, pad: "valid" },
  { why: "a filter smaller than its stride", x: [3, 9, 10, 4], filter: [1, 2, 4, 20], strides: 3, pad: "same" },
  { why: "one window within padding", x: [4, 2, 2, 3], filter: [3, 3, 3, 16], strides: 2, pad: "same" },
];

const general: readonly Case[] = [
  { why: "windows at every pixel", x: [2, 9, 9, 2], filter: [3, 3, 2, 16], strides: 1, pad: "valid" },
  { why: "few filters", x: [2, 9, 9, 2], filter: [3, 3, 2, 15], strides: 2, pad: "valid" },
  { why: "more windows than there is room for", x: [1025, 32, 32, 1], filter: [8, 8, 1, 16], strides: 2, pad: "same" },
];

const isWindowedCase = ({ x, filter, strides, pad }: Case): boolean =>
  isWindowed(conv2dShape(x, filter, { strides, pad, dataFormat: "NHWC" }));

const convolution =
  ({ strides, pad }: Case): Operation =>
  (x, filter) =>
    tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad);

describe("a convolution as a product of its windows", () => {
  const { random } = cases(61);

  it.each(windowed)("and its gradients agree with the reference: $why", async (given) => {
    expect(isWindowedCase(given)).toBe(true);
    const inputs = [values(given.x, random), values(given.filter, random)];
    await expectSameOnBothBackends(inputs, convolution(given), random);
    await expectSameOnBothBackends(inputs, convolution(given), random, { upstreamFill: mostlyZero });
  });

  it.each(general)("is left to the general way: $why", (given) => {
    expect(isWindowedCase(given)).toBe(false);
  });
});
