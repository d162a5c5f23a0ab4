import type { LogSoftmax } from "./log-softmax.ts";

/**
 * Writes one row of ∂ Σ t[k]·(−log p[k]) / ∂z, times `scale`:
 *
 *     g[k] = (Σ t)·p[k] − t[k],   which is p − q′ when t = q′
 *
 * At the top class, where p may be so near 1 that p − t cancels, the same number is Σ t over the other classes minus
 * (Σ t)·(1 − p).
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
  let others = 0;
  for (let k = 0; k < t.length; k++) if (k !== top) others += t[k];
  const mass = others + t[top];
  for (let k = 0, at = start; k < t.length; k++, at += stride) {
    to[at] = scale * (mass * (Math.exp(2 * halfShift[k]) / expSum) - t[k]);
  }
  to[start + top * stride] = scale * (others - mass * (rest / expSum));
}
