import { jit, nn, numpy as np } from "@jax-js/jax";
import { softmaxCrossEntropy as core } from "softlabel";
import { softmaxCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";
import { randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { jaxLoss } from "./support/jax-loss.ts";

const random = randomStream(11);
const SINGLE = { rtol: 2e-6, atol: 1e-6 };
const [off, far] = [-Infinity, 1e6];

describe("numbers that make a plain composition fail", () => {
  test("logits + 10⁶ give the loss and the gradient of the logits", () => {
    // Quarters, so that adding 10⁶ in float32 loses nothing.
    const z = [
      [0.25, 1.5, -2, 0.75],
      [3, -1.25, 0, 2.5],
    ];
    const moved = z.map((row) => row.map((value) => value + far));
    const [plain, shifted] = [z, moved].map((logits) => jaxLoss([1, 3], logits, { labelSmoothing: 0.1 }));
    expectClose(shifted.loss as number, plain.loss as number, SINGLE);
    expectAllClose(shifted.gradLogits.data, plain.gradLogits.data, SINGLE);
  });

  test.each([
    ["a mask for all rows", [1, 0, 1, 1], [0, 2, 3]],
    [
      "a mask for each row",
      [
        [1, 0, 1, 1],
        [0, 1, 1, 1],
        [1, 1, 0, 1],
      ],
      [0, 2, 3],
    ],
  ])("−∞ where allowed is 0 leaves loss and gradient finite: %s", (_, allowed, labels) => {
    const excluded = (row: number, k: number): boolean =>
      [allowed[row], allowed].some((mask) => (mask as number[])[k] === 0);
    const logits = labels.map((_, row) => [0.5, -1, 2, row].map((z, k) => (excluded(row, k) ? off : z)));
    for (const convention of ["all-classes", "other-classes", "classy-vision"] as const) {
      const options = { labelSmoothing: 0.3, allowed, convention };
      const expected = core(labels, logits, { ...options, gradient: true });
      for (const traced of ["all", "logits"] as const) {
        const { loss, gradLogits } = jaxLoss(labels, logits, options, { traced });
        expect(loss).toBeLessThan(Infinity);
        expectClose(loss as number, expected.loss, SINGLE);
        expectAllClose(gradLogits.data, expected.gradLogits.data, SINGLE);
      }
    }
  });

  test("−∞ without a mask: no loss of it at ε = 0, an infinite one where q′ has mass", () => {
    const z = [[1, off, 0.5]];
    const hard = jaxLoss([0], z);
    expectClose(hard.loss as number, Math.log(1 + Math.exp(-0.5)), SINGLE);
    expect(hard.gradLogits.data[1]).toBe(0);
    expect(jaxLoss([0], z, { labelSmoothing: 0.1 }).loss).toBe(Infinity);
    expect(jaxLoss([1], z).loss).toBe(Infinity);
    expect(jaxLoss([[0.5, 0.5, 0]], z).loss).toBe(Infinity);
    const soft = jaxLoss([[0.5, 0, 0.5]], z);
    expectClose(soft.loss as number, core([[0.5, 0, 0.5]], z).loss, SINGLE);
  });

  test("an ignored row and a row of weight 0 may hold anything", () => {
    const z = [
      [0.5, 1, -1],
      [NaN, Infinity, off],
      [2, 0, 1],
    ];
    const [kept, expected] = [[0, 2], core([2, 0], [z[0], z[2]], { labelSmoothing: 0.1, gradient: true })];
    for (const { loss, gradLogits } of [
      jaxLoss([2, -100, 0], z, { labelSmoothing: 0.1, ignoreIndex: -100 }),
      jaxLoss([2, 1, 0], z, { labelSmoothing: 0.1, weights: [1, 0, 1] }),
    ]) {
      expectClose(loss as number, expected.loss, SINGLE);
      const rows = kept.flatMap((row) => Array.from(gradLogits.data.slice(3 * row, 3 * row + 3)));
      expectAllClose(rows, expected.gradLogits.data, SINGLE);
      expect(Array.from(gradLogits.data.slice(3, 6))).toEqual([0, 0, 0]);
    }
  });

  test("a class index that does not exist makes its row NaN, in loss and gradient, and no other", () => {
    const z = [
      [0.5, 1, -1],
      [2, 0, 1],
    ];
    for (const wrong of [3, -1, -100]) {
      const { loss, gradLogits } = jaxLoss([1, wrong], z, { labelSmoothing: 0.1, reduction: "none" });
      expect(Array.from(loss as Float64Array, Number.isNaN)).toEqual([false, true]);
      expect(Array.from(gradLogits.data, Number.isNaN)).toEqual([false, false, false, true, true, true]);
    }
  });

  test("a label that the mask excludes makes its row NaN", () => {
    for (const label of [
      [1, 2],
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    ]) {
      const options = { labelSmoothing: 0.1, allowed: [1, 0, 1], reduction: "none" } as const;
      const { loss } = jaxLoss(
        label,
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        options,
      );
      expect(Array.from(loss as Float64Array, Number.isNaN)).toEqual([true, false]);
    }
  });

  test("a prior without mass on an allowed class makes its row NaN", () => {
    const z = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const onFirst = [1, 0, 0];
    const soft = [
      [0, 0.5, 0.5],
      [0, 1, 0],
    ];
    // The first row may be anything but the class that has all of the prior.
    const allowed = [
      [0, 1, 1],
      [1, 1, 1],
    ];
    for (const labels of [[1, 1], soft]) {
      for (const prior of [onFirst, [onFirst, onFirst, onFirst]]) {
        const { loss } = jaxLoss(labels, z, { labelSmoothing: 0.1, prior, allowed, reduction: "none" });
        expect(Array.from(loss as Float64Array, Number.isNaN)).toEqual([true, false]);
      }
    }
  });

  test("a mean over no rows is 0 with a zero gradient, or what emptyMean says", () => {
    const { loss, gradLogits } = jaxLoss(
      [7, 7],
      [
        [1, 2],
        [3, 4],
      ],
      { ignoreIndex: 7 },
    );
    expect([loss, ...gradLogits.data]).toEqual([0, 0, 0, 0, 0]);
    expect(jaxLoss([7], [[1, 2]], { ignoreIndex: 7, emptyMean: Number.NaN }).loss).toBeNaN();
  });
});

describe("sums over many classes", () => {
  const [rows, classes, labelSmoothing] = [8, 32000, 0.1];
  const { logits, indices } = randomCall(random, rows, classes, 2);
  const single = { data: Float32Array.from(logits.data), shape: logits.shape };
  const double = { data: Float64Array.from(single.data), shape: logits.shape };
  const expected = core(indices, double, { labelSmoothing, gradient: true });
  const { data: gradient } = expected.gradLogits;
  const largest = (values: ArrayLike<number>): number => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b));

  test("the loss and the gradient over 32,000 classes keep six digits", () => {
    const { loss, gradLogits } = jaxLoss(indices, single, { labelSmoothing });
    expectClose(loss as number, expected.loss, { rtol: 1e-6 });
    // Against p/rows, which a wrong sum would scale: p − q′ itself may cancel.
    const smoothing = labelSmoothing / classes / rows;
    const errors = Array.from(gradient, (g, i) => (g > -smoothing ? (gradLogits.data[i] - g) / (g + smoothing) : 0));
    expect(largest(errors)).toBeLessThan(3e-6);
  });

  test("nearer than the sum of all terms one after another, jax-js' own way, by a factor of 50", () => {
    const target = new Float32Array(rows * classes).fill(labelSmoothing / classes);
    indices.data.forEach((label, row) => {
      target[row * classes + label] += 1 - labelSmoothing;
    });
    const plain = jit((z: np.Array, q: np.Array) =>
      nn
        .logSoftmax(z)
        .mul(q)
        .sum()
        .mul(-1 / rows),
    );
    const array = (data: Float32Array) => np.array(data, { shape: [rows, classes] });
    const theirs = plain(array(single.data), array(target)).item();
    const ours = jaxLoss(indices, single, { labelSmoothing }).loss as number;
    expect(Math.abs(theirs - expected.loss)).toBeGreaterThan(50 * Math.abs(ours - expected.loss));
  });

  test("without a gradient, where jit sums what it computes, as well", () => {
    const forward = jit((z: np.Array) => softmaxCrossEntropy(indices, z, { labelSmoothing }));
    expectClose(forward(np.array(single.data, { shape: [rows, classes] })).item(), expected.loss, { rtol: 1e-6 });
  });
});
