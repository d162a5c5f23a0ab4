import { numpy as np } from "@jax-js/jax";
import { softmaxCrossEntropy as core, presets } from "softlabel";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";

const rows = [
  [2, 1, 0],
  [0, 3, 1],
  [1, 1, 4],
];
const logits = (): np.Array => np.array(rows);

describe("class indices of any type of jax-js", () => {
  const marks = [-100, -1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, -(2 ** 31), 1e10];
  const types = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array };

  test.each(marks)("ignoreIndex %d leaves out no class, whatever the labels' type", (ignoreIndex) => {
    const options = { labelSmoothing: 0.1, ignoreIndex, reduction: "none" } as const;
    const { loss } = core([0, 2, 1], rows, options);
    for (const [name, Type] of Object.entries(types)) {
      const losses = softmaxCrossEntropy(np.array(Type.of(0, 2, 1)), logits(), options).js() as number[];
      expectAllClose(losses, loss, { rtol: 3e-6 }, name); // float32, and jax-js' exponential
    }
  });

  test("the mark of presets.pytorch leaves out no class of uint32", () => {
    const options = { ...presets.pytorch, labelSmoothing: 0.1 };
    const loss = softmaxCrossEntropy(np.array(Uint32Array.of(0, 2, 1)), logits(), options).item();
    expectAllClose([loss], [core([0, 2, 1], rows, options).loss as number], { rtol: 3e-6 }, "mean");
  });

  test("a mark that the type can hold still marks", () => {
    const largest = 2 ** 32 - 1;
    const options = { ignoreIndex: largest, reduction: "none" } as const;
    const losses = softmaxCrossEntropy(np.array(Uint32Array.of(0, largest, 1)), logits(), options).js() as number[];
    expectAllClose(losses, core([0, largest, 1], rows, options).loss, { rtol: 3e-6 }, "losses");
  });

  test("a mark beyond int32 does not hide a label that is no class", () => {
    const options = { ignoreIndex: 1e10, reduction: "none" } as const;
    const losses = softmaxCrossEntropy(np.array(Int32Array.of(0, 2, 2 ** 31 - 1)), logits(), options).js() as number[];
    expect(losses.map(Number.isNaN)).toEqual([false, false, true]);
  });
});

describe("a normalizer of whole numbers", () => {
  test("divides as the same float does", () => {
    const seven = (): np.Array => np.array(Int32Array.of(7));
    const loss = softmaxCrossEntropy([0, 2, 1], logits(), { normalizer: seven() }).item();
    expectAllClose([loss], [core([0, 2, 1], rows, { normalizer: 7 }).loss], { rtol: 3e-6 }, "softmax");
    const binary = (normalizer: np.Array | number): number =>
      sigmoidCrossEntropy(np.eye(3), logits(), { normalizer }).item();
    expect(binary(seven())).toBe(binary(np.array(7)));
  });
});
