import type { LogSoftmax } from "./log-softmax.ts";

/**
 * Σ t[k]·(−log p[k]) in nats, without the classes where t is 0: there −log p may be ∞.
 *
 * @param t - Any weights ≥ 0, shape [classes]: with a distribution this is the cross-entropy H(t, p).
 */
export function crossEntropyOf(t: Float64Array, { rest, halfShift }: LogSoftmax): number {
  const logSum = Math.log1p(rest);
  let sum = 0;
  for (let k = 0; k < t.length; k++) if (t[k] > 0) sum += t[k] * logSum - 2 * (t[k] * halfShift[k]);
  return sum;
}

/**
 * Least value of Σ t[k]·(−log p[k]) over all p, reached at p = t/Σt, in nats.
 *
 *     −Σ t[k]·log(t[k]/Σt)
 *
 * @param t - Any weights ≥ 0, shape [classes]: of a distribution this is the entropy H(t).
 */
export function entropyOf(t: Float64Array): number {
  let mass = 0;
  for (let k = 0; k < t.length; k++) mass += t[k];
  let sum = 0;
  for (let k = 0; k < t.length; k++) if (t[k] > 0) sum -= t[k] * Math.log(t[k] / mass);
  return sum;
}
