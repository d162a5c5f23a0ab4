import { readFileSync, writeFileSync } from "node:fs";
import { zipSync } from "fflate";
import { DataError, readingProblem } from "./data-error.ts";
import type { FileMemory } from "./file-memory.ts";
import { ArrayKindError, formatNpy, type NpyArray, parseNpy } from "./npy.ts";
import { takeEntry, type ZipEntry, zipEntries } from "./zip-entries.ts";

export type { NpyArray };

/** Named arrays, as `numpy.savez` writes them and `numpy.load` reads them. */
export type NpzArrays = Readonly<Record<string, NpyArray>>;

/**
 * Reads the arrays of an .npz file.
 *
 * @param names - the arrays wanted, all of which must be there; every array when it is left out.
 * @param memory - what the file is read into, where memory is used again for file after file; arrays are views of it.
 * @throws {@link DataError} when the file cannot be read, is not a whole .npz, or lacks a wanted array.
 */
export function readNpz<Name extends string = string>(
  path: string,
  names?: readonly Name[],
  memory?: FileMemory,
): Record<Name, NpyArray> {
  return parseNpz(readWhole(path, memory), path, names);
}

function parseNpz<Name extends string>(
  bytes: Uint8Array,
  path: string,
  names?: readonly Name[],
): Record<Name, NpyArray> {
  const present = new Map(listArrays(bytes, path).map((entry) => [entry.name.slice(0, -".npy".length), entry]));
  const missing = names?.filter((name) => !present.has(name)) ?? [];
  if (missing.length > 0) {
    const found = present.size === 0 ? "no arrays" : [...present.keys()].join(", ");
    throw new DataError(`${path} must hold the arrays ${names?.join(", ")}, got ${found}`);
  }
  const wanted = [...present].filter(([name]) => names?.includes(name as Name) ?? true);
  requireSizes(
    wanted.map(([, entry]) => entry),
    path,
  );
  const arrays = wanted.map(([name, entry]) => {
    const content = whole(path, () => takeEntry(bytes, entry));
    return [name, parseNpy(content, `${name} in ${path}`)];
  });
  return Object.fromEntries(arrays);
}

/**
 * The names of an .npz file's arrays, in the file's order.
 *
 * @throws {@link DataError} when the file cannot be read or is not a whole .npz.
 */
export function namesInNpz(path: string): readonly string[] {
  return listArrays(readWhole(path), path).map(({ name }) => name.slice(0, -".npy".length));
}

/**
 * All arrays of numbers in an .npz file's bytes, which are given away: arrays are views of them, moved into place.
 *
 * @param path - what an error calls them.
 * @returns the arrays, and the names of those that hold something else.
 */
export function parseNumbersOfNpz(
  bytes: Uint8Array,
  path: string,
): { readonly arrays: ReadonlyMap<string, NpyArray>; readonly others: readonly string[] } {
  const entries = listArrays(bytes, path);
  requireSizes(entries, path);
  const arrays = new Map<string, NpyArray>();
  const others: string[] = [];
  for (const entry of entries) {
    const name = entry.name.slice(0, -".npy".length);
    const content = whole(path, () => takeEntry(bytes, entry));
    try {
      arrays.set(name, parseNpy(content, `${name} in ${path}`));
    } catch (error) {
      if (!(error instanceof ArrayKindError)) throw error;
      others.push(name);
    }
  }
  return { arrays, others };
}

/** The .npz file of some arrays, uncompressed; the same arrays give the same bytes on every day and machine. */
export function formatNpz(arrays: NpzArrays): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, formatNpy(array)]);
  // The zip format has no time without a time: the earliest that it can express, in whatever zone we are.
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Writes {@link formatNpz} to a file. */
export function writeNpz(path: string, arrays: NpzArrays): void {
  writeFileSync(path, formatNpz(arrays));
}

function readWhole(path: string, memory?: FileMemory): Uint8Array {
  try {
    return memory === undefined ? readFileSync(path) : memory.read(path);
  } catch (error) {
    throw new DataError(`${path} ${readingProblem(error)}`);
  }
}

/** Deflate makes a byte of at most this many. */
const mostPerByte = 1032;
/** So many bytes may an archive unpack to. */
const mostBytes = 4 * 2 ** 30;

function listArrays(bytes: Uint8Array, path: string): readonly ZipEntry[] {
  const entries = whole(path, () => zipEntries(bytes)).filter(({ name }) => name.endsWith(".npy"));
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw new DataError(`${path} must hold arrays of different names, got ${name} twice`);
    names.add(name);
  }
  return entries;
}

function requireSizes(entries: readonly ZipEntry[], path: string): void {
  let total = 0;
  for (const { name, isDeflated, size, originalSize } of entries) {
    total += originalSize;
    if (originalSize > (isDeflated ? mostPerByte * size : size) || total > mostBytes) {
      throw new DataError(
        `${path} must unpack to what it holds and to at most ${mostBytes} bytes, got ${name} of ${size} bytes that claims ${originalSize}`,
      );
    }
  }
}

function whole<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new DataError(
      `${path} must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (${(error as Error).message})`,
    );
  }
}
