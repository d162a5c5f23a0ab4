import fc from "fast-check";
import { presets, sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel";
import { describe, expect, test } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { randomStream } from "./random-call.ts";

const gradient = true;
/** The same few operations in another order. */
const SAME = { rtol: 1e-13, atol: 1e-15 };

const calls = fc.integer().map((seed) => {
  const random = randomStream(seed);
  const shape = [1 + Math.floor(random() * 4), 1 + Math.floor(random() * 5)];
  const size = shape[0] * shape[1];
  const fill = (of: () => number) => ({ data: Float64Array.from({ length: size }, of), shape });
  return {
    shape,
    labels: fill(() => (random() < 0.3 ? random() : Math.round(random()))),
    logits: fill(() => 12 * (random() - 0.5)),
    weights: fill(() => (random() < 0.2 ? 0 : random())),
    labelSmoothing: random(),
    prior: Array.from({ length: shape[1] }, () => random()),
  };
});

describe("relations", () => {
  test("an element is a softmax over two classes with the logits 0 and z", () => {
    fc.assert(
      fc.property(calls, ({ labels, logits, labelSmoothing, shape, prior }) => {
        const each = sigmoidCrossEntropy(labels, logits, { labelSmoothing, prior, reduction: "none", gradient });
        for (let i = 0; i < labels.data.length; i++) {
          const [y, z, on] = [labels.data[i], logits.data[i], prior[i % shape[1]]];
          const two = softmaxCrossEntropy([1 - y, y], [0, z], { labelSmoothing, prior: [1 - on, on], gradient });
          expectClose(each.loss[i], two.loss, SAME);
          expectClose(each.floor[i], two.floor, SAME);
          expectClose(each.gradLogits.data[i], two.gradLogits.data[1], SAME);
        }
      }),
    );
  });

  test("loss = (1 − ε)·H(y, p) + ε·H(u, p), and never below the floor", () => {
    fc.assert(
      fc.property(calls, ({ labels, logits, labelSmoothing, weights, prior }) => {
        for (const options of [{ prior }, { convention: "full" as const }, {}]) {
          const all = { labelSmoothing, weights, ...options };
          const { loss, crossEntropy, priorCrossEntropy, floor } = sigmoidCrossEntropy(labels, logits, all);
          expectClose(loss, (1 - labelSmoothing) * crossEntropy + labelSmoothing * priorCrossEntropy, SAME);
          expect(loss).toBeGreaterThanOrEqual(floor - 1e-14);
          const kl = sigmoidCrossEntropy(labels, logits, { ...all, subtractFloor: true }).loss;
          expectClose(kl, loss - floor, { rtol: 1e-12, atol: 1e-14 });
        }
      }),
    );
  });

  test("full at ε is half at 2ε", () => {
    fc.assert(
      fc.property(calls, ({ labels, logits, labelSmoothing }) => {
        const full = sigmoidCrossEntropy(labels, logits, { labelSmoothing: labelSmoothing / 2, convention: "full" });
        expectClose(full.loss, sigmoidCrossEntropy(labels, logits, { labelSmoothing }).loss, SAME);
      }),
    );
  });

  test("weights broadcast as in NumPy", () => {
    const logits = [
      [1, -2, 3],
      [0, 2, -1],
    ];
    const labels = [
      [1, 0, 1],
      [0, 0, 1],
    ];
    const by = (weights: number | number[] | number[][]) =>
      sigmoidCrossEntropy(labels, logits, { labelSmoothing: 0.2, weights, reduction: "none" }).loss;
    const plain = by(1);
    expectAllClose(
      by([[2], [3]]),
      plain.map((loss, i) => loss * (i < 3 ? 2 : 3)),
      SAME,
    );
    expectAllClose(
      by([1, 2, 4]),
      plain.map((loss, i) => loss * [1, 2, 4][i % 3]),
      SAME,
    );
    expectAllClose(by([[1, 2, 4]]), by([1, 2, 4]), SAME);
  });

  test("Keras' preset divides by the number of elements whatever they weigh", () => {
    const options = { ...presets.keras, labelSmoothing: 0.1 };
    const [labels, logits, weights] = [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [2, 1],
        [-1, 3],
      ],
      [[0.5], [2]],
    ];
    const each = sigmoidCrossEntropy(labels, logits, { ...options, weights, reduction: "none" }).loss;
    expectClose(
      sigmoidCrossEntropy(labels, logits, { ...options, weights }).loss,
      each.reduce((a, b) => a + b, 0) / 4,
      SAME,
    );
  });
});

describe("gradient", () => {
  test("agrees with central differences for every reduction", () => {
    fc.assert(
      fc.property(calls, fc.constantFrom("mean", "sum", "none", "sum-by-nonzero-weights"), (call, reduction) => {
        const { labels, logits, weights, labelSmoothing, shape, prior } = call;
        const options = { weights, labelSmoothing, prior, reduction } as const;
        const total = (data: Float64Array): number => {
          const { loss } = sigmoidCrossEntropy(labels, { data, shape }, options);
          return typeof loss === "number" ? loss : loss.reduce((sum, value) => sum + value, 0);
        };
        const { gradLogits } = sigmoidCrossEntropy(labels, logits, { ...options, gradient });
        const h = 2 ** -9;
        const numeric = logits.data.map((z, i) => {
          const at = (steps: number): number => total(logits.data.with(i, z + steps * h));
          return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        });
        const largest = numeric.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        // Truncation h⁴/30·f⁗ ≈ 5e-13, rounding of a sum of up to 20 losses over h ≈ 1e-12.
        expectAllClose(gradLogits.data, numeric, { rtol: 1e-8, atol: 1e-10 * Math.max(largest, 0.1) });
      }),
    );
  });

  test("keeps the digits where σ(z) is almost the label", () => {
    const { gradLogits, loss } = sigmoidCrossEntropy([1, 0], [40, -40], { reduction: "none", gradient });
    const off = Math.exp(-40) / (1 + Math.exp(-40));
    expectAllClose(gradLogits.data, [-off, off], { rtol: 4 * Number.EPSILON, atol: 0 });
    expectAllClose(loss, [off, off], { rtol: 4 * Number.EPSILON, atol: 0 });
  });
});

describe("edges", () => {
  test("z = ±∞ is certain: no loss where the label agrees, an infinite one where it does not", () => {
    const z = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const { loss, gradLogits } = sigmoidCrossEntropy([1, 0, 0], z, { reduction: "none", gradient });
    expect(Array.from(loss)).toEqual([0, 0, Number.POSITIVE_INFINITY]);
    expect(Array.from(gradLogits.data, (g) => g + 0)).toEqual([0, 0, 1]);
  });

  test("NaN stays in its element", () => {
    const { loss } = sigmoidCrossEntropy([1, 1], [Number.NaN, 2], { labelSmoothing: 0.1, reduction: "none" });
    expect(loss[0]).toBeNaN();
    expect(loss[1]).toBe(sigmoidCrossEntropy([1], [2], { labelSmoothing: 0.1 }).loss);
  });

  test("no elements: a mean of 0", () => {
    const nothing = { data: new Float64Array(0), shape: [0, 3] };
    expect(sigmoidCrossEntropy(nothing, nothing).loss).toBe(0);
  });

  test("±1e308: the loss that float64 can hold", () => {
    const { loss } = sigmoidCrossEntropy([1, 0, 1], [1e308, -1e308, -1e308], { reduction: "none" });
    expect(Array.from(loss)).toEqual([0, 0, 1e308]);
  });
});
