import type { Labels, Predictions } from "../predictions.ts";
import { softmaxNll } from "./affine-likelihood.ts";
import type { Objective } from "./line-search.ts";
import type { Minimum } from "./minimize-convex.ts";
import type { Recalibrated } from "./recalibrator.ts";

/** How a search for the parameters ended. */
export interface SearchReport {
  /** Whether the gradient vanished, to `gradientNorm`; if not, the parameters are not the optimum. */
  readonly converged: boolean;
  readonly gradientNorm: number;
  readonly iterations: number;
}

/** What a caller is told of a search. */
export function reportOf({ converged, gradientNorm, iterations }: Minimum): SearchReport {
  return { converged, gradientNorm, iterations };
}

/** An affine map of the logits of a row: z′[i] = Σⱼ W[i][j]·z[j] + b[i]. */
export interface AffineMap {
  /** W, one row for each class that comes out. */
  readonly weights: readonly (readonly number[])[];
  /** b */
  readonly intercepts: readonly number[];
}

/** Labelled rows of finite logits, as an objective reads them. */
export interface LogitRows {
  readonly labels: Labels;
  readonly logits: ArrayLike<number>;
  readonly classes: number;
}

/** Mean NLL of softmax(a ⊙ z + b) and its gradient (p − q) ⊙ z; parameters [a, b]. Convex in a and b. */
export function diagonalNll({ labels, logits, classes }: LogitRows): Objective {
  const p = new Float64Array(classes);
  return (parameters, gradient) => {
    gradient.fill(0);
    let nll = 0;
    for (let row = 0, start = 0; row < labels.length; row++, start += classes) {
      for (let i = 0; i < classes; i++) p[i] = parameters[i] * logits[start + i] + parameters[classes + i];
      nll += softmaxNll(p, 0, classes, labels[row]);
      for (let i = 0; i < classes; i++) {
        gradient[i] += p[i] * logits[start + i];
        gradient[classes + i] += p[i];
      }
    }
    for (let i = 0; i < gradient.length; i++) gradient[i] /= labels.length;
    return nll / labels.length;
  };
}

/** Mean of z[j]² for each class j: the curvature of the NLL in the weights of column j, but for p(1 − p). */
export function meanSquares({ logits, labels, classes }: LogitRows): Float64Array {
  const squares = new Float64Array(classes);
  for (let i = 0; i < logits.length; i++) squares[i % classes] += logits[i] ** 2 / labels.length;
  return squares;
}

/** W·z + b of every row, as logits. */
export function applyAffine({ weights, intercepts }: AffineMap, logits: ArrayLike<number>, rows: number): Recalibrated {
  const classes = intercepts.length;
  const data = new Float64Array(rows * classes);
  for (let start = 0; start < data.length; start += classes) {
    for (let i = 0; i < classes; i++) {
      let sum = intercepts[i];
      for (let j = 0; j < classes; j++) sum += weights[i][j] * logits[start + j];
      data[start + i] = sum;
    }
  }
  return { data, shape: [rows, classes], kind: "logits" };
}

/** The labelled rows of predictions that were checked before. */
export function logitRows(labels: Labels, predictions: Predictions, logits: ArrayLike<number>): LogitRows {
  return { labels, logits, classes: predictions.shape[1] };
}
