import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { sizeOf, type Tensor } from "../core/tensor.ts";
import { availableKernel } from "./available-kernel.ts";
import { ordinaryArray } from "./ordinary-array.ts";
import { disposeWasmKernel } from "./wasm-kernel.ts";

/** Where the numbers of a tensor lie. */
interface Place {
  /** The numbers as they can be reached now: a view is emptied when the kernel's memory grows. */
  readonly view: () => Float32Array;
  readonly free: () => void;
}

/** Every tensor from {@link allocate} that has not been released. */
const places: Map<Tensor<Float32Array>, Place> = /* @__PURE__ */ new Map();

/**
 * A float32 tensor of zeros in the kernel's own memory: as logits, labels or `gradientInto` it is read and written
 * where it lies, without a copy.
 *
 * Read `data` from the tensor each time: the array that it gave before is emptied when the kernel's memory grows, which
 * any call may cause. Without WebAssembly the tensor is an ordinary one.
 *
 * @param shape - Lengths of the axes.
 * @throws {@link ArgumentError} if the shape is none, or the engine has no memory for it; `data` throws once the tensor
 * is released.
 * @example
 * allocate([2, 3]).data; // [0, 0, 0, 0, 0, 0]
 */
export function allocate(shape: readonly number[]): Tensor<Float32Array> {
  if (!Array.isArray(shape) || !Array.from(shape).every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new ArgumentError(`shape must be an array of lengths, got ${describe(shape)}`);
  }
  const place = placeFor(shape);
  place.view().fill(0);
  const tensor: Tensor<Float32Array> = {
    get data() {
      const place = places.get(tensor);
      if (place === undefined) throw released();
      return place.view();
    },
    shape: [...shape],
  };
  places.set(tensor, place);
  return tensor;
}

/**
 * Gives a tensor's memory back to the kernel, for the next tensor or call; to the system only {@link dispose} does.
 *
 * @param tensor - From {@link allocate}; it must not be used afterwards.
 * @throws {@link ArgumentError} if it is not, or was released before.
 */
export function release(tensor: Tensor<Float32Array>): void {
  const place = places.get(tensor);
  if (place === undefined) throw released();
  places.delete(tensor);
  place.free();
}

/**
 * Releases every tensor from {@link allocate} and drops the kernel with all of its memory, which the engine then
 * collects. The next call starts a new one.
 */
export function dispose(): void {
  places.clear();
  disposeWasmKernel();
}

function placeFor(shape: readonly number[]): Place {
  const length = sizeOf(shape);
  const memory = availableKernel()?.memory;
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
}

const released = (): ArgumentError =>
  new ArgumentError("tensor must come from allocate and not be released yet, got one that is not held");
