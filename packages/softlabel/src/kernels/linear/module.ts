import { fromHexadecimal } from "../../core/from-hexadecimal.ts";
import { type WebAssemblyEngine, type WebAssemblyMemory, webAssembly } from "../../core/web-assembly.ts";
import { relaxedSimd, simd } from "./generated.ts";

/** What assembly/linear exports; every number is an address, a length in bytes or a count. */
export interface LinearKernels {
  readonly addProduct: (
    a: number,
    b: number,
    c: number,
    strideBytes: number,
    rows: number,
    columns: number,
    depth: number,
  ) => void;
  readonly packAlong: Pack;
  readonly packAcross: Pack;
  readonly addColumnSums: (x: number, strideBytes: number, rows: number, columns: number, sums: number) => void;
}

type Pack = (from: number, strideBytes: number, lanes: number, depth: number, to: number, tile: number) => void;

/** A memory and the kernels that work in it. */
export interface LinearInstance {
  readonly kernels: LinearKernels;
  readonly memory: WebAssemblyMemory;
}

export type LinearVariant = "relaxed SIMD" | "SIMD";

/** Those that this engine can run, best first. */
export function linearVariants(): readonly LinearVariant[] {
  const engine = webAssembly();
  const variants = ["relaxed SIMD", "SIMD"] as const;
  return engine ? variants.filter((variant) => engine.validate(bytesOf(variant))) : [];
}

/** @returns A new instance with a memory of its own; the module is compiled once. */
export function instantiate(variant: LinearVariant): LinearInstance {
  const engine = webAssembly() as WebAssemblyEngine;
  const module = compiled.get(variant) ?? new engine.Module(bytesOf(variant));
  compiled.set(variant, module);
  const memory = new engine.Memory({ initial: 1 });
  const { exports } = new engine.Instance(module, { env: { memory } });
  return { kernels: exports as unknown as LinearKernels, memory };
}

const compiled = new Map<LinearVariant, object>();

function bytesOf(variant: LinearVariant): Uint8Array {
  return fromHexadecimal(variant === "SIMD" ? simd : relaxedSimd);
}
