import { lax, numpy as np } from "@jax-js/jax";
import { requireOneOf } from "../core/options.ts";
import { borrowed, type Hold, holding } from "./holding.ts";
import { type Labels, readLabels } from "./labels.ts";
import { type JaxTensorLike, requireSoftmaxOptions, type SoftmaxCrossEntropyOptions } from "./options.ts";
import { preciseLog } from "./precise-log.ts";
import { type RowWeights, reduceRows, requireReduction } from "./reduce-rows.ts";
import { requireNumbers } from "./require-numbers.ts";
import { type Rows, readRows } from "./rows.ts";
import { sumInBlocks } from "./sum-in-blocks.ts";
import { smoothedTarget, type Target } from "./target.ts";

/**
 * Softmax cross-entropy against smoothed labels, traceable by `grad`, `jit`, `vmap` and the other transformations of
 * jax-js.
 *
 *     loss = H(q′, p) = (1 − ε)·H(q, p) + ε·H(u, p),   p = softmax(z),   q′ = (1 − ε)·q + ε·u
 *     ∂loss/∂z = p − q′,   ∂loss/∂q = −(1 − ε)·log p
 *
 * Composed of jax-js' own operations, since it has no gradients of one's own: logits are measured from the largest of
 * their row, so that logits + 10⁶ give the same loss, and a class with a logit of −∞ has no part in loss and gradient
 * unless q′ has mass there. Under `jit` with a gradient of the logits, exp z and q′ are kept for the backward pass: the
 * memory beside logits and gradient is twice the logits, three times where q′ may be 0 (ε = 0, `allowed`, and priors
 * that are not known to be positive). NaN and ∞ otherwise as in `softlabel`.
 *
 * The numbers of jax-js arrays are not known while a function is traced. A class index that does not exist, a label
 * that `allowed` excludes, or a prior without mass on an allowed class makes the loss and the gradient of its row NaN;
 * distributions, ε, weights and priors are taken as they are. What is given as numbers is checked, and is part of the
 * traced function.
 *
 * @param labels - q: class indices, shaped as the logits without the class axis, or distributions, shaped as the
 * logits. An array of jax-js is consumed, as by every function of jax-js: pass `labels.ref` to keep it.
 * @param logits - z: float32, float64, or float16, which is computed in float32 and has no gradient, since jax-js' cast
 * has none; any rank ≥ 1 and one row at least. Consumed.
 * @param options - Arrays of jax-js among them are consumed.
 * @returns The loss in nats: a scalar, or under `reduction: "none"` of the logits' shape without the class axis. All
 * arrays are consumed also when it throws.
 * @throws {@link ArgumentError} if a shape, a number or an option breaks what is documented for it.
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function softmaxCrossEntropy(
  labels: JaxTensorLike,
  logits: np.Array,
  options: SoftmaxCrossEntropyOptions = {},
): np.Array {
  return holding([labels, logits], options, (hold) => {
    requireSoftmaxOptions(options);
    const rows = readRows(logits, options.axis ?? -1, hold);
    requireReduction(options);
    requireNumbers(labels, rows, options);
    const read = readLabels(labels, rows, options, hold);
    const classWeights =
      options.classWeights === undefined ? undefined : rows.perClass(options.classWeights, "classWeights");
    const weighting = requireOneOf(options.classWeighting, ["example", "pytorch"], "classWeighting");
    const target = smoothedTarget(read, rows, options, weighting === "pytorch" ? classWeights : undefined, hold);
    const weights = weighRows(read, rows, options, classWeights, hold);
    const losses = lossOfRows(logits, rows, target, weights.weights, hold);
    const reported = requireOneOf(options.subtractFloor, [false, true], "subtractFloor")
      ? losses.sub(floorOf(target, hold))
      : losses;
    const honest = hold(read.poison === undefined ? reported : reported.mul(read.poison.ref));
    return reduceRows(honest, weights, rows.at.rowShape, options, hold);
  });
}

/** H(t, p) of each row, [rows, 1]: Σ t·(log Σ exp y − y), with y = z − max z. */
function lossOfRows(
  logits: np.Array,
  { at, dtype, matrix }: Rows,
  { t, mass, positive }: Target,
  weights: np.Array | undefined,
  hold: Hold,
): np.Array {
  const all = hold(matrix(logits.ref.astype(dtype)));
  // What a row of weight 0 holds, NaN perhaps, must not reach a gradient: 0·NaN is NaN.
  const counted = weights && hold(weights.ref.notEqual(0));
  const z = (): np.Array => (counted === undefined ? all.ref : np.where(counted.ref, all.ref, 0));
  const top = hold(np.max(lax.stopGradient(z()), 1, { keepdims: true }));
  // Written out at each use: what two sums share, jit would store and read again.
  const y = (): np.Array => z().sub(top.ref);
  const logSum = oncePerRow(preciseLog(sumInBlocks(np.exp(y()))), at.rows);
  // A class without mass drops its term where y is −∞.
  const term = positive ? y() : np.where(np.logicalOr(t.ref.greater(0), z().greater(-Infinity)), y(), 0);
  return logSum.mul(borrowed(mass)).sub(sumInBlocks(t.ref.mul(term)));
}

/**
 * The same array, at whose gradient jit stops to compute it for each row: fused into the rows' gradient, 1/Σ exp y
 * would be divided anew for every logit.
 *
 * Its transpose is a sum over the axis of length 1 that it adds, and a sum is never fused into what follows it.
 */
function oncePerRow(array: np.Array, rows: number): np.Array {
  return np.broadcastTo(array, [1, rows, 1]).reshape([rows, 1]);
}

/** The least that the loss of each row can be, reached at p = t/Σt: −Σ t·log(t/Σt). */
function floorOf({ t, mass }: Target, hold: Hold): np.Array {
  const some = hold(t.ref.greater(0));
  const share = np.where(some.ref, t.ref, 1);
  const logShare = preciseLog(share).sub(preciseLog(np.multiply(borrowed(mass), 1)));
  return sumInBlocks(np.where(some.ref, t.ref, 0).mul(logShare)).neg();
}

/** Each row's weight, class weight and whether it is kept, in one. */
function weighRows(
  labels: Labels,
  rows: Rows,
  options: SoftmaxCrossEntropyOptions,
  classWeights: np.Array | undefined,
  hold: Hold,
): RowWeights {
  const { kept } = labels;
  const given = options.weights === undefined ? undefined : rows.perRow(options.weights, "weights", Infinity);
  if (given === undefined && kept === undefined && classWeights === undefined) return { weights: undefined };
  const ones = np.ones([rows.at.rows, 1], { dtype: rows.dtype });
  const plain = given === undefined ? ones : ones.mul(borrowed(given));
  const weights = hold(kept === undefined ? plain : np.where(kept.ref, plain, 0));
  if (classWeights === undefined) return { weights, kept };
  const q = labels.kind === "indices" ? np.where(labels.hit(), 1, 0) : labels.q.ref;
  const classWeighted = hold(weights.ref.mul(sumInBlocks(q.mul(classWeights.ref))));
  if (options.classWeighting !== "pytorch") return { weights: classWeighted, kept };
  // PyTorch's mean divides by the label's weight for indices, and by 1 a row for distributions.
  return { weights, meanWeights: labels.kind === "indices" ? classWeighted : weights, kept };
}
