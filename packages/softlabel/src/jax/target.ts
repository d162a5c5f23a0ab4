import { numpy as np } from "@jax-js/jax";
import { borrowed, type Hold, type Operand } from "./holding.ts";
import type { DistributionLabels, IndexLabels, Labels } from "./labels.ts";
import type { SoftmaxCrossEntropyOptions } from "./options.ts";
import { type Prior, readMask, readPrior } from "./prior.ts";
import type { Rows } from "./rows.ts";
import { sumInBlocks } from "./sum-in-blocks.ts";

/** The smoothed label t of each row, which is q′ unless class weights multiply it. */
export interface Target {
  /** Held [rows, classes]. */
  readonly t: np.Array;
  /** Σ t of each row: held [rows, 1], or one number for all. */
  readonly mass: Operand;
  /** Whether every t is known to be above 0, so that no term has to be dropped. */
  readonly positive: boolean;
}

/** @throws {@link ArgumentError} if an array among the options has a shape that does not fit. */
export function smoothedTarget(
  labels: Labels,
  rows: Rows,
  options: SoftmaxCrossEntropyOptions,
  classWeights: np.Array | undefined,
  hold: Hold,
): Target {
  const ε = rows.perRow(options.labelSmoothing ?? 0, "labelSmoothing", 1);
  const mixing: Mixing = {
    ...shares(ε, options.convention === "classy-vision", hold),
    others: options.convention === "other-classes",
    prior: readPrior(rows, options, hold),
    mask: readMask(rows, options, hold),
    classes: rows.at.classes,
  };
  const plain = labels.kind === "indices" ? ofIndices(labels, mixing, hold) : ofDistributions(labels, mixing, hold);
  const target = mixing.mask === undefined ? plain : withinMask(plain, labels, mixing.mask, hold);
  if (classWeights === undefined) return target;
  const t = hold(target.t.ref.mul(classWeights.ref));
  return { t, mass: hold(sumInBlocks(t.ref)), positive: false };
}

/** q′ = hard·q + smooth·u, u being the prior on the classes of the mask, under "other-classes" without the label. */
interface Mixing {
  readonly hard: Operand;
  readonly smooth: Operand;
  readonly others: boolean;
  readonly prior: Prior;
  readonly mask: np.Array | undefined;
  readonly classes: number;
}

function shares(ε: Operand, classyVision: boolean, hold: Hold): { hard: Operand; smooth: Operand } {
  if (typeof ε === "number") {
    return classyVision ? { hard: 1 / (1 + ε), smooth: ε / (1 + ε) } : { hard: 1 - ε, smooth: ε };
  }
  if (!classyVision) return { hard: hold(np.subtract(1, ε.ref)), smooth: ε };
  const hard = hold(np.reciprocal(ε.ref.add(1)));
  return { hard, smooth: hold(ε.ref.mul(hard.ref)) };
}

function ofIndices(labels: IndexLabels, mixing: Mixing, hold: Hold): Target {
  const { hard, smooth, others, prior, mask, classes } = mixing;
  const { hit } = labels;
  if (smooth === 0) return { t: hold(np.where(hit(), 1, 0)), mass: 1, positive: false };
  const positive = typeof smooth === "number" && typeof hard === "number" && (hard > 0 || !others);
  if (prior.kind === "uniform" && mask === undefined) {
    const share = others ? 1 / Math.max(classes - 1, 1) : prior.share;
    const ofLabel = others && classes > 1 ? 0 : share;
    const t = np.where(hit(), plus(borrowed(hard), times(borrowed(smooth), ofLabel)), times(borrowed(smooth), share));
    const mass = others ? 1 : plus(borrowed(hard), times(borrowed(smooth), classes * share));
    return { t: hold(t), mass: kept(mass, hold), positive };
  }
  const u = restricted(priorOfIndices(prior, labels), mask, others ? hit : undefined, hold);
  const t = hold(np.where(hit(), borrowed(hard), 0).add(np.multiply(u, borrowed(smooth))));
  const isRestricted = mask !== undefined || others;
  const asGiven = prior.kind === "vector" && !isRestricted ? prior : { total: undefined, positive: false };
  const mass = (): Operand => {
    if (isRestricted) return 1;
    const { total } = asGiven;
    return total === undefined ? sumInBlocks(t.ref) : plus(borrowed(hard), times(borrowed(smooth), total));
  };
  return { t, mass: kept(mass(), hold), positive: positive && asGiven.positive };
}

