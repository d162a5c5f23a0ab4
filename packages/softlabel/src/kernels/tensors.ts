import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { sizeOf, type Tensor } from "../core/tensor.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { ordinaryArray } from "./ordinary-array.ts";

/** The tensors that somebody holds in one memory. */
export interface Tensors {
  readonly allocate: (shape: readonly number[]) => Tensor<Float32Array>;
  readonly release: (tensor: Tensor<Float32Array>) => void;
  /** Releases all. */
  readonly clear: () => void;
}

/**
 * @param memoryNow - Where tensors are allocated; undefined: in arrays of their own.
 * @param source - Where tensors come from, for errors.
 */
export function createTensors(memoryNow: () => KernelMemory | undefined, source: string): Tensors {
  /** What gives back the place of each tensor that is held. */
  const held = new Map<Tensor<Float32Array>, () => void>();

  const placeFor = (shape: readonly number[]): { readonly view: () => Float32Array; readonly free: () => void } => {
    const length = sizeOf(shape);
    const memory = memoryNow();
    if (memory === undefined) {
      const data = ordinaryArray(shape);
      return { view: () => data, free: () => {} };
    }
    const address = memory.reserve(length * Float32Array.BYTES_PER_ELEMENT);
    let view = new Float32Array(memory.buffer, address, length);
    return {
      view() {
        if (view.buffer !== memory.buffer) view = new Float32Array(memory.buffer, address, length);
        return view;
      },
      free: () => memory.free(address),
    };
  };

  const notHeld = (): ArgumentError =>
    new ArgumentError(`tensor must come from ${source} and not be released yet, got one that is not held`);

  return {
    allocate(shape) {
      if (!Array.isArray(shape) || !Array.from(shape).every((length) => Number.isSafeInteger(length) && length >= 0)) {
        throw new ArgumentError(`shape must be an array of lengths, got ${describe(shape)}`);
      }
      const { view, free } = placeFor(shape);
      view().fill(0);
      const tensor: Tensor<Float32Array> = {
        get data() {
          if (!held.has(tensor)) throw notHeld();
          return view();
        },
        shape: [...shape],
      };
      held.set(tensor, free);
      return tensor;
    },
    release(tensor) {
      const free = held.get(tensor);
      if (free === undefined) throw notHeld();
      held.delete(tensor);
      free();
    },
    clear() {
      for (const free of held.values()) free();
      held.clear();
    },
  };
}
