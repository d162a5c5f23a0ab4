import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import type { Labels } from "./labels.ts";
import { readNonNegative } from "./non-negative.ts";
import { type KeysOf, type ReductionOptions, requireOneOf } from "./options.ts";
import { readPerRow } from "./per-row.ts";
import { type RowScales, rowScales } from "./row-scales.ts";
import { sameShape, type TensorLike } from "./tensor.ts";

export interface ClassWeightOptions {
  /** One per class, ≥ 0 and finite; 1 by default. */
  readonly classWeights?: TensorLike | undefined;
  /**
   * What a class weight multiplies: `"example"` (default), the whole row by its label's weight, q′ intact; or
   * `"pytorch"`, each class's share of q′ by that class's weight.
   */
  readonly classWeighting?: "example" | "pytorch" | undefined;
}

export const classWeightKeys: KeysOf<ClassWeightOptions> = { classWeights: true, classWeighting: true };

/** What a weight per class multiplies: the whole row, or each class's share of q′. */
export interface ClassWeights {
  readonly values: Float64Array;
  readonly weighting: "example" | "pytorch";
}

/** @throws {@link ArgumentError} if the weights are not one finite number ≥ 0 per class. */
export function readClassWeights(
  { classes }: ClassAxis,
  { classWeights, classWeighting }: ClassWeightOptions,
): ClassWeights | undefined {
  const weighting = requireOneOf(classWeighting, ["example", "pytorch"], "classWeighting");
  if (classWeights === undefined) return undefined;
  const { data, shape } = readNonNegative(classWeights, "classWeights", Infinity);
  if (!sameShape(shape, [classes])) {
    throw new ArgumentError(`classWeights must have shape [${classes}], got ${describeShape(shape)}`);
  }
  return { values: Float64Array.from(data), weighting };
}

/** The rows' weights times their class weights, and what the reduction makes of them. */
export function weighRows(
  labels: Labels,
  classWeights: ClassWeights | undefined,
  at: ClassAxis,
  options: ReductionOptions,
): RowScales {
  const { weights: given = 1 } = options;
  const weights = readPerRow(given, "weights", at, Infinity);
  const meanWeights = new Float64Array(at.rows);
  const q = new Float64Array(at.classes);
  let count = 0;
  for (let row = 0; row < at.rows; row++) {
    if (labels.ignored(row)) {
      weights[row] = 0;
      continue;
    }
    count++;
    meanWeights[row] = weights[row];
    if (classWeights === undefined) continue;
    labels.read(row, q);
    const classWeight = q.reduce((sum, share, k) => sum + share * classWeights.values[k], 0);
    if (classWeights.weighting === "example") {
      weights[row] *= classWeight;
      meanWeights[row] = weights[row];
    } else if (labels.kind === "indices") {
      // PyTorch's mean divides by the label's weight for indices, and by 1 a row for distributions.
      meanWeights[row] *= classWeight;
    }
  }
  return rowScales(weights, count, options, meanWeights);
}

/** PyTorch's weighting: each class's share of q and u by that class's weight. */
export function multiply(q: Float64Array, u: Float64Array, classWeights: Float64Array): void {
  for (let k = 0; k < q.length; k++) {
    q[k] *= classWeights[k];
    u[k] *= classWeights[k];
  }
}
