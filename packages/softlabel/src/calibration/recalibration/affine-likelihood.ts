import type { Labels } from "../predictions.ts";
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
  /** Adds block i of the Hessian, that of [W[i], b[i]] alone, for the classes that fit; shape [some, K + 1, K + 1]. */
  readonly addBlocks: (blocks: Float64Array) => void;
}

export function affineLikelihood({ labels, logits, classes }: LogitRows): AffineLikelihood {
  const rows = labels.length;
  const features = classes + 1;
  const even = classes + (classes % 2);
  const tile = new Float64Array(tileRows * features);
  const scores = new Float64Array(tileRows * even);
  const weights = new Float64Array(even * features);
  const sums = new Float64Array(even * features);
  const p = new Float32Array(rows * classes);

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

  const evenFeatures = features + (features % 2);
  const weighted = new Float64Array(tileRows * evenFeatures);
  const gram = new Float64Array(evenFeatures * features);
  /** Adds mean of w·[z, 1]·[z, 1]ᵀ over the rows of weight w above `least`, or over every so many of them. */
  const addGram = (rowWeights: Float64Array, least: number, block: Float64Array): void => {
    let heavy = 0;
    for (let row = 0; row < rows; row++) if (rowWeights[row] > least) heavy++;
    const every = Math.max(1, Math.floor(heavy / (enoughRows * features)));
    gram.fill(0);
    let count = 0;
    const flush = (): void => {
      tile.fill(0, count * features);
      weighted.fill(0, count * evenFeatures);
      addOuterProducts(weighted, tile, gram, features, evenFeatures);
      count = 0;
    };
    for (let row = 0, seen = 0; row < rows; row++) {
      if (!(rowWeights[row] > least) || seen++ % every !== 0) continue;
      const weight = (rowWeights[row] * every) / rows;
      const to = count * features;
      const toWeighted = count * evenFeatures;
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
    for (let i = 0; i < block.length; i++) block[i] += gram[i];
  };

  return {
    valueAt(parameters, gradient) {
      let nll = 0;
      gradient.fill(0);
      pass(parameters, gradient, (row, at) => {
        nll += softmaxNll(scores, at, classes, labels[row]);
        p.set(scores.subarray(at, at + classes), row * classes);
      });
      return nll / rows;
    },
    addHessianTimes(v, product) {
      pass(v, product, (row, at) => {
        spread(scores, at, p, row * classes, classes, labels[row]);
      });
    },
    addBlocks(blocks) {
      const size = features * features;
      const weights = new Float64Array(rows);
      for (let k = 0; k * size < blocks.length; k++) {
        const least = lightWeight * weighRows(weights, p, labels, classes, k);
        addGram(weights, least, blocks.subarray(k * size, (k + 1) * size));
      }
    },
  };
}

/** Rows lighter than this share of the typical one are left out of a block, which is an approximation anyway. */
const lightWeight = 0.01;

/** Rows for each feature that a block is made of where there are more: its spectrum is near that of all by then. */
const enoughRows = 8;

/** Writes p[k]·(1 − p[k]) of every row; returns the typical weight, Σ w²/Σ w. */
function weighRows(weights: Float64Array, p: Float32Array, labels: Labels, classes: number, k: number): number {
  let sum = 0;
  let squares = 0;
  for (let row = 0, start = 0; row < weights.length; row++, start += classes) {
    let share = p[start + k];
    if (labels[row] === k) {
      share = 0;
      for (let i = 0; i < classes; i++) if (i !== k) share += p[start + i];
    }
    const weight = share * (1 - share);
    weights[row] = weight;
    sum += weight;
    squares += weight ** 2;
  }
  return sum > 0 ? squares / sum : 0;
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
export function spread(
  u: Float64Array,
  at: number,
  p: Float32Array,
  from: number,
  classes: number,
  label: number,
): void {
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
