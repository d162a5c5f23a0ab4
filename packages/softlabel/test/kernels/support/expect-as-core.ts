import type { SmoothedLoss } from "softlabel";
import { expect } from "vitest";
import { softmaxCrossEntropy as core } from "../../../src/core/softmax-cross-entropy.ts";
import type { LossCall } from "./random-loss-call.ts";

/** What float32 keeps of a loss, relative to max(1, |loss|), and of a gradient, relative to its row's largest entry. */
const SINGLE = 1e-6;
/** The floor is computed in float64 both here and there, by sums in another order. */
const DOUBLE = 1e-12;

/** Expects of a float32 result what the core makes of the same numbers in float64. */
export function expectAsCore(actual: SmoothedLoss, { labels, logits, options }: LossCall): void {
  const double = { data: Float64Array.from(logits.data), shape: logits.shape };
  const expected = core(labels, double, options);
  const each = core(labels, double, {
    ...options,
    weights: undefined,
    classWeights: undefined,
    normalizer: undefined,
    reduction: "none",
  });
  const scale = scalesOf({ labels, logits, options });
  const weight = scale.reduce((sum, value) => sum + value, 0);
  const size = Math.max(1, ...[...each.loss, ...each.crossEntropy].filter(Number.isFinite).map(Math.abs));
  const sizeOfPrior = Math.max(size, ...Array.from(each.priorCrossEntropy).filter(Number.isFinite));
  const none = options.reduction === "none";
  const check = (part: "loss" | "crossEntropy" | "priorCrossEntropy" | "floor", size: number): void => {
    const [a, e] = [actual[part], expected[part]].map((value) => (typeof value === "number" ? [value] : value));
    expect(a.length, part).toBe(e.length);
    for (let i = 0; i < e.length; i++) {
      const tolerance = size * (none ? scale[i] : weight);
      const close = Object.is(a[i], e[i]) || (Number.isFinite(e[i]) && Math.abs(a[i] - e[i]) <= tolerance);
      if (!close) expect.fail(`${part} ${i}: got ${a[i]}, expected ${e[i]} ± ${tolerance}`);
    }
  };
  check("loss", SINGLE * size);
  check("crossEntropy", SINGLE * size);
  check("priorCrossEntropy", SINGLE * sizeOfPrior);
  check("floor", DOUBLE * Math.max(1, size * Number(options.subtractFloor === true)));
  if (expected.gradLogits) expectGradient(actual, expected.gradLogits.data, scale, logits);
}

function expectGradient(
  { gradLogits }: SmoothedLoss,
  expected: ArrayLike<number>,
  scale: Float64Array,
  logits: LossCall["logits"],
): void {
  const classes = logits.shape[logits.shape.length - 1];
  expect(gradLogits?.shape).toEqual(logits.shape);
  const actual = gradLogits?.data ?? [];
  expect(actual.length).toBe(expected.length);
  for (let row = 0; row < scale.length; row++) {
    const z = logits.data.subarray(row * classes, (row + 1) * classes);
    const top = z.reduce((a, b) => Math.max(a, b));
    // The largest p: what p − q′ is computed from, and so what rounding is relative to.
    let size = scale[row] / z.reduce((sum, value) => sum + Math.exp(value - top), 0);
    for (let k = 0; k < classes; k++) size = Math.max(size, Math.abs(expected[row * classes + k]));
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      const [a, e] = [actual[i], expected[i]];
      const close = Object.is(a, e) || a === e || Math.abs(a - e) <= SINGLE * size;
      if (!close)
        expect.fail(`gradient at row ${row}, class ${i % classes}: got ${a}, expected ${e} ± ${SINGLE * size}`);
    }
  }
}

/** What each row is multiplied by, read off a gradient that is scale·(1 − q[k]) by construction. */
function scalesOf({ labels, logits, options }: LossCall): Float64Array {
  const classes = logits.shape[logits.shape.length - 1];
  const rows = logits.data.length / classes;
  const { data } = labels as { data: ArrayLike<number> };
  const soft = data.length === logits.data.length && rows !== data.length;
  const far = new Float64Array(logits.data.length);
  const at = Array.from({ length: rows }, (_, row) => {
    const q = (k: number): number => (soft ? data[row * classes + k] : Number(data[row] === k));
    let least = 0;
    for (let k = 1; k < classes; k++) if (q(k) < q(least)) least = k;
    far[row * classes + least] = 1e4;
    return { index: row * classes + least, q: q(least) };
  });
  const plain = {
    ...options,
    labelSmoothing: 0,
    convention: undefined,
    subtractFloor: false,
    gradient: true,
  } as const;
  const g = core(labels, { data: far, shape: logits.shape }, plain).gradLogits.data;
  return Float64Array.from(at, ({ index, q }) => (classes === 1 ? Number(g.length > 0) : Math.abs(g[index] / (1 - q))));
}
