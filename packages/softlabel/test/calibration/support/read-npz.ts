import { readFileSync } from "node:fs";

export interface NpzArray {
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** Reads the float32 and int64 arrays of a .npz that `numpy.savez` wrote: a zip archive without compression. */
export function readNpz(path: string): Readonly<Record<string, NpzArray>> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  const arrays: Record<string, NpzArray> = {};
  let entry = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const size = bytes.readUInt32LE(entry + 20);
    const nameLength = bytes.readUInt16LE(entry + 28);
    const name = bytes.toString("utf8", entry + 46, entry + 46 + nameLength).replace(/\.npy$/, "");
    const local = bytes.readUInt32LE(entry + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    arrays[name] = readNpy(bytes.subarray(start, start + size));
    entry += 46 + nameLength + bytes.readUInt16LE(entry + 30) + bytes.readUInt16LE(entry + 32);
  }
  return arrays;
}

function readNpy(bytes: Buffer): NpzArray {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").filter(Boolean).map(Number);
  const body = Uint8Array.from(bytes.subarray(start)).buffer;
  return { data: header.includes("<f4") ? new Float32Array(body) : new BigInt64Array(body), shape };
}
