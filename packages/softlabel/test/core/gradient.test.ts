import { type SoftmaxCrossEntropyOptions, smoothLabels, softmaxCrossEntropy, type TensorLike } from "softlabel";
import { describe, expect, test } from "vitest";
import { softmaxCrossEntropy as softmaxCrossEntropyInFloat64 } from "../../src/core/softmax-cross-entropy.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { exactGradient } from "./exact-softmax.ts";
import { optionTable, randomCall, randomStream } from "./random-call.ts";

const [ROWS, CLASSES] = [5, 7];
const reductions = ["mean", "sum", "none", "sum-by-nonzero-weights"] as const;

/** Σ over rows of upstream·loss, whatever the reduction. */
function total(
  labels: TensorLike,
  logits: TensorLike,
  options: SoftmaxCrossEntropyOptions,
  upstream: Float64Array,
): number {
  const { loss } = softmaxCrossEntropy(labels, logits, options);
  return typeof loss === "number" ? loss : loss.reduce((sum, value, row) => sum + upstream[row] * value, 0);
}

/** Fourth-order central differences: (8·(f₊₁ − f₋₁) − (f₊₂ − f₋₂))/12h. */
function centralDifferences(f: (z: Float64Array) => number, z: Float64Array): Float64Array {
  const h = 2 ** -9;
  const at = (i: number, steps: number): number => {
    const moved = z.slice();
    moved[i] += steps * h;
    return f(moved);
  };
  return z.map((_, i) => (8 * (at(i, 1) - at(i, -1)) - (at(i, 2) - at(i, -2))) / (12 * h));
}

describe("the gradient agrees with central differences", () => {
  const random = randomStream(1);
  const call = randomCall(random, ROWS, CLASSES);
  for (const [name, options] of optionTable(random, ROWS, CLASSES)) {
    for (const reduction of reductions) {
      for (const [kind, labels] of [
        ["indices", call.indices],
        ["distributions", call.distributions],
      ] as const) {
        test(`${name}, ${reduction}, ${kind}`, () => {
          // Under "none" the rows' weights are the upstream; elsewhere it is 1.
          const weights = Float64Array.from({ length: ROWS }, (_, row) => 0.5 + row);
          const upstream = reduction === "none" && options.weights === undefined ? { weights } : {};
          const all = { ...options, ...upstream, reduction };
          const ones = new Float64Array(ROWS).fill(1);
          const { shape } = call.logits;
          const numeric = centralDifferences((data) => total(labels, { data, shape }, all, ones), call.logits.data);
          const { gradLogits } = softmaxCrossEntropy(labels, call.logits, { ...all, gradient: true });
          const largest = numeric.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
          expect(largest).toBeGreaterThan(0);
          // Truncation is h⁴/30·f⁗ ≈ 5e-13 of the row's largest, rounding |loss|·2⁻⁵³/h ≈ 6e-14 each.
          expectAllClose(gradLogits.data, numeric, { rtol: 1e-8, atol: 1e-10 * largest });
        });
      }
    }
  }

  test("normalizer divides loss and gradient", () => {
    const options = { labelSmoothing: 0.1, normalizer: 64, gradient: true } as const;
    const accumulated = softmaxCrossEntropy(call.indices, call.logits, options);
    const sum = softmaxCrossEntropy(call.indices, call.logits, { ...options, normalizer: undefined, reduction: "sum" });
    expectAllClose([accumulated.loss], [sum.loss / 64], { rtol: 1e-15, atol: 0 });
    expectAllClose(
      accumulated.gradLogits.data,
      sum.gradLogits.data.map((g) => g / 64),
      { rtol: 1e-15, atol: 0 },
    );
  });
});

describe("the gradient is p − q′ to the last places", () => {
  const random = randomStream(2);
  for (const spread of [0.5, 5, 50, 300]) {
    test(`logits within ±${spread}, against 70 digits`, () => {
      for (let trial = 0; trial < 20; trial++) {
        const classes = 2 + Math.floor(random() * 30);
        const { logits, indices } = randomCall(random, 1, classes, spread);
        const labelSmoothing = [0, 0.1, 0.75, 1][trial % 4];
        const z = Array.from(logits.data);
        const target = Array.from(smoothLabels(indices, { classes, labelSmoothing }).data);
        const exact = exactGradient(z, target);
        const { gradLogits } = softmaxCrossEntropy(indices, logits, {
          labelSmoothing,
          gradient: true,
          reduction: "sum",
        });
        exact.forEach((g, k) => {
          // p and q′ carry their own last-place errors; what their difference adds is measured against the larger.
          const scale = Math.max(Math.abs(g + target[k]), target[k]);
          const error = Math.abs(gradLogits.data[k] - g) / (scale * Number.EPSILON);
          expect(error, `class ${k} of ${classes}, ε = ${labelSmoothing}`).toBeLessThanOrEqual(6);
        });
      }
    });
  }

  test("a label that is almost certain keeps the digits that p − 1 would lose", () => {
    const logits = [[40, 0, 1]];
    const { gradLogits, loss } = softmaxCrossEntropy([0], logits, { gradient: true });
    const [certain] = exactGradient(logits[0], [1, 0, 0]);
    expectAllClose([gradLogits.data[0]], [certain], { rtol: 4 * Number.EPSILON, atol: 0 });
    expectAllClose([loss], [-certain], { rtol: 4 * Number.EPSILON, atol: 0 });
  });
});

test("every row of the gradient sums to 0", () => {
  const random = randomStream(3);
  const call = randomCall(random, ROWS, CLASSES, 20);
  for (const [name, options] of optionTable(random, ROWS, CLASSES)) {
    for (const labels of [call.indices, call.distributions]) {
      const { data } = softmaxCrossEntropy(labels, call.logits, { ...options, gradient: true }).gradLogits;
      for (let row = 0; row < ROWS; row++) {
        const lanes = Array.from(data.subarray(row * CLASSES, (row + 1) * CLASSES));
        const size = Math.max(...lanes.map(Math.abs));
        const sum = lanes.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum), `${name}, row ${row}`).toBeLessThanOrEqual(CLASSES * Number.EPSILON * size);
      }
    }
  }
});

test("float32 logits that no kernel takes give the float64 gradient rounded once", () => {
  const random = randomStream(4);
  const { logits, indices } = randomCall(random, 3, 11);
  const rounded = { data: Float32Array.from(logits.data), shape: logits.shape };
  const same = { data: Float64Array.from(rounded.data), shape: logits.shape };
  const options = { labelSmoothing: 0.1, gradient: true } as const;
  const single = softmaxCrossEntropyInFloat64(indices, rounded, options).gradLogits.data;
  expect(single).toBeInstanceOf(Float32Array);
  expect(single).toEqual(Float32Array.from(softmaxCrossEntropy(indices, same, options).gradLogits.data));
});
