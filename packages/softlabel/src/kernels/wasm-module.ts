import { relaxedSimd, simd } from "./generated/softmax-cross-entropy.ts";
import type { WebAssemblyEngine } from "./web-assembly.ts";

/** One compilation of the kernel. */
export interface WasmModule {
  readonly name: "relaxed SIMD" | "SIMD";
  readonly bytes: Uint8Array;
}

/** The compilations, best first. */
export function wasmModules(): readonly WasmModule[] {
  return [
    { name: "relaxed SIMD", bytes: decode(relaxedSimd) },
    { name: "SIMD", bytes: decode(simd) },
  ];
}

/** The best compilation that the engine can run; undefined if none. */
export function bestWasmModule(engine: WebAssemblyEngine): WasmModule | undefined {
  return wasmModules().find(({ bytes }) => engine.validate(bytes));
}

function decode(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
