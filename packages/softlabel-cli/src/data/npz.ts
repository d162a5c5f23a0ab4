import { readFileSync, writeFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { DataError, readingProblem } from "./data-error.ts";
import { formatNpy, type NpyArray, parseNpy } from "./npy.ts";

export type { NpyArray };

/** Named arrays, as `numpy.savez` writes them and `numpy.load` reads them. */
export type NpzArrays = Readonly<Record<string, NpyArray>>;

/**
 * Reads the arrays of an .npz file.
 *
 * @param names - the arrays wanted, all of which must be there; every array when it is left out.
 * @throws {@link DataError} when the file cannot be read, is not a whole .npz, or lacks a wanted array.
 */
export function readNpz<Name extends string = string>(path: string, names?: readonly Name[]): Record<Name, NpyArray> {
  const wanted = names && new Set(names.map((name) => `${name}.npy`));
  const present: string[] = [];
  const entries = unzip(readWhole(path), path, (entry) => {
    if (entry.endsWith(".npy")) present.push(entry.slice(0, -".npy".length));
    return entry.endsWith(".npy") && (wanted?.has(entry) ?? true);
  });
  const missing = names?.filter((name) => !present.includes(name)) ?? [];
  if (missing.length > 0) {
    const found = present.length === 0 ? "no arrays" : present.join(", ");
    throw new DataError(`${path} must hold the arrays ${names?.join(", ")}, got ${found}`);
  }
  const arrays = Object.entries(entries).map(([entry, bytes]) => {
    const name = entry.slice(0, -".npy".length);
    return [name, parseNpy(bytes, `${name} in ${path}`)];
  });
  return Object.fromEntries(arrays);
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

function readWhole(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DataError(`${path} ${readingProblem(error)}`);
  }
}

function unzip(bytes: Uint8Array, path: string, isWanted: (entry: string) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => isWanted(name) });
  } catch (error) {
    throw new DataError(
      `${path} must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (${(error as Error).message})`,
    );
  }
}
