import { DataError } from "../data-error.ts";
import { fromBrainFloats, fromHalves } from "../half-floats.ts";
import type { NpyArray, NpyData } from "../npy.ts";
import type { Contents } from "./contents.ts";

type Read = (buffer: ArrayBufferLike, start: number, length: number) => NpyData;

const readers: Readonly<Record<string, { readonly size: number; readonly read: Read }>> = {
  F64: { size: 8, read: (...place) => new Float64Array(...place) },
  F32: { size: 4, read: (...place) => new Float32Array(...place) },
  F16: { size: 2, read: (...place) => fromHalves(new Uint16Array(...place)) },
  BF16: { size: 2, read: (...place) => fromBrainFloats(new Uint16Array(...place)) },
  I64: { size: 8, read: (...place) => new BigInt64Array(...place) },
  U64: { size: 8, read: (...place) => new BigUint64Array(...place) },
  I32: { size: 4, read: (...place) => new Int32Array(...place) },
  U32: { size: 4, read: (...place) => new Uint32Array(...place) },
  I16: { size: 2, read: (...place) => new Int16Array(...place) },
  U16: { size: 2, read: (...place) => new Uint16Array(...place) },
  I8: { size: 1, read: (...place) => new Int8Array(...place) },
  U8: { size: 1, read: (...place) => new Uint8Array(...place) },
  BOOL: { size: 1, read: (...place) => new Uint8Array(...place) },
};

/**
 * Reads a .safetensors file: the header's length in 8 bytes, the header in JSON, then the tensors' bytes.
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} for a file whose header or offsets do not fit it.
 * @see https://huggingface.co/docs/safetensors
 */
export function readSafetensors(bytes: Uint8Array, name: string): Contents {
  const size = headerSize(bytes);
  if (size === undefined) throw new DataError(`${name} must be whole, got an end within its header`);
  const header = parseHeader(bytes.subarray(8, 8 + size), name);
  const body = bytes.subarray(8 + size);
  const arrays = new Map<string, NpyArray>();
  for (const [key, entry] of Object.entries(header)) {
    if (key !== "__metadata__") arrays.set(key, readTensor(entry, body, `${key} in ${name}`));
  }
  return { arrays, words: new Map() };
}

/** The length of the header, where the bytes can be such a file; undefined otherwise. */
export function headerSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return undefined;
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return size <= bytes.length - 8 ? size : undefined;
}

function parseHeader(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DataError(`${name} must have a header in JSON, got ${(error as Error).message}`);
  }
}

function readTensor(entry: unknown, body: Uint8Array, name: string): NpyArray {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!(Array.isArray(shape) && shape.every(isSize) && Array.isArray(offsets) && offsets.every(isSize))) {
    throw new DataError(`${name} must have a shape and data_offsets, got ${JSON.stringify(entry)?.slice(0, 80)}`);
  }
  const reader = typeof dtype === "string" && Object.hasOwn(readers, dtype) ? readers[dtype] : undefined;
  if (!reader) throw new DataError(`${name} must be of ${Object.keys(readers).join(", ")}, got ${dtype}`);
  const [start = Number.NaN, end = Number.NaN] = offsets;
  const size = shape.reduce((product, n) => product * n, reader.size);
  if (!(end - start === size && end <= body.length)) {
    throw new DataError(
      `${name} must lie at ${size} bytes within the file (shape [${shape}], ${dtype}), got offsets ${start} to ${end} of ${body.length}`,
    );
  }
  const values = body.subarray(start, end);
  // Writers align the first tensor; where another begins at an odd place, its numbers need another.
  const { buffer, byteOffset } = values.byteOffset % reader.size === 0 ? values : Uint8Array.from(values);
  return { data: reader.read(buffer, byteOffset, size / reader.size), shape };
}
