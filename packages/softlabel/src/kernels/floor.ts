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
    if (typeof labelSmoothing !== "number") writeFloorsOfIndices(scratch, prior, floor.length);
    else if (prior.exact)
      writeFloorsByLabel(scratch, prior, floorsByLabel(prior, prior.exact.length, hard[0], smooth[0]));
    else {
      writeFloorsOfIndices(scratch, prior, 1);
      floor.fill(floor[0]);
    }
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

/** Floors by label, NaN until they are asked for, while prior and ε stay the same: as they do in training. */
function floorsByLabel(prior: ClassPrior, classes: number, hard: number, smooth: number): Float64Array {
  if (last?.prior !== prior || last.hard !== hard || last.smooth !== smooth) {
    last = { prior, hard, smooth, floors: new Float64Array(classes).fill(Number.NaN) };
  }
  return last.floors;
}

let last:
  | { readonly prior: ClassPrior; readonly hard: number; readonly smooth: number; readonly floors: Float64Array }
  | undefined;

/** {@link writeFloorsOfIndices} where every row has the same ε. */
function writeFloorsByLabel(
  { labels, hard, smooth, floor }: RowScratch,
  prior: ClassPrior,
  floors: Float64Array,
): void {
  const whole = floorOfOthers(prior, hard[0], smooth[0]);
  for (let row = 0; row < floor.length; row++) {
    const label = Math.max(labels[row], 0);
    if (Number.isNaN(floors[label])) floors[label] = whole + floorOfLabel(prior, label, hard[0], smooth[0]);
    floor[row] = floors[label];
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
  let [h, s] = [Number.NaN, Number.NaN];
  let whole = 0;
  for (let row = 0; row < rows; row++) {
    if (hard[row] !== h || smooth[row] !== s) {
      h = hard[row];
      s = smooth[row];
      whole = floorOfOthers(prior, h, s);
    }
    // A row that is left out has any class's floor, times 0.
    floor[row] = whole + floorOfLabel(prior, Math.max(labels[row], 0), h, s);
  }
}

/** What is the same whatever the label: m·log m − Σ over all k of smooth·u·log(smooth·u). */
const floorOfOthers = ({ mass, negativeEntropy }: ClassPrior, hard: number, smooth: number): number =>
  xLogX(hard + smooth * mass) - smooth * negativeEntropy - xLogX(smooth) * mass;

/** What the label adds to that: its own term in place of the one that a class without the label has. */
function floorOfLabel({ exact, share, terms }: ClassPrior, label: number, hard: number, smooth: number): number {
  const u = exact ? exact[label] : share;
  return smooth * (terms ? terms[label] : xLogX(u)) + xLogX(smooth) * u - xLogX(hard + smooth * u);
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
