import { ArgumentError } from "./argument-error.ts";
import { describe, describeShape } from "./describe.ts";

/** Any typed array that holds numbers; BigInt arrays are read as numbers. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array;

/** Numbers in row-major order and the shape that they fill. */
export interface Tensor<Data extends NumericArray | readonly number[] = NumericArray | readonly number[]> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** ∂ Σ loss / ∂ logits, of the logits' shape. */
export type Gradient = Tensor<Float32Array | Float64Array>;

/** Numbers nested to one depth everywhere: `3`, `[1, 2]`, `[[1, 2], [3, 4]]`, … */
export type NestedNumbers = number | bigint | boolean | NumericArray | readonly NestedNumbers[];

/** What the public functions take wherever the documentation says tensor. */
export type TensorLike = Tensor | NestedNumbers;

/** A tensor that has been read: numbers only, as many as the shape says. */
export interface Numbers {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * Reads what a caller passed as a tensor; numeric typed arrays are not copied.
 *
 * @param value - `{ data, shape }`, a typed array, a number, or arrays nested to one depth; booleans read as 0 and 1.
 * @param name - The argument's name in error messages.
 * @throws {@link ArgumentError} for anything else: ragged nesting, data that does not fill the shape, a non-number.
 */
export function readTensor(value: unknown, name: string): Numbers {
  if (isTensor(value)) return readDataAndShape(value, name);
  const scalar = asNumber(value);
  if (scalar !== undefined) return { data: [scalar], shape: [] };
  if (isTypedArray(value)) return { data: withoutBigInts(value), shape: [value.length] };
  if (Array.isArray(value)) return readNested(value, name);
  throw new ArgumentError(`${name} must be a tensor { data, shape } or nested arrays, got ${describe(value)}`);
}

/** How many numbers a shape holds; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

function readDataAndShape({ data, shape }: { data: unknown; shape: unknown }, name: string): Numbers {
  // Array.from shows the holes that every() would skip.
  if (!Array.isArray(shape) || !Array.from(shape).every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new ArgumentError(`${name}.shape must be an array of lengths, got ${describe(shape)}`);
  }
  if (!isTypedArray(data) && !Array.isArray(data)) {
    // A TensorFlow.js tensor has a shape as well, and keeps its numbers elsewhere.
    const remedy = typeof data === "function" ? "; read it first, as in { data: await t.data(), shape: t.shape }" : "";
    throw new ArgumentError(`${name}.data must be an array of numbers, got ${describe(data)}${remedy}`);
  }
  if (data.length !== sizeOf(shape)) {
    const wanted = `${sizeOf(shape)} numbers for shape ${describeShape(shape)}`;
    throw new ArgumentError(`${name}.data must hold ${wanted}, got ${data.length}`);
  }
  return { data: isTypedArray(data) ? withoutBigInts(data) : readFlat(data, name), shape: [...shape] };
}

function readFlat(values: readonly unknown[], name: string): Float64Array {
  const data = new Float64Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = requireNumber(values[i], name, i);
  return data;
}

function readNested(value: readonly unknown[], name: string): Numbers {
  const flat = flatNumbers(value);
  if (flat) return { data: flat, shape: [flat.length] };
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) || isTypedArray(level); level = level[0]) {
    if (shape.length === MAX_RANK) {
      throw new ArgumentError(`${name} must be nested at most ${MAX_RANK} deep, got deeper or circular arrays`);
    }
    shape.push(level.length);
  }
  // Not sized from the shape: a ragged array may claim far more than it holds.
  const data: number[] = [];
  const fill = (level: unknown, depth: number): void => {
    const nested = Array.isArray(level) || isTypedArray(level);
    if (!nested && depth === shape.length) {
      data.push(requireNumber(level, name, data.length));
      return;
    }
    if (!nested || depth === shape.length || level.length !== shape[depth]) {
      const got = nested ? `length ${level.length}` : describe(level);
      const wanted = depth === shape.length ? "a number" : `length ${shape[depth]}`;
      throw new ArgumentError(
        `${name} must be nested to one depth with equal lengths, got ${got} beside ${wanted} at depth ${depth}`,
      );
    }
    for (let i = 0; i < level.length; i++) fill(level[i], depth + 1);
  };
  fill(value, 0);
  return { data: Float64Array.from(data), shape };
}

/** An array of numbers alone, the commonest one; undefined for any other. */
function flatNumbers(values: readonly unknown[]): Float64Array | undefined {
  const data = new Float64Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const number = asNumber(values[i]);
    if (number === undefined) return undefined;
    data[i] = number;
  }
  return data;
}

/** More axes than any real tensor has; a bound that circular arrays run into. */
const MAX_RANK = 16;

function requireNumber(value: unknown, name: string, position: number): number {
  const number = asNumber(value);
  if (number === undefined) {
    throw new ArgumentError(`${name} must hold numbers, got ${describe(value)} at position ${position}`);
  }
  return number;
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "bigint" || typeof value === "boolean" ? Number(value) : undefined;
}

function isTensor(value: unknown): value is { data: unknown; shape: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "data" in value && "shape" in value;
}

function isTypedArray(value: unknown): value is NumericArray {
  return ArrayBuffer.isView(value) && "length" in value; // which a DataView has not
}

function withoutBigInts(data: NumericArray): ArrayLike<number> {
  return holdsBigInts(data) ? Float64Array.from(data, Number) : data;
}

/** By what it holds, not by its constructor: an array of another realm (an iframe, a test's sandbox) has its own. */
function holdsBigInts(data: NumericArray): data is BigInt64Array | BigUint64Array {
  return typeof data[0] === "bigint";
}
