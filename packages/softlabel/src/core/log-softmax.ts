import { sumBut } from "./sum-but.ts";

/**
 * −log p of one row, kept so that nothing overflows and nothing cancels:
 *
 *     −log p[k] = log1p(rest) − (z[k] − z[top]),   rest = Σ exp(z[k] − z[top]) over k ≠ top
 *
 * `top` is the first largest logit. Both terms are ≥ 0, a p near 1 keeps its digits in `rest`, and adding a constant
 * to every logit changes nothing. Distances from the top are kept by halves: z[k] − z[top] can pass the largest
 * float64 where half of it cannot.
 *
 * NaN or +∞ anywhere, or −∞ everywhere, makes the whole row NaN.
 */
export interface LogSoftmax {
  readonly top: number;
  readonly rest: number;
  /** (z[k] − z[top])/2, ≤ 0. */
  readonly halfShift: Float64Array;
}

/** @param z - One row of logits, shape [classes]. @param halfShift - Overwritten, shape [classes]. */
export function logSoftmax(z: Float64Array, halfShift: Float64Array): LogSoftmax {
  let top = 0;
  for (let k = 1; k < z.length; k++) if (z[k] > z[top]) top = k;
  for (let k = 0; k < z.length; k++) halfShift[k] = z[k] / 2 - z[top] / 2;
  const rest = Number.isFinite(z[top]) ? sumBut(top, z.length, (k) => Math.exp(2 * halfShift[k])) : Number.NaN;
  return { top, rest, halfShift };
}
