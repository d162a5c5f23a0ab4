import type { SmoothedLoss } from "../core/result.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { Prepared } from "./prepare.ts";
import type { RowScratch } from "./row-scratch.ts";

type Parts = Record<"loss" | "crossEntropy" | "priorCrossEntropy" | "floor", number | Float64Array>;

/**
 * The result of a call whose floors are written and whose rows the kernel has filled in: every part times its row's
 * scale, summed as asked for.
 */
export function reduce(call: Prepared, options: SoftmaxCrossEntropyOptions): SmoothedLoss {
  const { scratch, initial, gradient } = call;
  const others = options.convention === "other-classes" ? call.prior.allowed - 1 : 0;
  writeLosses(scratch, others, options.subtractFloor === true);
  const parts = options.reduction === "none" ? scaledRows(scratch) : scaledSums(scratch, initial);
  return { ...parts, gradLogits: gradient?.tensor };
}

/** @param others - How many classes share ε under "other-classes"; 0 under the other conventions. */
function writeLosses(
  { hard, smooth, crossEntropy, priorCrossEntropy, floor, loss }: RowScratch,
  others: number,
  subtractFloor: boolean,
): void {
  for (let row = 0; row < loss.length; row++) {
    const hq = crossEntropy[row];
    const hu = priorCrossEntropy[row];
    // A share of 0 drops its term: 0·∞ would turn a masked logit into NaN.
    const hqPrime = (hard[row] > 0 ? hard[row] * hq : 0) + (smooth[row] > 0 ? smooth[row] * hu : 0);
    loss[row] = subtractFloor ? hqPrime - floor[row] : hqPrime;
    // û without the label: H(u, p) is the mean over all allowed classes, the label's −log p among them.
    if (others > 0) priorCrossEntropy[row] = hu + (hu - hq) / others;
  }
}

function scaledSums({ scale, loss, crossEntropy, priorCrossEntropy, floor }: RowScratch, initial: number): Parts {
  let lossSum = initial;
  let hardSum = initial;
  let priorSum = initial;
  let floorSum = initial;
  for (let row = 0; row < scale.length; row++) {
    const w = scale[row];
    if (w === 0) continue;
    lossSum += w * loss[row];
    hardSum += w * crossEntropy[row];
    priorSum += w * priorCrossEntropy[row];
    floorSum += w * floor[row];
  }
  return { loss: lossSum, crossEntropy: hardSum, priorCrossEntropy: priorSum, floor: floorSum };
}

function scaledRows({ scale, loss, crossEntropy, priorCrossEntropy, floor }: RowScratch): Parts {
  const scaled = (part: Float64Array): Float64Array =>
    part.map((value, row) => (scale[row] === 0 ? 0 : scale[row] * value));
  return {
    loss: scaled(loss),
    crossEntropy: scaled(crossEntropy),
    priorCrossEntropy: scaled(priorCrossEntropy),
    floor: scaled(floor),
  };
}
