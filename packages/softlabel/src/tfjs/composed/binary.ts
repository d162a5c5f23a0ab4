import {
  abs,
  add,
  cast,
  div,
  exp,
  fill,
  greaterEqual,
  log,
  log1p,
  mul,
  neg,
  scalar,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from "@tensorflow/tfjs-core";
import type { ReductionOptions } from "../../core/options.ts";
import { xLogX, zeroWhere } from "./per-row.ts";
import { divideBy } from "./scales.ts";

/** One call of the sigmoid's loss, its options checked. */
export interface BinaryCall {
  readonly shape: readonly number[];
  /** y′ = slope·y + offset; a number, or one per element. */
  readonly slope: number | Float32Array;
  readonly offset: number | Float32Array;
  /** One per element; undefined: 1, or a tensor among the inputs. */
  readonly weights: Float32Array | undefined;
  readonly reduction: ReductionOptions;
}

/** Tensors of a call; `weights` broadcast to the logits' shape. */
export interface BinaryTensors {
  readonly logits: Tensor;
  readonly labels: Tensor;
  readonly weights: Tensor | undefined;
}

/**
 * The loss as it is returned: a scalar, or one number per element.
 *
 *     y′·softplus(−z) + (1 − y′)·softplus(z) = softplus(−|z|) + w·|z|,   w = 1 − y′ for z ≥ 0, else y′
 */
export function binaryLoss({ labels, logits, weights }: BinaryTensors, call: BinaryCall): Tensor {
  const y = smoothed(labels, call);
  const away = abs(logits);
  const w = where(greaterEqual(logits, 0), sub(1, y), y);
  // A share of 0 drops its term: 0·∞ would be NaN at z = ±∞.
  const linear = zeroWhere(w, mul(w, away));
  const losses = add(log1p(exp(neg(away))), linear);
  const { scale, initial } = scaleOf(weights, call);
  const scaled = weighed(call.reduction.subtractFloor ? sub(losses, entropyOf(y)) : losses, scale);
  if (call.reduction.reduction === "none") return scaled;
  return initial === 0 ? sum(scaled) : add(sum(scaled), initial);
}

/** ∂ Σ loss / ∂ logits = σ(z) − y′, from the side of z where σ is near 0, so that nothing cancels. */
export function binaryGradient(upstream: Tensor, { labels, logits, weights }: BinaryTensors, call: BinaryCall): Tensor {
  const y = smoothed(labels, call);
  const above = sub(sub(1, y), sigmoid(neg(logits)));
  const g = where(greaterEqual(logits, 0), above, sub(sigmoid(logits), y));
  return weighed(g, mul(upstream, scaleOf(weights, call).scale));
}

/** ∂ Σ loss / ∂ labels = −slope·z, and with `subtractFloor` slope·(log(y′/(1 − y′)) − z). */
export function binaryLabelsGradient(
  upstream: Tensor,
  { labels, logits, weights }: BinaryTensors,
  call: BinaryCall,
): Tensor {
  const y = smoothed(labels, call);
  const cost = call.reduction.subtractFloor ? sub(log(div(y, sub(1, y))), logits) : neg(logits);
  return weighed(mul(cost, onDevice(call.slope, call)), mul(upstream, scaleOf(weights, call).scale));
}

const smoothed = (labels: Tensor, call: BinaryCall): Tensor =>
  add(mul(cast(labels, "float32"), onDevice(call.slope, call)), onDevice(call.offset, call));

const onDevice = (value: number | Float32Array, { shape }: BinaryCall): Tensor =>
  typeof value === "number" ? scalar(value) : tensor(value, [...shape]);

function scaleOf(weights: Tensor | undefined, call: BinaryCall): { scale: Tensor; initial: number | Tensor } {
  const { shape, reduction } = call;
  const ones = fill([...shape], 1);
  const given = weights ?? (call.weights ? tensor(call.weights, [...shape]) : undefined);
  const w = given ? mul(cast(given, "float32"), ones) : ones;
  const { over, initial } = divideBy(w, w, ones, reduction);
  return { scale: over(w), initial };
}

/** x times its scale; what weighs 0 has no part, whatever it is: 0·∞ would be NaN. */
function weighed(x: Tensor, scale: Tensor): Tensor {
  return zeroWhere(scale, mul(x, scale));
}

/** −y·log y − (1 − y)·log(1 − y) */
const entropyOf = (y: Tensor): Tensor => neg(add(xLogX(y), xLogX(sub(1, y))));
