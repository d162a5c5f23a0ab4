import { readFileSync } from "node:fs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";

type Run = (...addressesAndSizes: readonly number[]) => number;

/** The functions of `assembly/`, each documented there; every argument is an address in the heap or a size. */
export interface CompiledKernels {
  readonly maxPoolGradient: Run;
  readonly biasRelu: Run;
  readonly reluGradient: Run;
  readonly columnSums: Run;
  readonly filterGradient: Run;
  readonly inputGradient: Run;
  readonly countNonZero: Run;
  readonly linearMap: Run;
  readonly product: Run;
  readonly gatherWindows: Run;
  readonly scatterWindows: Run;
}

interface Instance {
  readonly exports: CompiledKernels;
}
// Node has these; the types of ES2023 and of Node do not name them.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => Instance;
};

const instances = new WeakMap<BackendWasm, CompiledKernels>();

/** The compiled kernels in the memory of a backend: they read and write its tensors where they lie. */
export function compiled(backend: BackendWasm): CompiledKernels {
  const known = instances.get(backend);
  if (known) return known;
  const bytes = readFileSync(new URL("../../../dist/training/engine/kernels.wasm", import.meta.url));
  const { memory } = (backend.wasm as unknown as { readonly asm: { readonly memory: object } }).asm;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  instances.set(backend, exports);
  return exports;
}

/** Where a tensor lies in the heap; stays where it is when the heap grows. */
export function addressOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.getMemoryOffset(dataId as Parameters<BackendWasm["getMemoryOffset"]>[0]);
}
