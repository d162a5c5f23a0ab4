import { expect, it } from "vitest";
import { wasmModules } from "../../src/kernels/wasm-module.ts";
import { runInForeignMemory } from "./support/foreign-memory.ts";
import { engine } from "./support/wasm-kernels.ts";

it.each(wasmModules().map((module) => [module.name, module] as const))(
  "the kernel in %s gives the same bits wherever its constants and its numbers lie, and writes nowhere else",
  (_, module) => {
    const home = runInForeignMemory(engine, module, 16, 128);
    const far = runInForeignMemory(engine, module, 3 * 65536 - 80, 65536 + 16);
    expect(far.results).toEqual(home.results);
    expect(home.results.some((byte) => byte !== home.results[0])).toBe(true);
    expect(home.strayWrites).toEqual([]);
    expect(far.strayWrites).toEqual([]);
  },
);
