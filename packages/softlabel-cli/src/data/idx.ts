import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { DataError, readingProblem } from "./data-error.ts";

/** Bytes in row-major order with their shape: images [rows, height, width], or labels [rows]. */
export interface IdxArray {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}

const unsignedByte = 0x08;
const typeNames: Readonly<Record<number, string>> = {
  8: "unsigned bytes",
  9: "signed bytes",
  11: "16-bit integers",
  12: "32-bit integers",
  13: "32-bit floats",
  14: "64-bit floats",
};

/**
 * Reads an IDX file of unsigned bytes, the format in which MNIST and its kin are published, plain or gzipped.
 *
 *     0 0 type dimensions   size of each dimension (32 bits, big endian)   the bytes
 *
 * @param dimensions - how many the file must have: 3 for images, 1 for labels.
 * @throws {@link DataError} when the file cannot be read or is not that.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits"
 */
export function readIdx(path: string, dimensions: 1 | 3): IdxArray {
  const bytes = readMaybeGzipped(path);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || typeNames[bytes[2]] === undefined) {
    const found = bytes.length === 0 ? "an empty file" : [...bytes.subarray(0, 4)].map(hexadecimal).join(" ");
    throw new DataError(`${path} must begin as an IDX file does (00 00 08 0${dimensions}), got ${found}`);
  }
  if (bytes[2] !== unsignedByte) throw new DataError(`${path} must hold unsigned bytes, got ${typeNames[bytes[2]]}`);
  if (bytes[3] !== dimensions) {
    const meant = dimensions === 3 ? "images with 3" : "labels with 1";
    throw new DataError(`${path} must hold ${meant} dimension${dimensions === 3 ? "s" : ""}, got ${bytes[3]}`);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) throw new DataError(`${path} must be whole, got an end within its header`);
  const sizes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => sizes.getUint32(4 + 4 * i));
  const expected = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - header;
  if (found !== expected) {
    throw new DataError(`${path} must hold ${expected} bytes after its header (${shape.join(" × ")}), got ${found}`);
  }
  return { data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, expected), shape };
}

function readMaybeGzipped(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new DataError(`${path} ${readingProblem(error)}`);
  }
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzipped) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new DataError(`${path} must be a whole gzip file, got one that ends or breaks (${(error as Error).message})`);
  }
}

function hexadecimal(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