/** The prior of each row's label, to be broadcast to [rows, classes]; fresh. */
function priorOfIndices(prior: Prior, { index }: IndexLabels): Operand {
  if (prior.kind === "uniform") return prior.share;
  return prior.kind === "vector" ? prior.u.ref : prior.u.ref.slice(index());
}

/**
 * The prior on the classes that remain, renormalised: those of the mask, without the label where `label` tells it.
 * Where no other class is left, the label keeps its mass.
 *
 * @param u - Consumed.
 */
function restricted(u: Operand, mask: np.Array | undefined, label: (() => np.Array) | undefined, hold: Hold): Operand {
  const masked = mask === undefined ? u : np.where(mask.ref, u, 0);
  const rest = label === undefined ? masked : np.where(label(), 0, masked);
  if (mask === undefined && label === undefined) return rest;
  const array = hold(rest as np.Array);
  const sum = hold(sumInBlocks(array.ref));
  if (label === undefined) return array.ref.div(sum.ref);
  const some = array.ref.div(np.where(sum.ref.equal(0), 1, sum.ref));
  return np.where(sum.ref.equal(0), np.where(label(), 1, 0), some);
}

function ofDistributions({ q }: DistributionLabels, mixing: Mixing, hold: Hold): Target {
  const { hard, smooth, prior } = mixing;
  if (smooth === 0) return { t: q, mass: hold(sumInBlocks(q.ref)), positive: false };
  const u =
    prior.kind === "matrix"
      ? mixOverLabels(q, prior.u, mixing, hold)
      : mixOverClasses(q, prior.kind === "uniform" ? prior.share : prior.u.ref, mixing, hold);
  const t = hold(q.ref.mul(borrowed(hard)).add(np.multiply(u, borrowed(smooth))));
  return { t, mass: hold(sumInBlocks(t.ref)), positive: false };
}

/** One prior for all labels. Under "other-classes" u[k] = û[k]·Σ q[j]/(1 − û[j]) over j ≠ k. @param u - Consumed. */
function mixOverClasses(q: np.Array, u: Operand, { mask, others, classes }: Mixing, hold: Hold): Operand {
  const share = restricted(u, mask, undefined, hold);
  if (!others) return share;
  const û = hold(typeof share === "number" ? np.full([1, classes], share) : share);
  const rest = hold(sumInBlocks(û.ref).sub(û.ref));
  const isAll = hold(rest.ref.equal(0));
  const given = hold(np.where(isAll.ref, 0, q.ref.div(np.where(isAll.ref, 1, rest.ref))));
  const fromOthers = sumInBlocks(given.ref).sub(given.ref).mul(û.ref);
  return fromOthers.add(np.where(isAll.ref, q.ref, 0));
}

/** A prior for each label: u = Σ q[j]·û[j], with û[j] the prior of label j on the classes that remain for it. */
function mixOverLabels(q: np.Array, priors: np.Array, { mask, others, classes }: Mixing, hold: Hold): np.Array {
  if (mask === undefined && !others) return np.matmul(q.ref, priors.ref);
  const usable = hold(others ? np.where(np.eye(classes).equal(0), priors.ref, 0) : priors.ref);
  const allowed = mask === undefined ? np.ones([1, classes]) : np.where(mask.ref, 1, 0);
  const open = hold(allowed.astype(priors.dtype));
  const mass = hold(np.matmul(open.ref, usable.ref.transpose()));
  const divisor = others ? np.where(mass.ref.equal(0), 1, mass.ref) : mass.ref;
  const shared = np.where(q.ref.equal(0), 0, q.ref.div(divisor));
  const mixed = np.matmul(shared, usable.ref).mul(open.ref);
  return others ? mixed.add(np.where(mass.ref.equal(0), q.ref, 0)) : mixed;
}

/** A label with mass on a class that the mask excludes makes its row NaN, unless the row is ignored. */
function withinMask({ t, ...rest }: Target, labels: Labels, mask: np.Array, hold: Hold): Target {
  const labelled = labels.kind === "indices" ? labels.hit() : labels.q.ref.greater(0);
  const counted = labels.kept === undefined ? labelled : np.logicalAnd(labelled, labels.kept.ref);
  return { ...rest, t: hold(np.where(mask.ref, t.ref, np.where(counted, Number.NaN, 0))) };
}

const plus = (a: Operand, b: Operand): Operand =>
  typeof a === "number" && typeof b === "number" ? a + b : np.add(a, b);
const times = (a: Operand, b: Operand): Operand =>
  typeof a === "number" && typeof b === "number" ? a * b : np.multiply(a, b);
const kept = (operand: Operand, hold: Hold): Operand => (typeof operand === "number" ? operand : hold(operand));
