import { ArgumentError } from "../../core/argument-error.ts";
import type { Predictions } from "../predictions.ts";
import { type AffineMap, affineNll, type LogitRows, meanSquares } from "./linear-map.ts";
import { type Minimum, minimizeConvex, type Objective } from "./minimize-convex.ts";
import { readList, readNumber, readNumbers, readObject } from "./read-parameters.ts";
import { startScale } from "./vector-scaling.ts";

/** Off-diagonal and intercept regularisation (ODIR): how much a full matrix may mix the classes. */
export interface OffDiagonalOptions {
  /** λ ≥ 0, weight of the mean square off the diagonal; 1 by default. */
  readonly offDiagonal?: number;
  /** μ ≥ 0, weight of the mean square of the intercepts; 1 by default. */
  readonly intercept?: number;
}

/** λ and μ of ODIR. */
export interface OffDiagonalWeights {
  readonly offDiagonal: number;
  readonly intercept: number;
}

/** @throws {@link ArgumentError} if a weight is out of range, or λ is 0 for more than 50 classes. */
export function requireOffDiagonal(options: OffDiagonalOptions, classes: number): OffDiagonalWeights {
  const offDiagonal = readNumber("offDiagonal", options.offDiagonal ?? 1, 0);
  const intercept = readNumber("intercept", options.intercept ?? 1, 0);
  if (offDiagonal === 0 && classes > 50) {
    throw new ArgumentError(
      `offDiagonal must be above 0 for more than 50 classes, got 0 for ${classes}; ` +
        `${classes * classes + classes} parameters without it overfit`,
    );
  }
  return { offDiagonal, intercept };
}

/**
 * Fits softmax(W·z + b) by NLL + λ/(K(K − 1)) · Σ_{i≠j} W[i][j]² + μ/K · Σ b[j]².
 *
 * The same number added to a whole column of W, or to b, leaves the probabilities as they are, so each column's
 * off-diagonal mean is 0 at the optimum, and so is that of b. The search goes by the spread around those means, to which
 * such a shift is nothing, and shifts at its end: otherwise a small λ would be a long flat valley. The diagonal is free.
 */
export function fitAffine(
  rows: LogitRows,
  predictions: Predictions,
  weights: OffDiagonalWeights,
): { readonly map: AffineMap; readonly minimum: Minimum } {
  const { classes } = rows;
  const columns = columnsOf(classes);
  const strengths = [...columns.keys()].map((j) =>
    j < classes ? weights.offDiagonal / Math.max(1, classes * (classes - 1)) : weights.intercept / classes,
  );
  const nll = affineNll(rows);
  const objective: Objective = (x, gradient) => {
    let value = nll(x, gradient);
    for (const [j, column] of columns.entries()) {
      const mean = meanOf(x, column);
      for (const i of column) {
        value += strengths[j] * (x[i] - mean) ** 2;
        gradient[i] += 2 * strengths[j] * (x[i] - mean);
      }
    }
    return value;
  };
  const start = new Float64Array(classes * classes + classes);
  const scale = startScale(rows.labels, predictions);
  for (let k = 0; k < classes; k++) start[k * (classes + 1)] = scale;
  const minimum = minimizeConvex(objective, start, { inverseCurvature: inverseCurvature(rows, columns, strengths) });

  const x = minimum.x.slice();
  for (const [j, column] of columns.entries()) {
    const mean = meanOf(x, column);
    for (const i of column) x[i] -= mean;
    if (j < classes) x[j * (classes + 1)] -= mean;
  }
  const row = (i: number): number[] => [...x.subarray(i * classes, (i + 1) * classes)];
  return { map: { weights: Array.from({ length: classes }, (_, i) => row(i)), intercepts: row(classes) }, minimum };
}

/** Where the off-diagonal numbers of each column of W, and at last b, lie among the parameters. */
function columnsOf(classes: number): readonly (readonly number[])[] {
  const all = Array.from({ length: classes }, (_, k) => k);
  const columns = all.map((j) => all.filter((i) => i !== j).map((i) => i * classes + j));
  return [...columns, all.map((k) => classes * classes + k)];
}

function meanOf(x: Float64Array, column: readonly number[]): number {
  let sum = 0;
  for (const i of column) sum += x[i];
  return column.length > 0 ? sum / column.length : 0;
}

/** Of each parameter, with p(1 − p) taken as 1/K. */
function inverseCurvature(
  rows: LogitRows,
  columns: readonly (readonly number[])[],
  strengths: readonly number[],
): Float64Array {
  const { classes } = rows;
  const squares = [...meanSquares(rows), 1];
  const inverse = new Float64Array(classes * classes + classes);
  for (const [j, column] of columns.entries()) {
    const diagonal = j < classes ? [j * (classes + 1)] : [];
    for (const i of diagonal) inverse[i] = classes / squares[j];
    for (const i of column) inverse[i] = 1 / (squares[j] / classes + 2 * strengths[j]);
  }
  // A class whose logit is always 0 has no curvature.
  return inverse.map((v) => (v < Infinity ? v : 1));
}

/** @throws {@link ArgumentError} if the document's parameters are no affine map of so many classes. */
export function readAffine(parameters: unknown, classes: number): AffineMap {
  const { weights, intercepts } = readObject("parameters", parameters);
  return {
    weights: readList("parameters.weights", weights, classes).map((row, i) =>
      readNumbers(`parameters.weights[${i}]`, row, classes),
    ),
    intercepts: readNumbers("parameters.intercepts", intercepts, classes),
  };
}
