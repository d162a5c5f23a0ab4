import { ArgumentError } from "../core/argument-error.ts";
import type { WebAssemblyMemory } from "../core/web-assembly.ts";

/** The memory of a WASM kernel, and who has which part of it. */
export interface KernelMemory {
  /** All of the memory; another buffer after a `reserve` that made it grow, when views of the old one are empty. */
  readonly buffer: ArrayBuffer;
  /**
   * Takes part of the memory; it holds whatever was there.
   *
   * @returns Address in bytes, a multiple of 16.
   * @throws {@link ArgumentError} if the engine has no room for it.
   */
  readonly reserve: (bytes: number) => number;
  /** Gives back what `reserve` returned; an address that is not reserved is ignored. */
  readonly free: (address: number) => void;
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

const PAGE = 65536;
/** That of a vector. */
const ALIGNMENT = 16;

/**
 * Hands out what a module leaves of its memory.
 *
 * The first gap that is large enough is taken; neighbouring gaps are one. The memory grows when none is, and never
 * shrinks: WebAssembly cannot.
 */
export function createKernelMemory(memory: WebAssemblyMemory, base: number): KernelMemory {
  const reserved = new Map<number, number>();
  let gaps: readonly Gap[] = [{ start: aligned(base), end: memory.buffer.byteLength }];

  const grow = (bytes: number): void => {
    const { byteLength } = memory.buffer;
    const last = gaps.at(-1);
    const start = last?.end === byteLength ? last.start : byteLength;
    const pages = Math.ceil((start + bytes - byteLength) / PAGE);
    try {
      memory.grow(pages);
    } catch {
      throw new ArgumentError(
        `the kernel's memory must have room for ${bytes} bytes more, got ${byteLength} bytes that cannot grow by ${pages * PAGE}; release what is no longer needed, or pass fewer rows at a time`,
      );
    }
    gaps = merged([...gaps, { start: byteLength, end: byteLength + pages * PAGE }]);
  };

  return {
    get buffer() {
      return memory.buffer;
    },
    reserve(bytes) {
      const size = aligned(Math.max(bytes, 1));
      const fits = ({ start, end }: Gap): boolean => end - start >= size;
      if (!gaps.some(fits)) grow(size);
      const gap = gaps.find(fits) as Gap;
      const { start, end } = gap;
      gaps = gaps.flatMap((g) => (g !== gap ? [g] : start + size < end ? [{ start: start + size, end }] : []));
      reserved.set(start, size);
      return start;
    },
    free(address) {
      const size = reserved.get(address);
      if (size === undefined) return;
      reserved.delete(address);
      gaps = merged([...gaps, { start: address, end: address + size }]);
    },
  };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Gaps in order of address, those that touch as one. */
function merged(gaps: readonly Gap[]): readonly Gap[] {
  const all: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last?.end === gap.start) all[all.length - 1] = { start: last.start, end: gap.end };
    else all.push(gap);
  }
  return all;
}
