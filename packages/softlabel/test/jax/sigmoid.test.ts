import { jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { SigmoidCrossEntropyOptions, TensorLike } from "softlabel";
import { sigmoidCrossEntropy as core } from "softlabel";
import { sigmoidCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { asFloats } from "./support/jax-loss.ts";

const shape = [3, 4];
const random = randomStream(5);
const filled = (value: () => number) => ({ data: Float64Array.from({ length: 12 }, value), shape });
const logits = filled(() => 12 * random() - 6);
const labels = filled(() => random());
/** float32 keeps 6e-8 of each of the few terms of an element; the largest sum here is near 30. */
const SINGLE = { rtol: 2e-6, atol: 1e-6 };

const table: [string, SigmoidCrossEntropyOptions][] = [
  ["no option", {}],
  ["ε", { labelSmoothing: 0.1 }],
  ["ε = 1", { labelSmoothing: 1 }],
  ["ε per label", { labelSmoothing: [0, 0.1, 0.5, 1] }],
  ["prior", { labelSmoothing: 0.2, prior: [0.1, 0.9, 0.3, 0.5] }],
  ["full", { labelSmoothing: 0.2, convention: "full" }],
  ["ε = 0, full", { convention: "full" }],
  ["a weight per row", { labelSmoothing: 0.1, weights: [[0.5], [0], [2]] }],
  ["one weight", { weights: 2 }],
  ["weights, mean over rows", { weights: [[0.5], [0], [2]], meanOver: "rows" }],
  ["no weight at all", { weights: 0, emptyMean: 5 }],
  ["minus the floor", { labelSmoothing: 0.1, subtractFloor: true }],
];

interface Computed {
  readonly loss: ArrayLike<number>;
  readonly gradient: ArrayLike<number>;
}

function computed(y: TensorLike, z: TensorLike, options: SigmoidCrossEntropyOptions, traced: boolean): Computed {
  const sum = (x: np.Array, q: np.Array) => sigmoidCrossEntropy(traced ? q : y, x, options).sum();
  const [value, gradient] = jit(
    valueAndGrad((x: np.Array, q: np.Array) => {
      if (!traced) q.dispose();
      return sum(x, q);
    }),
  )(asFloats(z), asFloats(y));
  value.dispose();
  const losses = sigmoidCrossEntropy(traced ? asFloats(y) : y, asFloats(z), options);
  return { loss: losses.dataSync(), gradient: gradient.dataSync() };
}

describe("sigmoidCrossEntropy is the core's", () => {
  for (const [name, options] of table) {
    for (const reduction of ["mean", "sum", "none", "sum-by-nonzero-weights"] as const) {
      test(`${name}, ${reduction}`, () => {
        const expected = core(labels, logits, { ...options, reduction, gradient: true });
        const { loss } = expected;
        for (const traced of [true, false]) {
          const actual = computed(labels, logits, { ...options, reduction }, traced);
          expectAllClose(actual.loss, typeof loss === "number" ? [loss] : loss, SINGLE);
          expectAllClose(actual.gradient, expected.gradLogits.data, SINGLE);
        }
      });
    }
  }

  test("at ±∞, at 0 and far out", () => {
    const z = [Infinity, -Infinity, Infinity, -Infinity, 0, 100, -100, 1e30];
    const y = [1, 0, 0, 1, 0.25, 0, 1, 1];
    const expected = core(y, z, { reduction: "none", gradient: true });
    const { loss, gradient } = computed(y, z, { reduction: "none" }, true);
    expectAllClose(loss, expected.loss, SINGLE);
    expectAllClose(gradient, expected.gradLogits.data, SINGLE);
  });

  test("an element of weight 0 has no part, whatever it holds", () => {
    const { loss, gradient } = computed([1, 0, 1], [NaN, 2, -Infinity], { weights: [0, 1, 0] }, true);
    const expected = core([0], [2], { gradient: true });
    expectAllClose(loss, [expected.loss], SINGLE);
    expectAllClose(gradient, [0, expected.gradLogits.data[0], 0], SINGLE);
  });

  test("logits that hold no floats are refused", () => {
    expect(() => sigmoidCrossEntropy([1], np.array(Int32Array.of(1)))).toThrow("logits must hold floats, got int32");
  });
});
