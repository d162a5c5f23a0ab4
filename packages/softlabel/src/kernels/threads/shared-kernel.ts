import type { WebAssemblyEngine, WebAssemblyMemory } from "../../core/web-assembly.ts";
import { createKernelMemory, type KernelMemory } from "../kernel-memory.ts";
import { shareMemoryImport } from "../share-memory-import.ts";
import { CONSTANTS, CONSTANTS_BYTES, type KernelExports, type WasmModule } from "../wasm-module.ts";

/** The kernel at work in a memory that other threads can share. */
export interface SharedKernel {
  /** What another thread makes an instance of, and what that instance is given. */
  readonly module: object;
  readonly imports: object;
  /** This thread's. */
  readonly functions: KernelExports;
  /** What the module leaves of the memory. */
  readonly memory: KernelMemory;
}

/** @returns undefined where the engine has no memory that can be shared. */
export function createSharedKernel(engine: WebAssemblyEngine, { bytes }: WasmModule): SharedKernel | undefined {
  const wasmMemory = sharedMemory(engine);
  if (wasmMemory === undefined) return undefined;
  const module = new engine.Module(shareMemoryImport(bytes));
  // One table for all threads: each reads the same constants from it.
  const imports = { env: { memory: wasmMemory, constants: CONSTANTS } };
  const functions = new engine.Instance(module, imports).exports as unknown as KernelExports;
  functions.writeConstants();
  return { module, imports, functions, memory: createKernelMemory(wasmMemory, CONSTANTS + CONSTANTS_BYTES) };
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
