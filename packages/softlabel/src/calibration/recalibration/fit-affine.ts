import type { Predictions } from "../predictions.ts";
import { affineLikelihood } from "./affine-likelihood.ts";
import { factor, solve } from "./cholesky.ts";
import { type ColumnSpread, columnSpread } from "./column-spread.ts";
import { type AffineMap, type LogitRows, meanSquares } from "./linear-map.ts";
import { type CurvedObjective, minimizeByNewton } from "./minimize-by-newton.ts";
import type { Minimum } from "./minimize-convex.ts";
import type { OffDiagonalWeights } from "./off-diagonal.ts";
import type { FollowOptions } from "./search-progress.ts";
import { startScale } from "./vector-scaling.ts";

/**
 * Fits softmax(W·z + b) by NLL + λ/(K(K − 1)) · Σ_{i≠j} W[i][j]² + μ/K · Σ b[j]².
 *
 * The same number added to a whole column of W, or to b, leaves the probabilities as they are, so each column's
 * off-diagonal mean is 0 at the optimum, and so is that of b. The search goes by the spread around those means, to which
 * such a shift is nothing, and shifts at its end: otherwise a small λ would be a long flat valley. The diagonal is free.
 * It begins at the fitted temperature.
 */
export function fitAffine(
  rows: LogitRows,
  predictions: Predictions,
  weights: OffDiagonalWeights,
  { onIteration }: FollowOptions,
): { readonly map: AffineMap; readonly minimum: Minimum } {
  const { classes } = rows;
  const features = classes + 1;
  const penalty = columnSpread(classes, weights);
  const start = new Float64Array(classes * features);
  const scale = startScale(rows.labels, predictions);
  for (let k = 0; k < classes; k++) start[k * features + k] = scale;
  const deviations = [...meanSquares(rows).map(Math.sqrt), 1];
  const units = start.map((_, i) => 1 / (deviations[i % features] || 1));
  const minimum = minimizeByNewton(penalizedLikelihood(rows, penalty), start, { units, onIteration });

  const x = minimum.x.slice();
  penalty.centre(x);
  const all = Array.from({ length: classes }, (_, i) => i);
  const map = {
    weights: all.map((i) => [...x.subarray(i * features, i * features + classes)]),
    intercepts: all.map((i) => x[i * features + classes]),
  };
  return { map, minimum };
}

/** Numbers that the blocks of all classes may hold, 128 MiB of them; beyond, one block serves every class. */
const mostInBlocks = 2 ** 24;

function penalizedLikelihood(rows: LogitRows, penalty: ColumnSpread): CurvedObjective {
  const { classes } = rows;
  const features = classes + 1;
  const size = features ** 2;
  const likelihood = affineLikelihood(rows);
  const blocks = new Float64Array(classes * size <= mostInBlocks ? classes * size : size);
  const count = blocks.length / size;
  let last: Float64Array | null = null;
  const valueAt = (x: Float64Array, gradient: Float64Array): number => {
    last = x;
    return likelihood.valueAt(x, gradient) + penalty.addTo(x, gradient);
  };
  const hessianAt: CurvedObjective["hessianAt"] = (x) => {
    if (last !== x) valueAt(x, new Float64Array(x.length));
    blocks.fill(0);
    likelihood.addBlocks(blocks);
    for (let k = 0; k < count; k++) {
      for (let j = 0; j < features; j++) {
        if (k !== j || count === 1) blocks[k * size + j * features + j] += 2 * penalty.strengths[j];
      }
      factor(blocks, features, k * size);
    }
    return {
      times(v, product) {
        product.fill(0);
        likelihood.addHessianTimes(v, product);
        penalty.addTo(v, product);
      },
      solveRoughly(v, solution) {
        solution.set(v);
        for (let k = 0; k < classes; k++) solve(blocks, features, count === 1 ? 0 : k * size, solution, k * features);
      },
    };
  };
  return { valueAt, hessianAt };
}
