import { add, cast, reshape, scalar, sub, sum, type Tensor, type Tensor2D, zerosLike } from "@tensorflow/tfjs-core";
import { readPerRow } from "../../core/per-row.ts";
import type { Tensor as Plain } from "../../core/tensor.ts";
import type { Call, CallTensors } from "../read-call.ts";
import { labelsOnDevice, readIndicesOnDevice } from "./labels.ts";
import { shareOf, times, timesMass } from "./per-row.ts";
import { type RowScales, readRowScales } from "./row-scales.ts";
import { toRows } from "./rows.ts";
import { type ClassPrior, readClassPrior } from "./shares.ts";
import { massOf, type Statistics } from "./statistics.ts";
import { floorOf, readTargets, type Targets, wholeTargets } from "./targets.ts";

/** A call with its labels, options and weights as tensors on the device; nothing has been read back. */
export interface Composition {
  readonly call: Call;
  /** Shape [rows, classes]. */
  readonly z: Tensor2D;
  /** q before the class weights. */
  readonly q: Targets["q"];
  readonly prior: ClassPrior;
  readonly targets: Targets;
  readonly scales: RowScales;
}

/** @throws {@link ArgumentError} if an option is wrong, or a label that can be read without waiting. */
export function compose({ labels, weights, logits }: CallTensors, call: Call): Composition {
  const onDevice = labelsOnDevice(labels, call);
  if (weights && call.validate) readPerRow(numbersOf(weights), "weights", call.at, Infinity);
  const q = call.kind === "indices" ? readIndicesOnDevice(onDevice, call) : cast(toRows(onDevice, call.at), "float32");
  const prior = readClassPrior(call);
  return {
    call,
    z: toRows(logits, call.at),
    q,
    prior,
    targets: readTargets(q, prior, call),
    scales: readRowScales(q, weights, call),
  };
}

const numbersOf = (tensor: Tensor): Plain => ({ data: tensor.dataSync(), shape: tensor.shape });

/** The loss as it is returned: a scalar, or one number per row. */
export function composedLoss(composition: Composition, statistics: Statistics): Tensor {
  const { call, scales } = composition;
  const { rows, rowShape } = call.at;
  const losses = lossOfRows(composition, statistics);
  const scaled = shareOf(scales.scale, () => losses) ?? zerosLike(losses);
  if (call.options.reduction === "none") return reshape(scaled, [...rowShape]);
  const whole = rows === 0 ? scalar(0) : sum(scaled);
  return scales.initial === 0 ? whole : add(whole, scales.initial);
}

/**
 * Each row's loss before it is scaled; shape [rows, 1].
 *
 *     Σ t·(−log p) = m·logSum − a·Σ u·(z − top) − b·Σ q·(z − top),   m = Σ t
 */
export function lossOfRows({ call, targets }: Composition, { logSum, ...sums }: Statistics): Tensor2D {
  const { a, b, u } = targets;
  const smooth = sums.u && shareOf(typeof u === "number" ? times(a, u) : a, () => sums.u as Tensor2D);
  const hard = sums.q && shareOf(b, () => sums.q as Tensor2D);
  const terms = [hard, smooth].filter((term) => term !== undefined);
  const losses = terms.reduce((rest, term) => sub(rest, term), timesMass(logSum, massOf(targets, call.at.classes)));
  return call.options.subtractFloor ? sub(losses, floorOf(wholeTargets(targets, call))) : losses;
}
