import { factor, solve } from "./cholesky.ts";
import type { LogitRows } from "./linear-map.ts";
import { mostInBlocks, type Preconditioner, weighRows } from "./preconditioner.ts";

/** Rows of each class that are kept whole, fewer where K·m² numbers would not fit. */
const mostRows = 128;

/** Share of their diagonal that stays in D nevertheless, so that W[k][k], which no penalty holds, is never without. */
const leftOfHeavy = 1e-4;

/**
 * M⁻¹ for so many classes that the blocks of {@link classBlocks} are too large: of the rows that weigh most in a class'
 * block their outer products, of the others the diagonal alone.
 *
 *     M[k] = D + Bᵀ·B,   B the m heaviest rows √(p[k]·(1 − p[k])/N)·[z, 1]
 *     M[k]⁻¹ = D⁻¹ − D⁻¹·Bᵀ·(1 + B·D⁻¹·Bᵀ)⁻¹·B·D⁻¹        (Woodbury)
 */
export function heavyRowBlocks({ labels, logits, classes }: LogitRows, strengths: Float64Array): Preconditioner {
  const rows = labels.length;
  const features = classes + 1;
  const m = Math.min(mostRows, rows, Math.floor(Math.sqrt(mostInBlocks / classes)));
  const weights = new Float64Array(rows);
  const diagonals = new Float64Array(classes * features);
  const heavy = new Int32Array(classes * m);
  const roots = new Float64Array(classes * m);
  const inner = Array.from({ length: classes }, () => new Float64Array(m * m));
  const scaled = new Float64Array(features);
  const sums = new Float64Array(m);

  /** Writes D by what the weights are now. */
  const writeDiagonal = (diagonal: Float64Array, k: number): void => {
    diagonal.fill(0);
    for (let row = 0; row < rows; row++) {
      if (weights[row] === 0) continue;
      for (let j = 0; j < classes; j++) diagonal[j] += (weights[row] * logits[row * classes + j] ** 2) / rows;
      diagonal[classes] += weights[row] / rows;
    }
    for (let j = 0; j < features; j++) diagonal[j] = diagonal[j] + (j === k ? 0 : 2 * strengths[j]) || 1;
  };

  const dot = (row: number, x: Float64Array): number => {
    let sum = x[classes];
    for (let j = 0, from = row * classes; j < classes; j++) sum += logits[from + j] * x[j];
    return sum;
  };

  const factorClass = (k: number, residuals: Float32Array): void => {
    weighRows(weights, residuals, classes, k);
    const order = Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => weights[b] - weights[a]);
    const kept = heavy.subarray(k * m, (k + 1) * m);
    kept.set(order.subarray(0, m));
    const own = roots.subarray(k * m, (k + 1) * m);
    kept.forEach((row, i) => {
      own[i] = Math.sqrt(weights[row] / rows);
      weights[row] *= leftOfHeavy;
    });
    const diagonal = diagonals.subarray(k * features, (k + 1) * features);
    writeDiagonal(diagonal, k);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < classes; j++) scaled[j] = logits[kept[i] * classes + j] / diagonal[j];
      scaled[classes] = 1 / diagonal[classes];
      for (let l = 0; l <= i; l++) inner[k][i * m + l] = own[i] * own[l] * dot(kept[l], scaled) + Number(l === i);
    }
    factor(inner[k], m);
  };

  return {
    factorAt(residuals) {
      for (let k = 0; k < classes; k++) factorClass(k, residuals);
    },
    solve(v, solution) {
      for (let k = 0; k < classes; k++) {
        const from = k * features;
        for (let j = 0; j < features; j++) scaled[j] = v[from + j] / diagonals[from + j];
        for (let i = 0; i < m; i++) sums[i] = roots[k * m + i] * dot(heavy[k * m + i], scaled);
        solve(inner[k], m, sums, 0);
        const back = solution.subarray(from, from + features);
        back.fill(0);
        for (let i = 0; i < m; i++) {
          const share = sums[i] * roots[k * m + i];
          const row = heavy[k * m + i] * classes;
          for (let j = 0; j < classes; j++) back[j] += share * logits[row + j];
          back[classes] += share;
        }
        for (let j = 0; j < features; j++) back[j] = scaled[j] - back[j] / diagonals[from + j];
      }
    },
  };
}
