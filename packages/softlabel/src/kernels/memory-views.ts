import type { KernelMemory } from "./kernel-memory.ts";

/** All of a memory, as numbers of each kind. */
export interface MemoryViews {
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  readonly integers: Int32Array;
}

/** @returns what gives the views of the memory as it is: those of before are empty once it has grown. */
export function memoryViews(memory: KernelMemory): () => MemoryViews {
  let views = viewsOf(memory.buffer);
  return () => {
    if (views.floats.buffer !== memory.buffer) views = viewsOf(memory.buffer);
    return views;
  };
}

function viewsOf(buffer: ArrayBufferLike): MemoryViews {
  return { floats: new Float32Array(buffer), doubles: new Float64Array(buffer), integers: new Int32Array(buffer) };
}
