import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { KernelFunc, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";

/** The name under which TensorFlow.js knows its WebAssembly backend. */
export const backendName = "wasm";

export interface KernelCall<Input extends string, Attributes = object> {
  readonly inputs: Readonly<Record<Input, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

/**
 * Gives a typed kernel the engine's type, which knows neither its inputs nor its attributes.
 *
 * Three rules of the backend hold in every kernel of this folder:
 * - XNNPACK packs the second operand (`b` of a product, a convolution's filter) once and keeps it under the tensor's
 *   id: a tensor is never changed in place once such an operation has seen it.
 * - What a kernel allocates is not tracked by `tf.tidy`: whatever is not handed back goes through {@link free}.
 * - An allocation may grow the heap, which detaches every view of it: views are taken after the last allocation.
 */
export function asKernel<Input extends string, Attributes>(
  kernel: (call: KernelCall<Input, Attributes>) => TensorInfo | TensorInfo[],
): KernelFunc {
  return kernel as unknown as KernelFunc;
}

/** Runs a registered kernel below the engine: neither recorded for gradients nor tracked. */
export function call(
  backend: BackendWasm,
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object,
): TensorInfo {
  const kernel = tf.getKernel(kernelName, backendName);
  if (!kernel) throw new Error(`kernel must be registered for ${backendName}, got ${kernelName}`);
  return kernel.kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend }) as TensorInfo;
}

export function transpose(backend: BackendWasm, x: TensorInfo, perm: readonly number[]): TensorInfo {
  return call(backend, "Transpose", { x }, { perm });
}

export function free(backend: BackendWasm, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** The tensor's numbers in the heap itself; valid until the next allocation. */
export function view(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** Four-number padding, which the backend takes without arithmetic of its own. */
export type ExplicitPadding = [[0, 0], [number, number], [number, number], [0, 0]];

export function padding(top: number, bottom: number, left: number, right: number): ExplicitPadding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
