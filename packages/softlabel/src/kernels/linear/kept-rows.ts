import type { ClassAxis } from "../../core/class-axis.ts";
import { readClassWeights, weighRows } from "../../core/class-weights.ts";
import { readLabels } from "../../core/labels.ts";
import { readPerRow } from "../../core/per-row.ts";
import { readSmoothedLabels } from "../../core/smoothing.ts";
import type { SoftmaxCrossEntropyOptions } from "../../core/softmax-cross-entropy.ts";
import { type Numbers, readTensor, sameShape, type Tensor, type TensorLike } from "../../core/tensor.ts";
import { gatherRows } from "./gather-rows.ts";
import type { LinearSoftmaxCrossEntropyOptions } from "./options.ts";
import type { LayerInput } from "./read-layer.ts";

/** The rows that have a part in the loss, and everything that `softmaxCrossEntropy` is told of some of them. */
export interface KeptRows {
  /** Their numbers, rising. */
  readonly rows: Int32Array;
  /** What every sum begins with. */
  readonly initial: number;
  /** Labels and options of the `from`-th to the `to`-th kept row, as of a batch of their own that is not reduced. */
  readonly slice: (from: number, to: number) => { readonly labels: TensorLike; readonly options: SliceOptions };
}

type SliceOptions = Omit<SoftmaxCrossEntropyOptions, "reduction" | "gradient"> & { readonly reduction: "none" };

/**
 * Checks the labels and the options of all rows, and weighs the rows: what a mean divides by is known before the first
 * chunk, and each row carries its share as a weight.
 *
 * @throws {@link ArgumentError} if a label or an option is wrong, as `softmaxCrossEntropy` would.
 */
export function keepRows(
  labels: TensorLike,
  { rows: count, rowShape, classes }: LayerInput,
  options: LinearSoftmaxCrossEntropyOptions,
): KeptRows {
  const shape = [...rowShape, classes];
  const axis = rowShape.length;
  // Not asked of classAxis, which allows no more logits than an array can hold.
  const at: ClassAxis = { axis, classes, rows: count, stride: 1, start: (row) => row * classes, rowShape };
  const own = { ...options, axis, uniformAxis: undefined };
  const given = readTensor(labels, "labels");
  const plain = readLabels(given, shape, at, own);
  const smoothed = readSmoothedLabels(plain, shape, at, own);
  const classWeights = readClassWeights(at, own);
  const { scale, initial } = weighRows(plain, classWeights, at, own);

  // An index alone is checked without writing it out as a distribution.
  const isIndex = plain.kind === "indices" && own.allowed === undefined && own.paddingIndex === undefined;
  const [q, u] = [new Float64Array(isIndex ? 0 : classes), new Float64Array(isIndex ? 0 : classes)];
  const kept: number[] = [];
  for (let row = 0; row < at.rows; row++) {
    if (plain.ignored(row)) continue;
    if (isIndex) plain.read(row, q);
    else smoothed.read(row, q, u);
    if (scale[row] !== 0) kept.push(row);
  }
  const rows = Int32Array.from(kept);

  const ε = own.labelSmoothing;
  const epsilon = ε === undefined || typeof ε === "number" ? ε : readPerRow(ε, "labelSmoothing", at, 1);
  const mask = own.allowed === undefined ? undefined : readTensor(own.allowed, "allowed");
  const weighting = own.classWeighting === "pytorch" ? own : undefined;
  return {
    rows,
    initial,
    slice(from, to) {
      const some = rows.subarray(from, to);
      const perClass = ({ data }: Numbers): Tensor => gatherRows(data, classes, some);
      return {
        labels: plain.kind === "distributions" ? perClass(given) : Int32Array.from(some, (row) => given.data[row]),
        options: {
          labelSmoothing: typeof epsilon === "object" ? Float64Array.from(some, (row) => epsilon[row]) : epsilon,
          prior: own.prior,
          convention: own.convention,
          allowed: mask && (sameShape(mask.shape, [classes]) ? own.allowed : perClass(mask)),
          paddingIndex: own.paddingIndex,
          weights: Float64Array.from(some, (row) => scale[row]),
          classWeights: weighting?.classWeights,
          classWeighting: weighting?.classWeighting,
          subtractFloor: own.subtractFloor,
          reduction: "none",
        },
      };
    },
  };
}
