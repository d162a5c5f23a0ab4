/** Any typed array that holds numbers; BigInt arrays may hold labels. */
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

/** Numbers nested to one depth everywhere: `3`, `[1, 2]`, `[[1, 2], [3, 4]]`, … */
export type NestedNumbers = number | bigint | NumericArray | readonly NestedNumbers[];

/** What the public functions take wherever the documentation says tensor. */
export type TensorLike = Tensor | NestedNumbers;
