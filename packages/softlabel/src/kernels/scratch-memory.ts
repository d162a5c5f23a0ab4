import type { KernelMemory } from "./kernel-memory.ts";

/**
 * A place in the memory that one call after another uses.
 *
 * @param bytes - Taken at once; 0: none is.
 * @returns what gives its address when so many bytes are needed; its content is lost, and the memory may grow.
 */
export function scratchMemory(memory: KernelMemory, bytes: number): (needed: number) => number {
  let scratch = { address: bytes === 0 ? 0 : memory.reserve(bytes), bytes };
  return (needed) => {
    if (needed > scratch.bytes) {
      memory.free(scratch.address);
      scratch = { address: 0, bytes: 0 };
      scratch = { address: memory.reserve(needed), bytes: needed };
    }
    return scratch.address;
  };
}
