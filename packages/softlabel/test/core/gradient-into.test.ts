import { ArgumentError, type Gradient, sigmoidCrossEntropy, type TensorLike } from "softlabel";
import { describe, expect, expectTypeOf, test } from "vitest";
import { softmaxCrossEntropy } from "../../src/core/softmax-cross-entropy.ts";
import { randomCall, randomStream } from "./random-call.ts";

const { indices, distributions, logits } = randomCall(randomStream(9), 4, 3);
const labels = { data: Float64Array.from(distributions.data, Math.round), shape: distributions.shape };
const losses: [
  string,
  (z: TensorLike, options: { gradient?: boolean; gradientInto?: Gradient }) => Gradient | undefined,
][] = [
  [
    "softmaxCrossEntropy",
    (z, options) => softmaxCrossEntropy(indices, z, { labelSmoothing: 0.1, ...options }).gradLogits,
  ],
  [
    "sigmoidCrossEntropy",
    (z, options) => sigmoidCrossEntropy(labels, z, { labelSmoothing: 0.1, ...options }).gradLogits,
  ],
];

describe.each(losses)("the gradient of %s", (_, gradientOf) => {
  const wanted = gradientOf(logits, { gradient: true })?.data as Float64Array;

  test("is written into the tensor that was given, rounded where that is float32", () => {
    for (const data of [new Float64Array(12).fill(7), new Float32Array(12).fill(7)]) {
      const into = { data, shape: logits.shape };
      expect(gradientOf(logits, { gradientInto: into })).toBe(into);
      expect(data).toEqual(data instanceof Float32Array ? Float32Array.from(wanted) : wanted);
    }
  });

  test("may replace the logits, or overlap them", () => {
    const own = { data: logits.data.slice(), shape: logits.shape };
    gradientOf(own, { gradientInto: own });
    expect(own.data).toEqual(wanted);
    const room = new Float64Array(13);
    room.set(logits.data);
    const shifted = { data: room.subarray(1), shape: logits.shape };
    gradientOf({ data: room.subarray(0, 12), shape: logits.shape }, { gradientInto: shifted });
    expect(shifted.data).toEqual(wanted);
  });

  test.each<[string, unknown, string]>([
    [
      "another shape",
      { data: new Float64Array(12), shape: [3, 4] },
      "gradientInto must have the logits' shape [4, 3], got [3, 4]",
    ],
    [
      "a list",
      { data: new Array(12).fill(0), shape: [4, 3] },
      "gradientInto must be a tensor { data, shape } of float32 or float64 numbers, got an array of length 12",
    ],
    [
      "integers",
      { data: new Int32Array(12), shape: [4, 3] },
      "gradientInto must be a tensor { data, shape } of float32 or float64 numbers, got an Int32Array",
    ],
    [
      "an array without a shape",
      new Float64Array(12),
      "gradientInto must be a tensor { data, shape } of float32 or float64 numbers, got a Float64Array",
    ],
    ["no tensor", "g", 'gradientInto must be a tensor { data, shape } or nested arrays, got "g"'],
  ])("is not written into %s", (_, gradientInto, message) => {
    expect(() => gradientOf(logits, { gradientInto: gradientInto as Gradient })).toThrow(new ArgumentError(message));
  });

  test("cannot be refused and asked for at once", () => {
    const gradientInto = { data: new Float64Array(12), shape: [4, 3] };
    const message = "gradient must be true with gradientInto, got false";
    expect(() => gradientOf(logits, { gradient: false, gradientInto })).toThrow(new ArgumentError(message));
  });
});

test("a tensor for the gradient is left as it was when a label is wrong", () => {
  const into = { data: new Float64Array(12).fill(7), shape: logits.shape };
  expect(() => softmaxCrossEntropy([0, 1, 2, 3], logits, { gradientInto: into })).toThrow(ArgumentError);
  expect(into.data).toEqual(new Float64Array(12).fill(7));
});

test("with gradientInto the type of the result has a gradient", () => {
  const gradientInto = { data: new Float64Array(12), shape: logits.shape };
  const { gradLogits } = softmaxCrossEntropy(indices, logits, { gradientInto });
  expectTypeOf(gradLogits).toEqualTypeOf<Gradient>();
  expect(gradLogits).toBe(gradientInto);
});
