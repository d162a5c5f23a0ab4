import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { isatty } from "node:tty";
import { DataError, readingProblem } from "./data-error.ts";

/** So many bytes are asked of the system at once; it gives no more than 2 GiB. */
const mostAtOnce = 2 ** 30;

/**
 * Reads a whole file, of any size, into memory of its own.
 *
 * @param path - a file, a named pipe, or `-` for standard input.
 * @param name - what an error calls it.
 * @throws {@link DataError} when it cannot be read, or is a device, which may have no end.
 */
export async function readBytes(path: string, name: string): Promise<Uint8Array> {
  if (path === "-") return readStandardInput(name);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const status = fstatSync(file);
    if (status.isCharacterDevice() || status.isBlockDevice()) throw new DataError(`${name} is a device, not a file`);
    return status.isFile() ? readKnown(file, status.size) : Uint8Array.from(readFileSync(file));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${name} ${readingProblem(error)}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readKnown(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const count = readSync(file, bytes, at, Math.min(size - at, mostAtOnce), at);
    // It became shorter while it was read.
    if (count === 0) return bytes.subarray(0, at);
    at += count;
  }
  return bytes;
}

async function readStandardInput(name: string): Promise<Uint8Array> {
  if (isatty(0)) {
    throw new DataError(`${name} must be a pipe or a file, got a terminal; name a file, or write … | softlabel …`);
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of process.stdin) chunks.push(chunk);
  } catch (error) {
    throw new DataError(`${name} ${readingProblem(error)}`);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
