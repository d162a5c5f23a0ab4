import { factor, solve } from "./cholesky.ts";
import type { LogitRows } from "./linear-map.ts";
import { type Preconditioner, weighRows } from "./preconditioner.ts";
import { addOuterProducts, tileRows } from "./row-products.ts";

/** Rows lighter than this share of the typical one are left out of a block, which is an approximation anyway. */
const lightWeight = 0.01;

/** Rows for each feature that a block is made of where there are more: its spectrum is near that of all by then. */
const enoughRows = 8;

/**
 * M⁻¹, M the blocks on the Hessian's diagonal: that of [W[k], b[k]] alone, for each class k.
 *
 *     mean of p[k]·(1 − p[k])·[z, 1]·[z, 1]ᵀ + 2·strengths on the diagonal, but for W[k][k], which is free
 *
 * @param strengths - Half of what the penalty adds to the diagonal; shape [classes + 1].
 */
export function classBlocks({ labels, logits, classes }: LogitRows, strengths: Float64Array): Preconditioner {
  const rows = labels.length;
  const features = classes + 1;
  const even = features + (features % 2);
  const blocks = Array.from({ length: classes }, () => new Float64Array(features ** 2));
  const weights = new Float64Array(rows);
  const tile = new Float64Array(tileRows * features);
  const weighted = new Float64Array(tileRows * even);
  const gram = new Float64Array(even * features);

  /** Writes mean of w·[z, 1]·[z, 1]ᵀ over the rows that weigh, or over every so many of them. */
  const write = (block: Float64Array): void => {
    const least = lightWeight * typicalWeight(weights);
    let heavy = 0;
    for (let row = 0; row < rows; row++) if (weights[row] > least) heavy++;
    const every = Math.max(1, Math.floor(heavy / (enoughRows * features)));
    gram.fill(0);
    let count = 0;
    const flush = (): void => {
      tile.fill(0, count * features);
      weighted.fill(0, count * even);
      addOuterProducts(weighted, tile, gram, features, even);
      count = 0;
    };
    for (let row = 0, seen = 0; row < rows; row++) {
      if (!(weights[row] > least) || seen++ % every !== 0) continue;
      const weight = (weights[row] * every) / rows;
      const to = count * features;
      const toWeighted = count * even;
      for (let j = 0; j < classes; j++) {
        const z = logits[row * classes + j];
        tile[to + j] = z;
        weighted[toWeighted + j] = weight * z;
      }
      tile[to + classes] = 1;
      weighted[toWeighted + classes] = weight;
      if (++count === tileRows) flush();
    }
    flush();
    for (let i = 0; i < block.length; i++) block[i] = gram[i];
  };

  return {
    factorAt(residuals) {
      blocks.forEach((block, k) => {
        weighRows(weights, residuals, classes, k);
        write(block);
        for (let j = 0; j < features; j++) if (j !== k) block[j * features + j] += 2 * strengths[j];
        factor(block, features);
      });
    },
    solve(v, solution) {
      solution.set(v);
      blocks.forEach((block, k) => {
        solve(block, features, solution, k * features);
      });
    },
  };
}

/** Σ w²/Σ w */
function typicalWeight(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight ** 2;
  }
  return sum > 0 ? squares / sum : 0;
}
