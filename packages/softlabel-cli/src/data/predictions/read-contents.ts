import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { DataError } from "../data-error.ts";
import { readBytes } from "../file-bytes.ts";
import { parseNpy } from "../npy.ts";
import { parseNumbersOfNpz } from "../npz.ts";
import type { Contents } from "./contents.ts";
import { readCsv } from "./csv-contents.ts";
import { readJson } from "./json-contents.ts";
import { readInChild } from "./read-in-child.ts";
import { headerSize, readSafetensors } from "./safetensors-contents.ts";

/**
 * Reads whatever a file of predictions holds. The format is told by the bytes, not by the name: .npz, .npy, Parquet,
 * Arrow (Feather), safetensors, JSON, JSON Lines, CSV or TSV, each plain or gzipped.
 *
 * @param path - a file, or `-` for standard input.
 * @throws {@link DataError} when it cannot be read, or is no whole file of one of these formats.
 */
export async function readContents(path: string): Promise<Contents> {
  const name = path === "-" ? "standard input" : path;
  if (/^https?:\/\//.test(path)) throw new DataError(`${path} must be a file, got an address; fetch it first`);
  const bytes = unpacked(await readBytes(path, name), name);
  const signature = String.fromCharCode(...bytes.subarray(0, 6));
  if (bytes.length === 0) throw new DataError(`${name} must hold predictions, got no bytes`);
  if (signature.startsWith("PK")) return { ...parseNumbersOfNpz(bytes, name), words: new Map() };
  if (signature === "\u0093NUMPY") return { arrays: new Map([[arrayName, parseNpy(bytes, name)]]), words: new Map() };
  if (signature.startsWith("PAR1")) return readInChild(bytes, "Parquet", name);
  if (signature === "ARROW1" || signature.startsWith("\u00ff\u00ff\u00ff\u00ff"))
    return readInChild(bytes, "Arrow", name);
  if (headerSize(bytes) !== undefined) return readSafetensors(bytes, name);
  const unread = unreadable.find(([start]) => signature.startsWith(start));
  if (unread) throw new DataError(`${name} must be ${formats}, got ${unread[1]}`);
  if (!isUtf8(bytes) || bytes.subarray(0, 4096).includes(0)) {
    throw new DataError(`${name} must be ${formats}, got other bytes`);
  }
  const beginning = new TextDecoder().decode(bytes.subarray(0, 4096));
  return /^\s*[[{]/.test(beginning) ? readJson(bytes, name) : readCsv(bytes, name);
}

/** What the one array of an .npy file is called. */
export const arrayName = "array";

const formats = "a .npz, .npy, Parquet, Arrow, safetensors, JSON or CSV file";

/** Files that people try, by how they begin, with what to do instead. */
const unreadable: readonly (readonly [string, string])[] = [
  ["FEA1", "Feather version 1; write version 2"],
  ["\u0080", "a pickle, which could run any program when it is read; save the arrays by numpy.savez"],
  ["\u0089HDF", "HDF5; save the arrays by numpy.savez"],
  ["%PDF", "a PDF"],
  ["\u00ff\u00fe", "text in UTF-16; save it in UTF-8"],
  ["\u00fe\u00ff", "text in UTF-16; save it in UTF-8"],
];

/** Bytes that a gzipped file may unpack to: numbers in text shrink to a tenth, hardly to a hundredth. */
const mostUnpacked = (size: number): number => Math.min(Math.max(2 ** 26, 200 * size), 2 ** 31 - 1);

function unpacked(bytes: Uint8Array, name: string): Uint8Array {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  const mostBytes = mostUnpacked(bytes.length);
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    throw new DataError(
      `${name} must be a whole gzipped file of at most ${mostBytes} bytes, got one that breaks (${(error as Error).message})`,
    );
  }
}
