/**
 * Factors a symmetric positive definite matrix in place: A = L·Lᵀ, L below and on the diagonal.
 *
 * A pivot that rounding or a missing direction leaves at 0 is lifted to 1e-10 of its diagonal entry, to 1 where that is 0.
 * @param matrix - Shape [size, size], row by row; only what is on and below the diagonal is read.
 */
export function factor(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const own = matrix[row + i];
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j];
      for (let k = 0; k < j; k++) sum -= matrix[row + k] * matrix[other + k];
      if (j < i) matrix[row + j] = sum / matrix[other + j];
      else matrix[row + i] = Math.sqrt(sum > 1e-10 * own ? sum : 1e-10 * own || 1);
    }
  }
}

/** Solves L·Lᵀ·x = b in place, b from index `from` of `vector` on. */
export function solve(factored: Float64Array, size: number, vector: Float64Array, from: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = vector[from + i];
    for (let k = 0; k < i; k++) sum -= factored[row + k] * vector[from + k];
    vector[from + i] = sum / factored[row + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const x = vector[from + i] / factored[row + i];
    vector[from + i] = x;
    for (let k = 0; k < i; k++) vector[from + k] -= x * factored[row + k];
  }
}
