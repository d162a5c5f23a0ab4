import { type WasmKernel, wasmKernel } from "./wasm-kernel.ts";

/**
 * The kernel, or undefined where this engine has none: without WebAssembly or its SIMD, or where a page's content
 * security policy forbids to compile it.
 */
export function availableKernel(): WasmKernel | undefined {
  if (refused) return undefined;
  try {
    return wasmKernel();
  } catch {
    refused = true;
    return undefined;
  }
}

/** Whether the engine has refused: it would again, and asking costs a compilation. */
let refused = false;
