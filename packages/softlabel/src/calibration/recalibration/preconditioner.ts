/** A positive definite matrix M like a Hessian that is cheap to solve. */
export interface Preconditioner {
  /** Makes M for where the likelihood has left these residuals. */
  readonly factorAt: (residuals: Float32Array) => void;
  /** Writes M⁻¹·v. */
  readonly solve: (v: Float64Array, solution: Float64Array) => void;
}

/** Numbers that what is factored may hold for all classes together: 128 MiB of them. */
export const mostInBlocks: number = 2 ** 24;

/** Writes p[k]·(1 − p[k]) of every row: what it weighs in the Hessian's block of class k. */
export function weighRows(weights: Float64Array, residuals: Float32Array, classes: number, k: number): void {
  for (let row = 0, at = k; row < weights.length; row++, at += classes) {
    // Of the label they hold p − 1.
    const share = Math.abs(residuals[at]);
    weights[row] = share * (1 - share);
  }
}
