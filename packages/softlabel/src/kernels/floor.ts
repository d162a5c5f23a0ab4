import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { ClassPrior } from "./class-prior.ts";
import type { SparseRows } from "./distributions.ts";
import type { Prepared } from "./prepare.ts";
import type { RowScratch } from "./row-scratch.ts";

/** Writes H(q′) of every row that is kept into the scratch. */
export function writeFloors(
  { scratch, prior, distributions, logits }: Prepared,
  { labelSmoothing = 0 }: SoftmaxCrossEntropyOptions,
): void {
  const { hard, smooth, floor } = scratch;
  if (distributions === undefined) {
    const alike = prior.exact === undefined && typeof labelSmoothing === "number";
    writeFloorsOfIndices(scratch, prior, alike ? 1 : floor.length);
    if (alike) floor.fill(floor[0]);
    return;
  }
  const { classes } = logits;
  const { sparse, given } = distributions;
  for (let row = 0; row < floor.length; row++) {
    floor[row] = sparse
      ? floorOfSparse(sparse, row, hard[row], smooth[row], prior)
      : floorOfDense(given, row * classes, classes, hard[row], smooth[row], prior);
  }
}

/**
 * H(q′) of rows whose label is one class, from the prior's own entropy, in O(1) a row:
 *
 *     q′[k] = smooth·u[k],   q′[label] = hard + smooth·u[label]
 *     H(q′) = m·log m − Σ q′·log q′,   m = Σ q′
 *     Σ q′·log q′ over k ≠ label = smooth·(Σ u·log u − u[label]·log u[label]) + smooth·log smooth·(Σ u − u[label])
 */
function writeFloorsOfIndices({ labels, hard, smooth, floor }: RowScratch, prior: ClassPrior, rows: number): void {
  const { exact, share, terms, mass, negativeEntropy } = prior;
  let [h, s] = [Number.NaN, Number.NaN];
  let whole = 0;
  let logTerm = 0;
  for (let row = 0; row < rows; row++) {
    if (hard[row] !== h || smooth[row] !== s) {
      h = hard[row];
      s = smooth[row];
      logTerm = xLogX(s);
      whole = xLogX(h + s * mass) - s * negativeEntropy - logTerm * mass;
    }
    // A row that is left out has any class's floor, times 0.
    const label = Math.max(labels[row], 0);
    const u = exact ? exact[label] : share;
    floor[row] = whole - xLogX(h + s * u) + s * (terms ? terms[label] : xLogX(u)) + logTerm * u;
  }
}

/**
 * H(q′) of a row whose label is a distribution, from its classes that are not 0: the others have q′ = smooth·u.
 */
function floorOfSparse(
  { values, classOf, ends }: SparseRows,
  row: number,
  hard: number,
  smooth: number,
  prior: ClassPrior,
): number {
  let labelMass = 0;
  let priorMass = 0;
  let priorEntropy = 0;
  let targets = 0;
  for (let i = row > 0 ? ends[row - 1] : 0; i < ends[row]; i++) {
    const u = prior.exact ? prior.exact[classOf[i]] : prior.share;
    labelMass += values[i];
    priorMass += u;
    priorEntropy += xLogX(u);
    targets += xLogX(hard * values[i] + smooth * u);
  }
  const others =
    smooth > 0
      ? smooth * (prior.negativeEntropy - priorEntropy + Math.log(smooth) * Math.max(0, prior.mass - priorMass))
      : 0;
  return xLogX(hard * labelMass + smooth * prior.mass) - targets - others;
}

/** The same of a row whose label is a distribution, class by class. */
export function floorOfDense(
  q: ArrayLike<number>,
  start: number,
  classes: number,
  hard: number,
  smooth: number,
  { exact, share, excluded }: ClassPrior,
): number {
  let mass = 0;
  let targets = 0;
  for (let k = 0; k < classes; k++) {
    const u = exact ? exact[k] : excluded?.[k] ? 0 : share;
    const target = hard * q[start + k] + smooth * u;
    mass += target;
    targets += xLogX(target);
  }
  return xLogX(mass) - targets;
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
