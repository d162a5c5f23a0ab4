import { excludesNone, readAllowed } from "./allowed.ts";
import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describe, describeShape } from "./describe.ts";
import { SUM_TOLERANCE } from "./labels.ts";
import { conventions, requireOneOf, type SmoothingOptions } from "./options.ts";
import { readTensor, sameShape } from "./tensor.ts";

/** u as each row meets it: restricted to what is allowed there and, under "other-classes", to the other classes. */
export interface Prior {
  /** Writes the distribution that the label q of `row` is mixed with into `u`; both of shape [classes]. */
  readonly read: (row: number, q: Float64Array, u: Float64Array) => void;
}

/**
 * @param shape - With the class axis: the logits'.
 * @throws {@link ArgumentError} if the prior or `allowed` has the wrong shape, is not a distribution or a mask; on
 * reading, if the two leave no class, or `allowed` excludes the row's label.
 */
export function readPrior(shape: readonly number[], at: ClassAxis, options: SmoothingOptions): Prior {
  const { classes } = at;
  const others = requireOneOf(options.convention, conventions, "convention") === "other-classes";
  const { matrix, of } = readPriorOption(shape, at, options);
  const excludes = readAllowed(shape, at, options);
  const restricted = new Float64Array(classes);

  /** û: the prior of one label on the allowed classes but `except`, renormalised. */
  function restrict(row: number, label: number, except: number): void {
    const prior = of(label);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      restricted[k] = k === except || excludes(row, k) ? 0 : prior[k];
      sum += restricted[k];
    }
    if (sum > 0) {
      // A uniformAxis prior is not a distribution and stays as it is.
      if (excludes !== excludesNone || except >= 0) for (let k = 0; k < classes; k++) restricted[k] /= sum;
    } else if (except >= 0) {
      restricted[except] = 1; // no other class can take what the label would give away
    } else {
      throw new ArgumentError(`prior must have mass on an allowed class, got none at row ${row}`);
    }
  }

  // u is linear in q: each label that q may stand for is mixed with its own prior.
  function mixOverLabels(row: number, q: Float64Array, u: Float64Array): void {
    u.fill(0);
    for (let label = 0; label < classes; label++) {
      if (q[label] === 0) continue;
      restrict(row, label, others ? label : NONE);
      for (let k = 0; k < classes; k++) u[k] += q[label] * restricted[k];
    }
  }

  // The same for one prior and the other classes, u[k] = û[k]·Σ q[j]/(1 − û[j]) over j ≠ k, in one pass.
  function mixOverOthers(row: number, q: Float64Array, u: Float64Array): void {
    restrict(row, 0, NONE);
    const others = sumsOfOthers(restricted);
    const given = sumsOfOthers(q.map((share, j) => (others[j] > 0 ? share / others[j] : 0)));
    for (let k = 0; k < classes; k++) u[k] = restricted[k] * given[k] + (others[k] > 0 ? 0 : q[k]);
  }

  return {
    read(row, q, u) {
      for (let k = 0; k < classes; k++) {
        if (q[k] > 0 && excludes(row, k)) {
          const by = k === options.paddingIndex ? "paddingIndex" : "allowed";
          throw new ArgumentError(`labels must be classes that ${by} permits, got class ${k} at row ${row}`);
        }
      }
      if (matrix || (others && q.includes(1))) {
        mixOverLabels(row, q, u);
      } else if (others) {
        mixOverOthers(row, q, u);
      } else {
        restrict(row, 0, NONE);
        u.set(restricted);
      }
    },
  };
}

/** Σ values[j] over j ≠ k for every k, by sums from both ends: the whole minus values[k] would cancel. */
export function sumsOfOthers(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length);
  for (let k = 1; k < values.length; k++) sums[k] = sums[k - 1] + values[k - 1];
  for (let k = values.length - 2, after = 0; k >= 0; k--) {
    after += values[k + 1];
    sums[k] += after;
  }
  return sums;
}

/** No class is left out. */
const NONE = -1;

function readPriorOption(
  shape: readonly number[],
  { axis, classes }: ClassAxis,
  { prior, uniformAxis }: SmoothingOptions,
): { matrix: boolean; of: (label: number) => ArrayLike<number> } {
  const over = uniformAxis === undefined ? axis : uniformAxis;
  // TensorFlow's fixed axis 1 does not exist at rank 1, where only the class axis is left.
  const axes = Math.max(shape.length, 2);
  if (!(Number.isInteger(over) && over >= 0 && over < axes)) {
    throw new ArgumentError(`uniformAxis must be an integer in [0, ${axes}), got ${describe(over)}`);
  }
  if (prior === undefined) {
    const uniform = new Float64Array(classes).fill(1 / (shape[over] ?? classes));
    return { matrix: false, of: () => uniform };
  }
  const { data, shape: given } = readTensor(prior, "prior");
  const matrix = sameShape(given, [classes, classes]);
  if (!matrix && !sameShape(given, [classes])) {
    throw new ArgumentError(
      `prior must have shape [${classes}] or [${classes}, ${classes}], got ${describeShape(given)}`,
    );
  }
  const values = Float64Array.from(data);
  const rows = matrix ? classes : 1;
  for (let label = 0; label < rows; label++) {
    requireDistribution(values.subarray(label * classes, (label + 1) * classes), matrix ? ` at row ${label}` : "");
  }
  return { matrix, of: (label) => (matrix ? values.subarray(label * classes, (label + 1) * classes) : values) };
}

function requireDistribution(values: Float64Array, where: string): void {
  const negative = values.findIndex((value) => !(value >= 0));
  if (negative >= 0)
    throw new ArgumentError(`prior must not be negative, got ${values[negative]} at class ${negative}${where}`);
  const sum = values.reduce((total, value) => total + value, 0);
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) throw new ArgumentError(`prior must sum to 1, got ${sum}${where}`);
}
