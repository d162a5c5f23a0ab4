import type { Tensor } from "../core/tensor.ts";
import { availableKernel } from "./available-kernel.ts";
import { createTensors } from "./tensors.ts";
import { disposeWasmKernel } from "./wasm-kernel.ts";

const tensors = /* @__PURE__ */ createTensors(() => availableKernel()?.memory, "allocate");

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
  return tensors.allocate(shape);
}

/**
 * Gives a tensor's memory back to the kernel, for the next tensor or call; to the system only {@link dispose} does.
 *
 * @param tensor - From {@link allocate}; it must not be used afterwards.
 * @throws {@link ArgumentError} if it is not, or was released before.
 */
export function release(tensor: Tensor<Float32Array>): void {
  tensors.release(tensor);
}

/**
 * Releases every tensor from {@link allocate} and drops the kernel with all of its memory, which the engine then
 * collects. The next call starts a new one.
 */
export function dispose(): void {
  tensors.clear();
  disposeWasmKernel();
}
