import type { SmoothedLoss } from "../core/result.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../core/tensor.ts";
import { writeFloors } from "./floor.ts";
import type { Kernel } from "./kernel.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { reduce } from "./reduce.ts";
import type { RowScratch } from "./row-scratch.ts";

/**
 * The loss as a kernel computes it; undefined where the core must, since the kernel does not know what is asked for or
 * the call breaks a precondition.
 *
 * @throws {@link ArgumentError} if the kernel's memory cannot grow by what the call needs.
 */
export function lossByKernel(
  kernel: Kernel,
  labels: TensorLike,
  logits: TensorLike,
  options: SoftmaxCrossEntropyOptions,
): SmoothedLoss | undefined {
  const call = prepare(labels, logits, options);
  if (call === undefined) return undefined;
  // Before the kernel runs: its memory may grow, which empties labels that lie there, and the gradient may be written
  // over float64 ones.
  writeFloors(call, options);
  const { crossEntropy, priorCrossEntropy, labels: indices } = call.scratch;
  const { hard, smooth, scale } = sharesOfOne(call);
  kernel.run({
    rows: call.logits.rows,
    classes: call.logits.classes,
    logits: call.logits.data,
    gradient: call.gradient?.data,
    labels: call.distributions?.data ?? indices,
    prior: call.prior.single,
    hard,
    smooth,
    scale,
    crossEntropy,
    priorCrossEntropy,
  });
  return reduce(call, options);
}

/**
 * Shares and scales with which q′ sums to 1 in every row.
 *
 * Labels or a prior of written decimals miss a sum of 1 by up to 1e-5. With m = Σ q′ the derivative of the loss is
 * m·p − q′ = m·(p − q′/m), and a kernel computes scale·(p − q′).
 */
function sharesOfOne({ scratch, distributions, prior }: Prepared): Pick<RowScratch, "hard" | "smooth" | "scale"> {
  const { hard, smooth, scale } = scratch;
  const sums = distributions?.sums;
  if (isOne(prior.mass) && (sums === undefined || sums.every(isOne))) return scratch;
  const mass = hard.map((share, row) => share * (sums ? sums[row] : 1) + smooth[row] * prior.mass);
  return {
    hard: hard.map((share, row) => share / mass[row]),
    smooth: smooth.map((share, row) => share / mass[row]),
    scale: scale.map((value, row) => value * mass[row]),
  };
}

/** To what float32 leaves of it. */
const isOne = (sum: number): boolean => Math.abs(sum - 1) < 2 ** -23;
