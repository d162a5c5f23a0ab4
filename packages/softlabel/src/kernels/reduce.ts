import type { SmoothedLoss } from "../core/result.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { Prepared } from "./prepare.ts";

/**
 * The result of a call whose rows the kernel has filled in: every part times its row's scale, summed as asked for.
 *
 * @param later - The rows' floors where they are computed when they are read; undefined: they are written.
 */
export function reduce(
  call: Prepared,
  { convention, subtractFloor, reduction }: SoftmaxCrossEntropyOptions,
  later: (() => Float64Array) | undefined,
): SmoothedLoss {
  const { initial } = call;
  const { hard, smooth, scale, crossEntropy, priorCrossEntropy, floor } = call.scratch;
  // How many classes share ε.
  const others = convention === "other-classes" ? call.prior.allowed - 1 : 0;
  const rows = reduction === "none" ? rowParts(scale.length) : undefined;
  const gradLogits = call.gradient?.tensor;
  let lossSum = initial;
  let hardSum = initial;
  let priorSum = initial;
  let floorSum = initial;
  for (let row = 0; row < scale.length; row++) {
    const w = scale[row];
    if (w === 0) continue;
    const hq = crossEntropy[row];
    let hu = priorCrossEntropy[row];
    // A share of 0 drops its term: 0·∞ would turn a masked logit into NaN.
    let loss = (hard[row] > 0 ? hard[row] * hq : 0) + (smooth[row] > 0 ? smooth[row] * hu : 0);
    if (subtractFloor) loss -= floor[row];
    // û without the label: H(u, p) is the mean over all allowed classes, the label's −log p among them.
    if (others > 0) hu += (hu - hq) / others;
    if (rows) {
      rows.loss[row] = w * loss;
      rows.crossEntropy[row] = w * hq;
      rows.priorCrossEntropy[row] = w * hu;
      if (!later) rows.floor[row] = w * floor[row];
    } else {
      lossSum += w * loss;
      hardSum += w * hq;
      priorSum += w * hu;
      floorSum += w * floor[row];
    }
  }
  if (later) {
    const parts = rows ?? { loss: lossSum, crossEntropy: hardSum, priorCrossEntropy: priorSum };
    return withLaterFloor(parts, gradLogits, scale.slice(), rows ? undefined : initial, later);
  }
  if (rows) return { ...rows, gradLogits };
  return { loss: lossSum, crossEntropy: hardSum, priorCrossEntropy: priorSum, floor: floorSum, gradLogits };
}

type Part = "loss" | "crossEntropy" | "priorCrossEntropy" | "floor";

function rowParts(rows: number): Record<Part, Float64Array> {
  const zeros = (): Float64Array => new Float64Array(rows);
  return { loss: zeros(), crossEntropy: zeros(), priorCrossEntropy: zeros(), floor: zeros() };
}

/** @param initial - What the sum of the floors begins with; undefined: they are not summed. */
function withLaterFloor(
  { loss, crossEntropy, priorCrossEntropy }: Record<Exclude<Part, "floor">, number | Float64Array>,
  gradLogits: SmoothedLoss["gradLogits"],
  scale: Float64Array,
  initial: number | undefined,
  later: () => Float64Array,
): SmoothedLoss {
  let unread: (() => Float64Array) | undefined = later;
  let value: number | Float64Array = 0;
  return {
    loss,
    crossEntropy,
    priorCrossEntropy,
    get floor(): number | Float64Array {
      if (unread) {
        const floors = unread().map((h, row) => (scale[row] === 0 ? 0 : scale[row] * h));
        value = initial === undefined ? floors : floors.reduce((sum, h) => sum + h, initial);
        // The labels may change, or be collected, from now on.
        unread = undefined;
      }
      return value;
    },
    gradLogits,
  };
}
