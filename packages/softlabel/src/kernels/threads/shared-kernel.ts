import { createKernelMemory, type KernelMemory } from "../kernel-memory.ts";
import type { LabelFunctions } from "../label-scanner.ts";
import type { RowsFunction } from "../run-in-memory.ts";
import type { WasmModule } from "../wasm-module.ts";
import type { WebAssemblyEngine, WebAssemblyMemory } from "../web-assembly.ts";
import { shareMemoryImport } from "./share-memory-import.ts";

/** The kernel at work in a memory that other threads can share. */
export interface SharedKernel {
  /** What another thread makes an instance of, and what that instance is given. */
  readonly module: object;
  readonly imports: object;
  /** This thread's. */
  readonly functions: KernelFunctions;
  /** What the module leaves of the memory. */
  readonly memory: KernelMemory;
}

/** What assembly/softmax-cross-entropy.ts exports. */
interface KernelFunctions extends LabelFunctions {
  readonly softmaxCrossEntropy: RowsFunction;
  /** The first byte of the memory that is not the module's own. */
  readonly heapBase: { readonly value: number };
}

/** @returns undefined where the engine has no memory that can be shared. */
export function createSharedKernel(engine: WebAssemblyEngine, { bytes }: WasmModule): SharedKernel | undefined {
  const wasmMemory = sharedMemory(engine);
  if (wasmMemory === undefined) return undefined;
  const module = new engine.Module(shareMemoryImport(bytes));
  const imports = { env: { memory: wasmMemory } };
  const functions = new engine.Instance(module, imports).exports as unknown as KernelFunctions;
  return { module, imports, functions, memory: createKernelMemory(wasmMemory, functions.heapBase.value) };
}

/** Memory that threads share needs a maximum, and some engines reserve that much: the largest that this one accepts. */
function sharedMemory(engine: WebAssemblyEngine): WebAssemblyMemory | undefined {
  for (const maximum of MAXIMA) {
    try {
      const limits = { initial: 1, maximum, shared: true };
      return new engine.Memory(limits);
    } catch {
      // The next may be accepted.
    }
  }
  return undefined;
}

/** Pages of 64 KiB: 4 GiB, 2 GiB, 1 GiB, 256 MiB. */
const MAXIMA = [65536, 32768, 16384, 4096];
