import type { Tensor, TensorLike } from "softlabel";
import { expect } from "vitest";
import { softmaxCrossEntropy } from "../../../src/core/softmax-cross-entropy.ts";
import type { LinearSoftmaxCrossEntropyOptions } from "../../../src/kernels/linear/index.ts";
import { expectAllClose } from "../../expect-all-close.ts";
import { exactProduct, type RandomLayer } from "./random-layer.ts";

/** A `LinearLoss` of whatever options. */
type Result = Readonly<Record<(typeof parts)[number], number | Float64Array>> &
  Readonly<Record<"gradFeatures" | "gradWeight" | "gradBias", Tensor<Float32Array> | undefined>>;
const parts = ["loss", "crossEntropy", "priorCrossEntropy", "floor"] as const;

/**
 * Holds a result against the unfused way in float64: x·wᵀ + b, the core's loss and gradient, the gradient's products.
 *
 * With δ how far float32's logits may be off, a row's loss may be off by 2δ and its gradient by 2δ·p, and by what the
 * kernel of the loss is allowed: 1e-6 of max(1, loss), and of the row's largest p or |gradient|. The products sum over
 * classes or rows; errors of either sign hardly add up there.
 *
 * @param scale - The most that one row may count: 1 in a mean.
 */
export function expectAsUnfused(
  result: Result,
  { rows, width, classes, features: { data: x }, weight: { data: w }, bias }: RandomLayer,
  labels: TensorLike,
  { bias: given, chunkRows: _, ...options }: LinearSoftmaxCrossEntropyOptions,
  scale = 1,
): void {
  const z = exactProduct(
    rows,
    classes,
    width,
    (row, i) => x[row * width + i],
    (i, k) => w[k * width + i],
    (_row, k) => (given ? bias[k] : 0),
  );
  const logits = { data: z.value, shape: [rows, classes] };
  const expected = softmaxCrossEntropy(labels, logits, { ...options, gradient: true });
  const δ = z.bound.reduce((most, bound) => Math.max(most, bound), 0);
  const tolerance = { rtol: 2e-6, atol: scale * (2 * δ + 2e-6) };
  const values = (part: number | Float64Array): ArrayLike<number> => (typeof part === "number" ? [part] : part);
  for (const part of parts) expectAllClose(values(result[part]), values(expected[part]), tolerance, part);

  const { data: g } = expected.gradLogits;
  const of = (row: number, k: number): number => g[row * classes + k];
  const gradients = {
    gradFeatures: exactProduct(rows, width, classes, of, (k, i) => w[k * width + i]),
    gradWeight: exactProduct(
      classes,
      width,
      rows,
      (k, row) => of(row, k),
      (row, i) => x[row * width + i],
    ),
    gradBias: exactProduct(
      classes,
      1,
      rows,
      (k, row) => of(row, k),
      () => 1,
    ),
  };
  expect(result.gradBias === undefined).toBe(given === undefined);
  for (const [name, { value }] of Object.entries(gradients) as [keyof typeof gradients, { value: Float64Array }][]) {
    const actual = result[name];
    if (actual !== undefined) expectAllClose(actual.data, value, tolerance, name);
    else expect(name).toBe("gradBias");
  }
}
