import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import type { SmoothingOptions } from "./options.ts";
import { type Numbers, sameShape } from "./tensor.ts";

/** The labels of a call, checked row by row as they are read. */
export interface Labels {
  readonly kind: "indices" | "distributions";
  /** Whether the row carries `ignoreIndex` or `paddingIndex`, and so leaves loss, gradient and mean. */
  readonly ignored: (row: number) => boolean;
  /** Writes q, the row's label as a distribution, into `q`; shape [classes]. */
  readonly read: (row: number, q: Float64Array) => void;
}

/** How far the sum of a row may be from 1: what float32 and five written decimals leave. */
export const SUM_TOLERANCE = 1e-5;

/**
 * @param labels - Class indices (the rows' shape) or distributions (the shape with the class axis).
 * @param shape - With the class axis: the logits'.
 * @throws {@link ArgumentError} if the labels have neither shape; on reading, if an index is not a class or a row is
 * not a distribution.
 */
export function readLabels(
  labels: Numbers,
  shape: readonly number[],
  at: ClassAxis,
  options: SmoothingOptions,
): Labels {
  if (sameShape(labels.shape, shape)) return distributions(labels.data, at);
  if (sameShape(labels.shape, at.rowShape)) return indices(labels.data, at, options);
  const wanted = `${describeShape(at.rowShape)} (class indices) or ${describeShape(shape)} (distributions)`;
  const got = `${describeShape(labels.shape)}${shapeRemedy(labels.shape, shape, at)}`;
  throw new ArgumentError(`labels must have shape ${wanted} for logits of shape ${describeShape(shape)}, got ${got}`);
}

function shapeRemedy(labels: readonly number[], logits: readonly number[], { rowShape }: ClassAxis): string {
  if (labels.length > logits.length) return "; labels come first, then logits";
  const withoutOnes = labels.filter((length) => length !== 1);
  const column = labels.length === logits.length && sameShape(withoutOnes, rowShape);
  return column ? `; for class indices drop the axis of length 1: shape ${describeShape(rowShape)}` : "";
}

/** Class indices, one per row. */
export function indices(
  data: ArrayLike<number>,
  { classes }: ClassAxis,
  { ignoreIndex, paddingIndex }: SmoothingOptions,
): Labels {
  return {
    kind: "indices",
    ignored: (row) => data[row] === ignoreIndex || data[row] === paddingIndex,
    read(row, q) {
      const label = data[row];
      if (!(Number.isInteger(label) && label >= 0 && label < classes)) throw notAClass(label, row, classes);
      q.fill(0);
      q[label] = 1;
    },
  };
}

/**
 * One distribution over the classes per row: one-hot, soft, mixed.
 *
 * @param indexRemedy - What to do where the numbers look like class indices, a number above 1 among them.
 */
export function distributions(
  data: ArrayLike<number>,
  { classes, stride, start }: ClassAxis,
  indexRemedy?: string,
): Labels {
  return {
    kind: "distributions",
    ignored: () => false,
    read(row, q) {
      let sum = 0;
      for (let k = 0, at = start(row); k < classes; k++, at += stride) {
        q[k] = data[at];
        if (!(q[k] >= 0)) throw new ArgumentError(`labels must not be negative, got ${q[k]} at row ${row}, class ${k}`);
        sum += q[k];
      }
      if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
        const multiLabelRemedy = "for labels that are independent of each other use sigmoidCrossEntropy";
        const remedy = q.some((share) => share > 1) ? (indexRemedy ?? multiLabelRemedy) : multiLabelRemedy;
        throw new ArgumentError(`labels must sum to 1 in every row, got ${sum} at row ${row}; ${remedy}`);
      }
    },
  };
}

function notAClass(label: number, row: number, classes: number): ArgumentError {
  const remedy = label === classes ? "; if labels start at 1, subtract 1" : markRemedy(label);
  return new ArgumentError(`labels must be integers in [0, ${classes}), got ${label} at row ${row}${remedy}`);
}

const markRemedy = (label: number): string =>
  Number.isInteger(label) ? `; if ${label} marks rows to leave out, pass ignoreIndex: ${label}` : "";
