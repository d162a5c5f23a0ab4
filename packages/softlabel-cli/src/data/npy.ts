import { DataError } from "./data-error.ts";
import { fromHalves } from "./half-floats.ts";

/** The typed arrays that a NumPy array of numbers becomes. */
export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** An array that is whole but not of numbers, or of numbers that no typed array holds. */
export class ArrayKindError extends DataError {}

/** Numbers in row-major order with their shape; [] is a single number. */
export interface NpyArray<Data extends NpyData = NpyData> {
  readonly data: Data;
  readonly shape: readonly number[];
}

type DataConstructor = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => NpyData;

/** By the type's letter and size in bytes, as `descr` names them after the byte order. */
const constructors: Readonly<Record<string, DataConstructor>> = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  u1: Uint8Array,
  b1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
};
const magic = "\u0093NUMPY";

/**
 * Reads one array in NumPy's format, versions 1 to 3, of any byte order, in C or Fortran order; half floats become
 * float32. Where the bytes can be used as they are, the array is a view of them.
 *
 * @param bytes - a whole .npy file.
 * @param name - what an error calls it.
 * @throws {@link DataError} when it is another format, cut short, or of another kind of numbers. Pickled objects are
 * never read.
 * @see NumPy's numpy.lib.format
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const { header, body } = splitHeader(bytes, name);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || dimensions === undefined) {
    throw new ArrayKindError(
      `${name} must hold one plain array of numbers, got the header ${JSON.stringify(header.trim().slice(0, 200))}`,
    );
  }
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  const [, byteOrder = "", type = ""] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  if (type !== "f2" && !Object.hasOwn(constructors, type)) {
    const pickled = type === "O" ? "; save the numbers by themselves, pickled objects are not read" : "";
    const remedy = pickled === "" ? '; save array.astype("float32") instead' : pickled;
    throw new ArrayKindError(`${name} must hold floats, bools or integers of up to 64 bits, got ${descr}${remedy}`);
  }
  const itemSize = Number(type.slice(1));
  const size = shape.reduce((product, n) => product * n, itemSize);
  const found = bytes.length - body;
  if (found !== size) {
    throw new DataError(`${name} must hold ${size} bytes after its header (shape [${shape}]), got ${found}`);
  }
  const values = bytes.subarray(body);
  const data = valuesOf(byteOrder === ">" ? swapped(values, itemSize) : values, type, itemSize);
  return { data: order === "True" && shape.length > 1 ? inRowMajorOrder(data, shape) : data, shape };
}

function splitHeader(bytes: Uint8Array, name: string): { header: string; body: number } {
  if (bytes.length < 10 || latin1(bytes.subarray(0, 6)) !== magic) {
    throw new DataError(`${name} must be an array in NumPy's .npy format, got other bytes`);
  }
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) throw new DataError(`${name} must be .npy version 1, 2 or 3, got ${version}`);
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  if (start + headerSize > bytes.length) throw new DataError(`${name} must be whole, got an end within its header`);
  // NumPy's own limit for headers that it trusts.
  if (headerSize > longestHeader) {
    throw new DataError(`${name} must have a header of at most ${longestHeader} bytes, got ${headerSize}`);
  }
  return { header: latin1(bytes.subarray(start, start + headerSize)), body: start + headerSize };
}

const longestHeader = 10_000;

function valuesOf(bytes: Uint8Array, type: string, itemSize: number): NpyData {
  // NumPy aligns its data within the file; within our buffer they may lie anywhere.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes);
  if (type === "f2") return fromHalves(new Uint16Array(buffer, byteOffset, byteLength / 2));
  return new constructors[type](buffer, byteOffset, byteLength / itemSize);
}

function swapped(bytes: Uint8Array, itemSize: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let at = 0; at < copy.length; at += itemSize) copy.subarray(at, at + itemSize).reverse();
  return copy;
}

/** The last axis, which varies slowest in Fortran order, to the fastest. */
function inRowMajorOrder(data: NpyData, shape: readonly number[]): NpyData {
  const sorted = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, n) => product * n, 1));
  let from = 0;
  for (let to = 0; to < sorted.length; to++) {
    sorted[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return sorted;
}

/** Writes one array in NumPy's format, version 1; the same array gives the same bytes. */
export function formatNpy({ data, shape }: NpyArray): Uint8Array {
  const descr = descriptionOf(data);
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // The data begins at a multiple of 64 bytes, and the header ends in a newline.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  const prefix = `${magic}\u0001\u0000${String.fromCharCode(padded.length & 255, padded.length >> 8)}${padded}`;
  for (let i = 0; i < prefix.length; i++) bytes[i] = prefix.charCodeAt(i);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefix.length);
  return bytes;
}

function descriptionOf(data: NpyData): string {
  const type = Object.keys(constructors).find((name) => data.constructor === constructors[name]);
  if (!type) throw new DataError(`data must be a typed array of numbers, got ${data.constructor.name}`);
  return type.endsWith("1") ? `|${type}` : `<${type}`;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
