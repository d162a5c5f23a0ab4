import { fromHexadecimal } from "../core/from-hexadecimal.ts";
import type { WebAssemblyEngine } from "../core/web-assembly.ts";
import { relaxedSimd, simd } from "./generated/softmax-cross-entropy.ts";
import type { LabelFunctions } from "./label-scanner.ts";
import { mayUse } from "./relaxed-simd.ts";
import type { RowsFunction } from "./run-in-memory.ts";

/** One compilation of the kernel. */
export interface WasmModule {
  readonly name: "relaxed SIMD" | "SIMD";
  readonly bytes: Uint8Array;
}

/** The compilations, best first. */
export function wasmModules(): readonly WasmModule[] {
  return [
    { name: "relaxed SIMD", bytes: fromHexadecimal(relaxedSimd) },
    { name: "SIMD", bytes: fromHexadecimal(simd) },
  ];
}

/** The best compilation that the engine can run and `useRelaxedSimd` allows; undefined if none. */
export function bestWasmModule(engine: WebAssemblyEngine): WasmModule | undefined {
  return wasmModules().find(({ name, bytes }) => mayUse(name) && engine.validate(bytes));
}

/** What assembly/softmax-cross-entropy.ts exports. */
export interface KernelExports extends LabelFunctions {
  readonly softmaxCrossEntropy: RowsFunction;
  /** Fills the table of constants. */
  readonly writeConstants: () => void;
}

/** The bytes of the table of constants, which begins at a multiple of 16 that is not 0. */
export const CONSTANTS_BYTES = 80;
/** Where the table lies in a memory that is the kernel's alone: the first such place. */
export const CONSTANTS = 16;

/**
 * The module's functions, at work in a memory that may be another's: they touch the table of constants and what they
 * are given, nothing else.
 *
 * @param memory - A `WebAssembly.Memory`.
 * @param constants - Where the table lies, {@link CONSTANTS_BYTES} that nothing else writes to.
 */
export function instantiate(
  engine: WebAssemblyEngine,
  { bytes }: Pick<WasmModule, "bytes">,
  memory: object,
  constants: number,
): KernelExports {
  const { exports } = new engine.Instance(new engine.Module(bytes), { env: { memory, constants } });
  const functions = exports as unknown as KernelExports;
  functions.writeConstants();
  return functions;
}
