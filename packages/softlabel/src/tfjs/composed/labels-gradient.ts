import {
  add,
  div,
  log,
  logSoftmax,
  matMul,
  mul,
  neg,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor2d,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { readClassWeights } from "../../core/class-weights.ts";
import { upstreamColumn, upstreamOfRows } from "./gradient.ts";
import { allowedClasses } from "./labels.ts";
import { type Composition, lossOfRows } from "./loss.ts";
import { shareOf, total, zeroWhere } from "./per-row.ts";
import { fromRows } from "./rows.ts";
import { statisticsOf } from "./statistics.ts";
import { otherClasses, priorTable, wholeTargets } from "./targets.ts";

/**
 * ∂ Σ loss / ∂ labels of labels that are distributions, of their shape, from operations that can be differentiated.
 *
 *     ℓ = Σ t[k]·c[k],   c = −log p, and with `subtractFloor` log(t/Σt) − log p
 *     ∂ℓ/∂q[j] = hard·w[j]·c[j] + smooth·Σ_k ∂u[k]/∂q[j]·w[k]·c[k]
 *
 * w are the class weights where these weigh classes, else 1. u moves with q where there is a prior per label or under
 * "other-classes", and each row's scale where class weights weigh rows. Where a class cannot occur the derivative is 0,
 * since q is to stay 0 there.
 */
export function labelsGradient(upstream: Tensor, composition: Composition): Tensor {
  const { call, z, targets } = composition;
  const { at, options } = call;
  const allowed = allowedClasses(call, options);
  const possible = (x: Tensor2D): Tensor2D => (allowed ? zeroWhere(reshape(allowed, [-1, at.classes]), x) : x);
  const weights = readClassWeights(at, options);
  const cost = possible(costOfClasses(composition));
  const weighted =
    weights?.weighting === "pytorch"
      ? (mul(cost, tensor2d(Float32Array.from(weights.values), [1, at.classes])) as Tensor2D)
      : cost;
  const throughU = throughPrior(weighted, composition);
  const ofRow = total(
    shareOf(targets.b, () => weighted),
    throughU && shareOf(targets.a, () => throughU),
  );
  const ofLoss = shareOf(upstreamOfRows(upstream, composition), () => ofRow ?? zerosLike(z));
  return fromRows(possible(total(ofLoss, ofScale(upstream, composition)) ?? zerosLike(z)), at);
}

/** c, what a share of each class costs; shape [rows, classes]. */
function costOfClasses({ call, z, targets }: Composition): Tensor2D {
  const cost = neg(logSoftmax(z));
  if (!call.options.subtractFloor) return cost;
  const t = wholeTargets(targets, call);
  return add(cost, log(div(t, sum(t, 1, true)))) as Tensor2D;
}

/** Σ_k ∂u[k]/∂q[j]·x[k] for every j; undefined: u does not move with q. */
function throughPrior(x: Tensor2D, { call, prior }: Composition): Tensor2D | undefined {
  const { classes } = call.at;
  if (prior.kind === "matrix") return matMul(x, priorTable(prior, classes), false, true);
  if (call.options.convention !== "other-classes") return undefined;
  const { table, inverse, alone } = otherClasses(prior, classes);
  const terms = mul(table, x);
  return add(mul(sub(sum(terms, 1, true), terms), inverse), mul(x, alone)) as Tensor2D;
}

/**
 * The part that goes through each row's scale w/D·Σ q·classWeights, where D may be the sum of all of these:
 *
 *     w/D·classWeights[k]·(ℓ − Σ scale·ℓ)
 */
function ofScale(upstream: Tensor, composition: Composition): Tensor2D | undefined {
  const { call, z, targets, scales } = composition;
  if (scales.moving === undefined) return undefined;
  const { perWeight, classWeights, dividedByWeights } = scales.moving;
  const losses = lossOfRows(composition, statisticsOf(z, targets));
  const mean = dividedByWeights ? sum(mul(losses, scales.scale)) : 0;
  const perRow = mul(mul(sub(losses, mean), perWeight), upstreamColumn(upstream, call));
  return mul(perRow, classWeights) as Tensor2D;
}
