import { DataError } from "./data-error.ts";

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

/** Numbers in row-major order with their shape; [] is a single number. */
export interface NpyArray<Data extends NpyData = NpyData> {
  readonly data: Data;
  readonly shape: readonly number[];
}

type DataConstructor = new (buffer: ArrayBuffer) => NpyData;

const constructors: Readonly<Record<string, DataConstructor>> = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "|i1": Int8Array,
  "|u1": Uint8Array,
  "|b1": Uint8Array,
  "<i2": Int16Array,
  "<u2": Uint16Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<i8": BigInt64Array,
  "<u8": BigUint64Array,
};
const magic = "\u0093NUMPY";

/**
 * Reads one array in NumPy's format, versions 1 to 3.
 *
 * @param bytes - a whole .npy file.
 * @param name - what an error calls it.
 * @throws {@link DataError} when it is another format, cut short, in Fortran order, or of another kind of numbers.
 * @see NumPy's numpy.lib.format
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  if (bytes.length < 10 || latin1(bytes.subarray(0, 6)) !== magic) {
    throw new DataError(`${name} must be an array in NumPy's .npy format, got other bytes`);
  }
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) throw new DataError(`${name} must be .npy version 1, 2 or 3, got ${version}`);
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  if (start + headerSize > bytes.length) throw new DataError(`${name} must be whole, got an end within its header`);
  const header = latin1(bytes.subarray(start, start + headerSize));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || dimensions === undefined) {
    throw new DataError(`${name} must hold one plain array of numbers, got the header ${header.trim()}`);
  }
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  if (order === "True" && shape.length > 1) {
    throw new DataError(`${name} must be in C order, got Fortran order; save numpy.ascontiguousarray(array) instead`);
  }
  const Data = Object.hasOwn(constructors, descr) ? constructors[descr] : undefined;
  if (!Data) {
    const kinds = "float32, float64, bool, or integers of 8 to 64 bits, little endian";
    throw new DataError(`${name} must hold ${kinds}, got ${descr}; save array.astype("float32") instead`);
  }
  const itemSize = Number(descr.slice(2));
  const size = shape.reduce((product, n) => product * n, itemSize);
  const body = start + headerSize;
  if (bytes.length - body !== size) {
    const found = bytes.length - body;
    throw new DataError(`${name} must hold ${size} bytes after its header (shape [${shape}]), got ${found}`);
  }
  // A copy: NumPy aligns its data within the file, not within our buffer.
  return { data: new Data(bytes.slice(body).buffer), shape };
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
  const found = Object.entries(constructors).find(([, Data]) => data.constructor === Data);
  if (!found) throw new DataError(`data must be a typed array of numbers, got ${data.constructor.name}`);
  return found[0];
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
