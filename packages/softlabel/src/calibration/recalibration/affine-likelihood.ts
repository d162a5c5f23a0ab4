import type { LogitRows } from "./linear-map.ts";
import { addOuterProducts, multiplyRows, tileRows } from "./row-products.ts";

/**
 * Mean NLL of softmax(W·z + b), its gradient and its Hessian; parameters [W[i], b[i]] for each class i.
 *
 *     ∂/∂[W, b][i] = mean of (p[i] − q[i])·[z, 1]
 *     (H·V)[i] = mean of p[i]·(u[i] − Σₖ p[k]·u[k])·[z, 1],   u = V·[z, 1]
 *
 * Convex in W and b. The probabilities of the last `valueAt` are kept in float32, which the Hessian can bear and the
 * gradient does not see: what a label lacks of 1 is always summed from the others, never rounded off.
 */
export interface AffineLikelihood {
  readonly valueAt: (parameters: Float64Array, gradient: Float64Array) => number;
  /** Adds H·v at the parameters of the last `valueAt`. */
  readonly addHessianTimes: (v: Float64Array, product: Float64Array) => void;
  /** p of the last `valueAt`, shape [rows, classes]; at a row's label it holds p − 1 instead. */
  readonly residuals: Float32Array;
}

export function affineLikelihood({ labels, logits, classes }: LogitRows): AffineLikelihood {
  const rows = labels.length;
  const features = classes + 1;
  const even = classes + (classes % 2);
  const tile = new Float64Array(tileRows * features);
  const scores = new Float64Array(tileRows * even);
  const weights = new Float64Array(even * features);
  const sums = new Float64Array(even * features);
  const residuals = new Float32Array(rows * classes);

  /** Runs over the rows tile by tile: `visit` turns each row's scores into what its outer product is taken of. */
  const pass = (v: Float64Array, product: Float64Array, visit: (row: number, at: number) => void): void => {
    weights.set(v);
    sums.fill(0);
    for (let first = 0; first < rows; first += tileRows) {
      const count = Math.min(tileRows, rows - first);
      if (count < tileRows) tile.fill(0);
      for (let r = 0, from = first * classes, to = 0; r < count; r++) {
        for (let j = 0; j < classes; j++) tile[to++] = logits[from++];
        tile[to++] = 1;
      }
      multiplyRows(tile, weights, scores, features, even);
      for (let r = 0; r < count; r++) visit(first + r, r * even);
      addOuterProducts(scores, tile, sums, features, even);
    }
    for (let i = 0; i < product.length; i++) product[i] += sums[i] / rows;
  };

  return {
    residuals,
    valueAt(parameters, gradient) {
      let nll = 0;
      gradient.fill(0);
      pass(parameters, gradient, (row, at) => {
        nll += softmaxNll(scores, at, classes, labels[row]);
        for (let k = 0, to = row * classes; k < classes; k++) residuals[to + k] = scores[at + k];
      });
      return nll / rows;
    },
    addHessianTimes(v, product) {
      pass(v, product, (row, at) => {
        spread(scores, at, residuals, row * classes, classes, labels[row]);
      });
    },
  };
}

/** Returns −ln softmax(z)[label] and leaves softmax(z) − one-hot(label) in z, the logits from index `at` on. */
export function softmaxNll(z: Float64Array, at: number, classes: number, label: number): number {
  let max = -Infinity;
  for (let i = at; i < at + classes; i++) if (z[i] > max) max = z[i];
  const own = at + label;
  const lead = max - z[own];
  z[own] = -Infinity;
  let rest = 0;
  for (let i = at; i < at + classes; i++) {
    z[i] = Math.exp(z[i] - max);
    rest += z[i];
  }
  const sum = rest + Math.exp(-lead);
  for (let i = at; i < at + classes; i++) z[i] /= sum;
  z[own] = -rest / sum;
  // ln(1 + rest) where the label leads.
  return lead === 0 ? Math.log1p(rest) : Math.log(sum) + lead;
}

/** Turns u into (diag(p) − p·pᵀ)·u; what p of the label is, the others say. */
function spread(u: Float64Array, at: number, p: Float32Array, from: number, classes: number, label: number): void {
  const own = u[at + label];
  let mean = 0;
  for (let k = 0; k < classes; k++) if (k !== label) mean += p[from + k] * (u[at + k] - own);
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const product = k === label ? 0 : p[from + k] * (u[at + k] - own - mean);
    u[at + k] = product;
    sum += product;
  }
  u[at + label] = -sum;
}
