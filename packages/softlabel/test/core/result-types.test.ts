import {
  type Gradient,
  presets,
  type SmoothedLoss,
  type SoftmaxCrossEntropyOptions,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "softlabel";
import { describe, expect, expectTypeOf, test } from "vitest";

const labels = [0, 1];
const logits = [
  [2, 1, 0],
  [0, 3, 1],
];

/** What a caller hands on without knowing it: its type says less than its value. */
function loss<const Options extends SoftmaxCrossEntropyOptions>(options: Options): SmoothedLoss<Options> {
  return softmaxCrossEntropy(labels, logits, options);
}

// The compiler checks these when the tests are type-checked; at run time each is checked to be what its type says.
describe("the type of a result follows from the options", () => {
  test("a number, or one per row under none", () => {
    const mean = softmaxCrossEntropy(labels, logits).loss;
    const none = softmaxCrossEntropy(labels, logits, { reduction: "none" }).floor;
    const preset = loss({ ...presets.mlx, labelSmoothing: 0.1 }).crossEntropy;
    const binary = sigmoidCrossEntropy(
      logits.map(() => [0, 1, 0]),
      logits,
      { reduction: "none" },
    ).loss;
    expectTypeOf(mean).toEqualTypeOf<number>();
    expectTypeOf(none).toEqualTypeOf<Float64Array>();
    expectTypeOf(preset).toEqualTypeOf<Float64Array>();
    expectTypeOf(binary).toEqualTypeOf<Float64Array>();
    expect([mean, none, preset, binary].map((part) => typeof part)).toEqual(["number", "object", "object", "object"]);
  });

  test("either, where the options may be either", () => {
    const either = [presets.mlx, presets.pytorch][labels[0]];
    const spread = loss({ ...either, labelSmoothing: 0.1 }).loss;
    expectTypeOf(spread).toEqualTypeOf<number | Float64Array>();
    expectTypeOf(loss(either).loss).toEqualTypeOf<number | Float64Array>();
    expectTypeOf(loss({} as SoftmaxCrossEntropyOptions).loss).toEqualTypeOf<number | Float64Array>();
    expect(spread).toHaveLength(labels.length);
  });

  test("a gradient where it was asked for, perhaps none where it was not", () => {
    const asked = loss({ gradient: true }).gradLogits;
    const unasked = loss({}).gradLogits;
    expectTypeOf(asked).toEqualTypeOf<Gradient>();
    expectTypeOf(unasked).toEqualTypeOf<Gradient | undefined>();
    expect(asked.shape).toEqual([2, 3]);
    expect(unasked).toBeUndefined();
  });
});
