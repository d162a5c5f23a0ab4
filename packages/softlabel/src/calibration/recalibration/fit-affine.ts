import type { Predictions } from "../predictions.ts";
import { affineLikelihood } from "./affine-likelihood.ts";
import { classBlocks } from "./class-blocks.ts";
import { type ColumnSpread, columnSpread } from "./column-spread.ts";
import { heavyRowBlocks } from "./heavy-row-blocks.ts";
import type { AffineMap, LogitRows } from "./linear-map.ts";
import { type CurvedObjective, minimizeByNewton } from "./minimize-by-newton.ts";
import type { Minimum } from "./minimize-convex.ts";
import type { OffDiagonalWeights } from "./off-diagonal.ts";
import { mostInBlocks } from "./preconditioner.ts";
import type { FollowOptions } from "./search-progress.ts";
import { standardNorm } from "./standard-norm.ts";
import { startScale } from "./vector-scaling.ts";

/** Products with the Hessian at most, and multiplications in them, rows × classes² counted as one for each. */
const most = { products: 2500, multiplications: 1e12 };

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
  const products = Math.min(most.products, Math.ceil(most.multiplications / (rows.labels.length * classes ** 2)));
  const options = { norm: standardNorm(rows), products, onIteration };
  const minimum = minimizeByNewton(penalizedLikelihood(rows, penalty), start, options);

  const x = minimum.x.slice();
  penalty.centre(x);
  const all = Array.from({ length: classes }, (_, i) => i);
  const map = {
    weights: all.map((i) => [...x.subarray(i * features, i * features + classes)]),
    intercepts: all.map((i) => x[i * features + classes]),
  };
  return { map, minimum };
}

function penalizedLikelihood(rows: LogitRows, penalty: ColumnSpread): CurvedObjective {
  const likelihood = affineLikelihood(rows);
  const { strengths } = penalty;
  const isLarge = rows.classes * strengths.length ** 2 > mostInBlocks;
  const preconditioner = isLarge ? heavyRowBlocks(rows, strengths) : classBlocks(rows, strengths);
  let last: Float64Array | null = null;
  const valueAt = (x: Float64Array, gradient: Float64Array): number => {
    last = x;
    return likelihood.valueAt(x, gradient) + penalty.addTo(x, gradient);
  };
  return {
    valueAt,
    hessianAt(x) {
      // A line search may have ended at a point that is not its last.
      if (last !== x) valueAt(x, new Float64Array(x.length));
      preconditioner.factorAt(likelihood.residuals);
      return {
        times(v, product) {
          product.fill(0);
          likelihood.addHessianTimes(v, product);
          penalty.addTo(v, product);
        },
        solveRoughly: preconditioner.solve,
      };
    },
  };
}
