import type { Predictions } from "../predictions.ts";
import { firstFree, type RowKernel } from "./module.ts";

/** Some rows that lie in the kernel's memory. */
export interface BlockOfRows {
  /** The first of them. */
  readonly from: number;
  readonly count: number;
  /** Where their numbers lie. */
  readonly address: number;
  /** 1 if they are float64, 0 if float32. */
  readonly wide: 0 | 1;
}

/** How much of the memory else is needed, in bytes. */
export interface Beside {
  readonly once: number;
  readonly perRow: number;
}

/** Numbers in a block: few enough to stay in a core's own cache. */
const blockNumbers = 16_384;

/** Rows to be copied into the kernel's memory, block by block. */
export interface RowsInMemory {
  /** Of `once` bytes, at a multiple of 16. */
  readonly once: number;
  /** Where `perRow` bytes lie for each row of a block, at a multiple of 16. */
  readonly perRow: number;
  /** How many rows a block has at most. */
  readonly blockRows: number;
  readonly memory: ArrayBuffer;
  /** Copies each block and calls `visit`, until that says false; every nth row only, where `every` is n. */
  readonly forEachBlock: (visit: (block: BlockOfRows) => boolean, every?: number) => boolean;
}

/**
 * Plans the kernel's memory for rows of numbers, which stay where they are, and nothing of what is in it is kept.
 *
 * @returns null where the engine has no room.
 */
export function rowsInMemory(
  { memory }: RowKernel,
  data: ArrayLike<number>,
  [rows, classes]: Predictions["shape"],
  beside: Beside,
): RowsInMemory | null {
  const wide = data instanceof Float32Array ? 0 : 1;
  const bytes = (wide ? 8 : 4) * classes;
  const blockRows = Math.max(1, Math.min(rows, Math.floor(blockNumbers / classes)));
  const once = firstFree;
  const perRow = aligned(once + beside.once);
  const address = aligned(perRow + blockRows * beside.perRow);
  const missing = address + blockRows * bytes - memory.buffer.byteLength;
  try {
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  } catch {
    return null;
  }
  const buffer = memory.buffer;
  const block = new (wide ? Float64Array : Float32Array)(buffer, address, blockRows * classes);
  const forEachBlock: RowsInMemory["forEachBlock"] = (visit, every = 1) => {
    for (let from = 0; from < rows; from += blockRows * every) {
      const count = Math.min(blockRows, Math.ceil((rows - from) / every));
      if (every === 1) copy(data, from * classes, count * classes, block, 0);
      else for (let i = 0; i < count; i++) copy(data, (from + i * every) * classes, classes, block, i * classes);
      if (!visit({ from, count, address, wide })) return false;
    }
    return true;
  };
  return { once, perRow, blockRows, memory: buffer, forEachBlock };
}

function copy(data: ArrayLike<number>, from: number, count: number, to: Float64Array | Float32Array, at: number): void {
  if (ArrayBuffer.isView(data)) to.set((data as Float64Array).subarray(from, from + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = data[from + i];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
