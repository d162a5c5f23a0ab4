import v8 from "node:v8";
import { type WebAssemblyEngine, webAssembly } from "../../../src/core/web-assembly.ts";
import { createWasmKernel, type WasmKernel } from "../../../src/kernels/wasm-kernel.ts";
import { wasmModules } from "../../../src/kernels/wasm-module.ts";

/** This engine, with relaxed SIMD where it has it. */
export const engine: WebAssemblyEngine = webAssembly() as WebAssemblyEngine;

// Node 20 has relaxed SIMD behind a flag, later versions have it as it is.
if (!wasmModules().every(({ bytes }) => engine.validate(bytes))) {
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Every compilation of the kernel, each with a memory of its own. */
export const wasmKernels: readonly (readonly [string, WasmKernel])[] = wasmModules().map((module) => [
  module.name,
  createWasmKernel(engine, module),
]);
