import type { LogSoftmax } from "./log-softmax.ts";
import { sumBut } from "./sum-but.ts";

/**
 * Writes one row of ∂ Σ t[k]·(−log p[k]) / ∂z, times `scale`:
 *
 *     g[k] = (Σ t)·p[k] − t[k],   which is p − q′ when t = q′
 *
 * Where the top class has more than half of p, p − t may cancel; there the same number is Σ t over the other classes
 * minus (Σ t)·(1 − p), with 1 − p known to all its digits.
 *
 * @param to - The gradient, with the row's first class at `start` and the next one `stride` further.
 * @param t - Weights ≥ 0, shape [classes].
 */
export function writeSoftmaxGradient(
  to: Float32Array | Float64Array,
  start: number,
  stride: number,
  { top, rest, halfShift }: LogSoftmax,
  t: Float64Array,
  scale: number,
): void {
  const expSum = 1 + rest;
  const others = sumBut(top, t.length, (k) => t[k]);
  const mass = others + t[top];
  for (let k = 0, at = start; k < t.length; k++, at += stride) {
    to[at] = scale * (mass * (Math.exp(2 * halfShift[k]) / expSum) - t[k]);
  }
  if (rest < 1) to[start + top * stride] = scale * (others - mass * (rest / expSum));
}
