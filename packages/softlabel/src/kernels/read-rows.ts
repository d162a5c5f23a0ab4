import { readTensor, sameShape, type TensorLike } from "../core/tensor.ts";

/** Rows of float32 logits whose classes are contiguous. */
export interface LogitRows {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly classes: number;
}

/** @returns undefined for anything but `{ data: Float32Array, shape }` or a Float32Array with at least one number. */
export function readLogitRows(logits: TensorLike): LogitRows | undefined {
  if (logits instanceof Float32Array) {
    const classes = logits.length;
    return classes > 0 ? { data: logits, shape: [classes], rows: 1, classes } : undefined;
  }
  if (typeof logits !== "object" || logits === null || !("data" in logits)) return undefined;
  const { data, shape } = logits;
  if (!(data instanceof Float32Array) || !Array.isArray(shape) || shape.length === 0) return undefined;
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!(Number.isSafeInteger(shape[axis]) && shape[axis] > 0)) return undefined;
    size *= shape[axis];
  }
  if (size !== data.length) return undefined;
  const classes = shape[shape.length - 1];
  return { data, shape: shape.slice(), rows: size / classes, classes };
}

/** What the caller passed as labels, before it is known to be right. */
export interface RawLabels {
  readonly kind: "indices" | "distributions";
  readonly data: ArrayLike<number>;
}

/** @returns undefined for labels whose shape fits neither. @throws {@link ArgumentError} for what is no tensor. */
export function readRawLabels(labels: TensorLike, { shape, rows }: LogitRows): RawLabels | undefined {
  if (shape.length === 2 && labels instanceof Int32Array) {
    return labels.length === rows ? { kind: "indices", data: labels } : undefined;
  }
  const soft = readLogitRows(labels);
  if (soft && sameShape(soft.shape, shape)) return { kind: "distributions", data: soft.data };
  const { data, shape: given } = readTensor(labels, "labels");
  const missing = shape.length - given.length;
  if (missing !== 0 && missing !== 1) return undefined;
  for (let axis = 0; axis < given.length; axis++) if (given[axis] !== shape[axis]) return undefined;
  return { kind: missing === 0 ? "distributions" : "indices", data };
}

/**
 * Class indices as a kernel takes them: −1 for a row that is left out.
 *
 * @returns How many rows are kept; undefined if a label is no class that can occur.
 */
export function readIndices(
  data: ArrayLike<number>,
  classes: number,
  ignoreIndex: number | undefined,
  paddingIndex: number | undefined,
  excluded: Uint8Array | undefined,
  to: Int32Array,
): number | undefined {
  let kept = 0;
  for (let row = 0; row < to.length; row++) {
    const label = data[row];
    if (label === ignoreIndex || label === paddingIndex) {
      to[row] = -1;
      continue;
    }
    if (!(label >= 0 && label < classes && (label | 0) === label)) return undefined;
    if (excluded !== undefined && excluded[label] === 1) return undefined;
    to[row] = label;
    kept++;
  }
  return kept;
}

/**
 * Writes an option of one number per row: a single number for all, or one each, flat or shaped as the rows, with or
 * without the class axis kept as 1.
 *
 * @returns Whether it is one, and each number is in [0, `most`]. @throws {@link ArgumentError} for what is no tensor.
 */
export function readPerRow(
  value: TensorLike,
  name: string,
  { shape, rows }: LogitRows,
  most: number,
  to: Float64Array,
): boolean {
  if (typeof value === "bigint" || typeof value === "boolean") return false;
  const { data, shape: given } = readTensor(value, name);
  const flat = given.length === 1 && given[0] === rows;
  const missing = shape.length - given.length;
  if (given.length > 0 && !flat) {
    if (missing !== 1 && !(missing === 0 && given[given.length - 1] === 1)) return false;
    for (let axis = 0; axis < shape.length - 1; axis++) if (given[axis] !== shape[axis]) return false;
  }
  for (let row = 0; row < rows; row++) {
    const number = given.length > 0 ? data[row] : data[0];
    if (!(number >= 0 && number <= most)) return false;
    to[row] = number;
  }
  return true;
}
