import type { OffDiagonalWeights } from "./off-diagonal.ts";

/** ODIR around the means of the columns, of parameters [W[i], b[i]] for each class i. */
export interface ColumnSpread {
  /** Of each column of W, and at last of b. */
  readonly strengths: Float64Array;
  /** Returns Σ strength·(x − mean)² and adds its gradient, which is its Hessian's product with x. */
  readonly addTo: (x: Float64Array, gradient: Float64Array) => number;
  /** Takes the mean off each column, the diagonal of W too. */
  readonly centre: (x: Float64Array) => void;
}

/** λ/(K(K − 1)) · Σ_{i≠j} (W[i][j] − mean of column j)² + μ/K · Σ (b[j] − mean of b)²; the diagonal is free. */
export function columnSpread(classes: number, { offDiagonal, intercept }: OffDiagonalWeights): ColumnSpread {
  const features = classes + 1;
  const strengths = new Float64Array(features).fill(offDiagonal / Math.max(1, classes * (classes - 1)));
  strengths[classes] = intercept / classes;
  const means = new Float64Array(features);
  const measure = (x: Float64Array): void => {
    means.fill(0);
    for (let i = 0, at = 0; i < classes; i++) {
      for (let j = 0; j < features; j++, at++) if (i !== j) means[j] += x[at];
    }
    for (let j = 0; j < features; j++) means[j] /= j < classes ? Math.max(1, classes - 1) : classes;
  };
  return {
    strengths,
    addTo(x, gradient) {
      measure(x);
      let value = 0;
      for (let i = 0, at = 0; i < classes; i++) {
        for (let j = 0; j < features; j++, at++) {
          if (i === j) continue;
          const beyond = x[at] - means[j];
          value += strengths[j] * beyond ** 2;
          gradient[at] += 2 * strengths[j] * beyond;
        }
      }
      return value;
    },
    centre(x) {
      measure(x);
      for (let i = 0; i < x.length; i++) x[i] -= means[i % features];
    },
  };
}
