import { type WebAssemblyEngine, webAssembly } from "../core/web-assembly.ts";
import type { Kernel } from "./kernel.ts";
import { createKernelMemory, type KernelMemory } from "./kernel-memory.ts";
import { createLabelScanner } from "./label-scanner.ts";
import { mayUse } from "./relaxed-simd.ts";
import { runner } from "./run-in-memory.ts";
import { bestWasmModule, CONSTANTS, CONSTANTS_BYTES, instantiate, type WasmModule } from "./wasm-module.ts";

/** A kernel and the memory in which it works. */
export interface WasmKernel extends Kernel {
  /**
   * Arrays that lie in here are read and written where they are; others are copied in and out, a few rows at a time.
   */
  readonly memory: KernelMemory;
}

/**
 * The kernel in WebAssembly, compiled at the first call, with relaxed SIMD where the engine has it and it is allowed.
 *
 * @returns undefined where there is no WebAssembly, or none with SIMD.
 */
export function wasmKernel(): WasmKernel | undefined {
  const relaxed = mayUse("relaxed SIMD");
  if (current?.relaxed !== relaxed) {
    const engine = webAssembly();
    const module = engine && bestWasmModule(engine);
    current = { relaxed, kernel: engine && module && createWasmKernel(engine, module) };
  }
  return current.kernel;
}

/** Forgets the kernel with its memory; the next call of {@link wasmKernel} begins with an empty one. */
export function disposeWasmKernel(): void {
  current = undefined;
}

let current: { readonly relaxed: boolean; readonly kernel: WasmKernel | undefined } | undefined;

/** A kernel of its own, with its own memory. */
export function createWasmKernel(engine: WebAssemblyEngine, module: WasmModule): WasmKernel {
  const wasmMemory = new engine.Memory({ initial: 1 });
  const functions = instantiate(engine, module, wasmMemory, CONSTANTS);
  const memory = createKernelMemory(wasmMemory, CONSTANTS + CONSTANTS_BYTES);
  const scanner = createLabelScanner(memory, functions);
  return { name: module.name, memory, scanner, run: runner(memory, functions.softmaxCrossEntropy) };
}
