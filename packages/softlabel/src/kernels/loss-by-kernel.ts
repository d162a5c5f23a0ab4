import type { SmoothedLoss } from "../core/result.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../core/tensor.ts";
import { writeFloors } from "./floor.ts";
import type { Kernel } from "./kernel.ts";
import { laterFloor } from "./later-floor.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { reduce } from "./reduce.ts";
import type { RowScratch } from "./row-scratch.ts";
import { addOthers, labelByFirst } from "./sparse-rows.ts";

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
  const call = prepare(kernel.scanner, labels, logits, options);
  if (call === undefined) return undefined;
  const { scratch, distributions, gradient } = call;
  const { rows, classes } = call.logits;
  const sparse = distributions?.sparse;
  // Before the kernel runs: its memory may grow, which empties labels that lie there, and the gradient may be written
  // over float64 ones.
  const later = isLater(call, options) ? laterFloor(kernel.scanner, labels, call) : undefined;
  if (later === undefined) writeFloors(call, options);
  if (sparse) labelByFirst(call.logits, sparse, scratch.labels);
  const place = gradient?.data.byteOffset ?? 0;
  const { hard, smooth, scale } = sharesOfOne(call);
  kernel.run({
    rows,
    classes,
    logits: call.logits.data,
    gradient: gradient?.data,
    labels: distributions && !sparse ? distributions.data : scratch.labels,
    labelSums: sparse ? undefined : distributions?.sums,
    prior: call.prior.single,
    hard,
    smooth,
    scale,
    crossEntropy: scratch.crossEntropy,
    priorCrossEntropy: scratch.priorCrossEntropy,
  });
  if (sparse) {
    const emptied = gradient?.data.length === 0;
    const written = emptied ? kernel.scanner.floats(place, rows * classes) : gradient?.data;
    addOthers(sparse, scratch, written, classes);
  }
  gradient?.copyTo?.set(gradient.data);
  return reduce(call, options, later);
}

/** Whether the floor can wait until it is read: the labels are dense, and the call itself does not change them. */
function isLater({ distributions, gradient }: Prepared, { subtractFloor }: SoftmaxCrossEntropyOptions): boolean {
  if (distributions === undefined || distributions.sparse || subtractFloor) return false;
  const { given, data } = distributions;
  return given === data || (given as Float64Array).buffer !== gradient?.data.buffer;
}

/**
 * Shares and scales with which q′ sums to 1 in every row, and of sparse labels with the share of the first entry alone.
 *
 * Labels or a prior of written decimals miss a sum of 1 by up to 1e-5. With m = Σ q′ the derivative of the loss is
 * m·p − q′ = m·(p − q′/m), and a kernel computes scale·(p − q′).
 */
function sharesOfOne({ scratch, distributions, prior }: Prepared): RowScratch["given"] {
  const { hard, smooth, scale, given } = scratch;
  // To what float32 leaves of it.
  if (distributions === undefined && Math.abs(prior.mass - 1) < 2 ** -23) return scratch;
  const sums = distributions?.sums;
  const sparse = distributions?.sparse;
  for (let row = 0; row < scale.length; row++) {
    const mass = hard[row] * (sums ? sums[row] : 1) + smooth[row] * prior.mass;
    const first = sparse ? sparse.values[row > 0 ? sparse.ends[row - 1] : 0] : 1;
    const perMass = 1 / mass;
    given.hard[row] = hard[row] * first * perMass;
    given.smooth[row] = smooth[row] * perMass;
    given.scale[row] = scale[row] * mass;
  }
  return given;
}
