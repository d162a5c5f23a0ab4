import { jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { TensorLike } from "softlabel";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "softlabel/jax";
import { readTensor } from "../../../src/core/tensor.ts";

/** Numbers as an array of jax-js: integers as int32, anything else as float32. */
export function asArray(value: TensorLike): np.Array {
  const { data, shape } = readTensor(value, "value");
  const whole = Array.from(data).every((number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31);
  return whole
    ? np.array(Int32Array.from(data), { shape: [...shape] })
    : np.array(Float32Array.from(data), { shape: [...shape] });
}

/** Numbers as a float32 array of jax-js. */
export function asFloats(value: TensorLike): np.Array {
  const { data, shape } = readTensor(value, "value");
  return np.array(Float32Array.from(data), { shape: [...shape] });
}

/** A loss and its gradient with respect to the logits. */
export interface LossAndGradient {
  /** One number, or one per row. */
  readonly loss: number | Float64Array;
  readonly gradLogits: { readonly data: Float32Array; readonly shape: readonly number[] };
}

/** What is an argument of the traced function, and so unknown while it is traced; the rest is part of it. */
export type Traced = "all" | "logits";

/** `softmaxCrossEntropy` of the adapter on numbers, with its gradient by `valueAndGrad`, under `jit` unless told not. */
export function jaxLoss(
  labels: TensorLike,
  logits: TensorLike,
  options: SoftmaxCrossEntropyOptions = {},
  { traced = "all", compiled = true }: { traced?: Traced; compiled?: boolean } = {},
): LossAndGradient {
  const tensors = ["labelSmoothing", "prior", "allowed", "weights", "classWeights"] as const;
  const moved = tensors.filter((name) => typeof options[name] === "object" && traced === "all");
  const args = moved.map((name) => asFloats(options[name] as TensorLike));
  const z = asFloats(logits);
  const given = traced === "all" ? [asArray(labels), ...args] : [];
  const none = options.reduction === "none";
  const both = valueAndGrad(
    (x: np.Array, rest: np.Array[]) => {
      const [q = labels, ...others] = rest;
      const named = Object.fromEntries(moved.map((name, i) => [name, others[i]]));
      const losses = softmaxCrossEntropy(q, x, { ...options, ...named });
      return none ? [losses.ref.sum(), losses] : [losses.ref, losses];
    },
    { hasAux: true },
  );
  const run = compiled ? jit(both) : both;
  const [[sum, losses], gradient] = run(z, given) as unknown as [[np.Array, np.Array], np.Array];
  sum.dispose();
  const { shape } = gradient;
  const values = Float64Array.from(losses.dataSync() as Float32Array);
  return {
    loss: none ? values : values[0],
    gradLogits: { data: Float32Array.from(gradient.dataSync() as Float32Array), shape },
  };
}
