import { readNonNegative } from "../core/non-negative.ts";
import { rowScales } from "../core/row-scales.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { Distributions } from "./distributions.ts";
import { type LogitRows, readPerRow } from "./read-rows.ts";
import type { RowScratch } from "./row-scratch.ts";

/**
 * Writes what each row's loss and gradient are multiplied by.
 *
 * @param kept - How many rows are not ignored; those that are have a label of −1.
 * @returns What the sums begin with; undefined where the core must read the options.
 * @throws {@link ArgumentError} if an option breaks its precondition.
 */
export function scaleRows(
  logits: LogitRows,
  { labels, scale }: RowScratch,
  distributions: Distributions | undefined,
  kept: number,
  options: SoftmaxCrossEntropyOptions,
): number | undefined {
  const { rows, classes } = logits;
  const { weights, classWeights, classWeighting } = options;
  if (classWeights === undefined && weights === undefined) return scaleEqualRows(rows, labels, scale, kept, options);
  if (classWeights !== undefined && classWeighting === "pytorch") return undefined;
  if (!readPerRow(weights === undefined ? 1 : weights, "weights", logits, Number.MAX_VALUE, scale)) return undefined;
  const ofClasses = classWeights === undefined ? undefined : readNonNegative(classWeights, "classWeights", Infinity);
  if (ofClasses && !(ofClasses.shape.length === 1 && ofClasses.shape[0] === classes)) return undefined;
  for (let row = 0; row < rows; row++) {
    if (distributions === undefined && labels[row] < 0) {
      scale[row] = 0;
    } else if (ofClasses) {
      const { data } = ofClasses;
      scale[row] *= distributions ? weightOf(distributions.given, row * classes, data) : data[labels[row]];
    }
  }
  const scales = rowScales(scale, kept, options);
  for (let row = 0; row < rows; row++) if (!heldInFloat32(scales.scale[row])) return undefined;
  scale.set(scales.scale);
  return scales.initial;
}

/** Whether the kernel's float32 holds scale·p with all its digits: beyond 1e15 it may overflow on the way. */
const heldInFloat32 = (scale: number): boolean => scale === 0 || (scale >= 1e-25 && scale <= 1e15);

function weightOf(q: ArrayLike<number>, start: number, classWeights: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < classWeights.length; k++) sum += q[start + k] * classWeights[k];
  return sum;
}

/** What {@link rowScales} makes of weights that are all 1, without reading them. */
function scaleEqualRows(
  rows: number,
  labels: Int32Array,
  scale: Float64Array,
  kept: number,
  { reduction = "mean", normalizer, meanOver = "weights", emptyMean = 0 }: SoftmaxCrossEntropyOptions,
): number | undefined {
  if (meanOver !== "weights" && meanOver !== "rows") return undefined;
  if (typeof emptyMean !== "number") return undefined;
  let each = 1;
  let initial = 0;
  if (reduction === "mean" || reduction === "sum-by-nonzero-weights") {
    if (normalizer !== undefined && !(typeof normalizer === "number" && normalizer > 0 && normalizer < Infinity)) {
      return undefined;
    }
    const divisor = normalizer ?? kept;
    each = divisor === 0 ? 0 : 1 / divisor;
    if (divisor === 0) initial = emptyMean;
    if (!heldInFloat32(each)) return undefined;
  } else if ((reduction !== "none" && reduction !== "sum") || normalizer !== undefined) {
    return undefined;
  }
  scale.fill(each);
  if (kept < rows) for (let row = 0; row < rows; row++) if (labels[row] < 0) scale[row] = 0;
  return initial;
}
