import { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { type ClassAxis, classAxis } from "../core/class-axis.ts";
import { describe, describeShape } from "../core/describe.ts";
import { readNonNegative } from "../core/non-negative.ts";
import { readPerRow } from "../core/per-row.ts";
import { type Numbers, sameShape } from "../core/tensor.ts";
import { type Hold, isJaxArray, type Operand } from "./holding.ts";

/** How the arrays of one call become [rows, classes] and [rows, 1], and how its numbers become arrays. */
export interface Rows {
  readonly at: ClassAxis;
  /** The logits' shape. */
  readonly shape: readonly number[];
  /** The element type of what is computed: float32, or float64 for float64 logits. */
  readonly dtype: np.DType;
  /** An array of the logits' shape as [rows, classes]; consumes it. */
  readonly matrix: (array: np.Array) => np.Array;
  /** Numbers as a constant of this shape. */
  readonly constant: (data: ArrayLike<number>, shape: readonly number[]) => np.Array;
  /** One number for all rows, or one per row as [rows, 1]; held. */
  readonly perRow: (value: unknown, name: string, most: number) => Operand;
  /** One number per class as [1, classes]; held. */
  readonly perClass: (value: unknown, name: string) => np.Array;
}

/** @throws {@link ArgumentError} if the logits are no array of floats, or have no such axis. */
export function readRows(logits: unknown, axis: number, hold: Hold): Rows {
  const { shape, dtype } = requireFloats(logits, "logits");
  const at = classAxis(shape, axis, "logits");
  const kept = [...at.rowShape.slice(0, at.axis), 1, ...at.rowShape.slice(at.axis)];
  const constant = (data: ArrayLike<number>, of: readonly number[]): np.Array =>
    np.array(Float32Array.from(data), { shape: [...of] }).astype(dtype);
  return {
    at,
    shape,
    dtype,
    matrix: (array) => np.moveaxis(array, at.axis, -1).reshape([at.rows, at.classes]),
    constant,
    perRow(value, name, most) {
      if (!isJaxArray(value)) {
        const read = readPerRow(value, name, at, most);
        return typeof value === "number" ? value : hold(constant(read, [at.rows, 1]));
      }
      if (value.ndim > 0 && ![at.rowShape, kept, [at.rows]].some((fits) => sameShape(value.shape, fits))) {
        const wanted = `one number per row, shape ${describeShape(at.rowShape)}`;
        throw new ArgumentError(`${name} must be a number or ${wanted}, got ${describeShape(value.shape)}`);
      }
      return hold(value.ref.astype(dtype).reshape([value.size, 1]));
    },
    perClass(value, name) {
      const read: Numbers | np.Array = isJaxArray(value) ? value : readNonNegative(value, name, Infinity);
      if (!sameShape(read.shape, [at.classes])) {
        throw new ArgumentError(`${name} must have shape [${at.classes}], got ${describeShape(read.shape)}`);
      }
      const array = isJaxArray(read) ? read.ref.astype(dtype) : constant(read.data, read.shape);
      return hold(array.reshape([1, at.classes]));
    },
  };
}

/**
 * The shape of an array of floats and the element type to compute in, which for float16 is float32.
 *
 * @throws {@link ArgumentError} if the value is anything else, or has no element.
 */
export function requireFloats(value: unknown, name: string): { shape: readonly number[]; dtype: np.DType } {
  if (!isJaxArray(value)) {
    throw new ArgumentError(`${name} must be an array of jax-js, got ${describe(value)}; make one with np.array`);
  }
  const { shape, dtype, size } = value;
  if (!floats.includes(dtype)) throw new ArgumentError(`${name} must hold floats, got ${dtype}`);
  if (size === 0) throw new ArgumentError(`${name} must have at least one row, got shape ${describeShape(shape)}`);
  return { shape, dtype: dtype === np.float64 ? dtype : np.float32 };
}

const floats: readonly np.DType[] = [np.float16, np.float32, np.float64];
