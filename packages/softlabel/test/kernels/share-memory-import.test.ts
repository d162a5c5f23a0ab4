import { describe, expect, it } from "vitest";
import { type WebAssemblyEngine, webAssembly } from "../../src/core/web-assembly.ts";
import { shareMemoryImport } from "../../src/kernels/share-memory-import.ts";
import { wasmModules } from "../../src/kernels/wasm-module.ts";
import "./support/wasm-kernels.ts"; // enables relaxed SIMD where the engine has it behind a flag

const engine = webAssembly() as WebAssemblyEngine;
const shared = { initial: 2, maximum: 4096, shared: true };

/** A module of this import section: `count` entries, each as bytes. */
const importing = (...entries: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.of(...header, ...types, 2, entries.flat().length + 1, entries.length, ...entries.flat());
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** One type: a function without parameters and results. */
const types = [1, 4, 1, 0x60, 0, 0];
const named = (name: string): readonly number[] => [1, 0x65, name.length, ...Buffer.from(name)];
const fn = [...named("f"), 0, 0];
const global = [...named("constants"), 3, 0x7f, 0];
const ownMemory = [...named("memory"), 2, 0, 2];

describe.each(wasmModules())("the kernel in $name that asks for a shared memory", ({ bytes }) => {
  it("is a module that takes a shared memory and no other", () => {
    const patched = shareMemoryImport(bytes);
    expect(engine.validate(patched)).toBe(true);
    const module = new engine.Module(patched);
    const start = (memory: object): object => new engine.Instance(module, { env: { memory, constants: 16 } });
    expect(start(new engine.Memory(shared))).toHaveProperty("exports.softmaxCrossEntropy");
    expect(() => start(new engine.Memory({ initial: 2 }))).toThrow(/memory/);
  });

  it("has the same code and data, byte for byte", () => {
    const [given, patched] = [bytes, shareMemoryImport(bytes)].map((all) => Buffer.from(all).toString("hex"));
    // "memory", its kind and flags 0, and a minimum below 128 pages; then flags 3 and a maximum of 2¹⁶ pages.
    const [, before = "", minimum, after] = /^(.*?6d656d6f727902)00(..)(.*)$/.exec(given) ?? [];
    const [, patchedBefore, kept, patchedAfter] = /^(.*?6d656d6f727902)03(..)808004(.*)$/.exec(patched) ?? [];
    expect(kept).toBe(minimum);
    expect(patchedAfter).toBe(after);
    // The length of the section, three more.
    expect(patchedBefore?.length).toBe(before.length);
    const different = [...before].filter((digit, at) => digit !== patchedBefore?.[at]);
    expect(different.length).toBeLessThanOrEqual(2);
  });
});

describe("the import of a memory", () => {
  it("is found behind functions and globals", () => {
    const patched = shareMemoryImport(importing(fn, global, ownMemory, fn));
    const module = new engine.Module(patched);
    const env = { f: () => {}, constants: 16, memory: new engine.Memory(shared) };
    expect(new engine.Instance(module, { e: env })).toHaveProperty("exports");
  });

  it("keeps its minimum, and loses a maximum that would refuse a larger memory", () => {
    for (const limits of [
      [0, 2],
      [1, 2, 3],
      [0, 0x82, 0],
      [1, 2, 0x80, 0x01],
    ]) {
      const patched = shareMemoryImport(importing([...named("memory"), 2, ...limits]));
      const module = new engine.Module(patched);
      const start = (initial: number) => () =>
        new engine.Instance(module, { e: { memory: new engine.Memory({ ...shared, initial }) } });
      expect(start(2)).not.toThrow();
      expect(start(1)).toThrow(/memory/);
    }
  });

  it("is changed in a section that grows over 127 bytes", () => {
    const many = [fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn, fn];
    for (const functions of [many, many.slice(1), many.slice(2)]) {
      expect(engine.validate(shareMemoryImport(importing(...functions, ownMemory)))).toBe(true);
    }
  });

  it("must be there", () => {
    const message = "a module must import a memory to share it, got one that imports none";
    expect(() => shareMemoryImport(importing(fn, global))).toThrow(new Error(message));
    expect(() => shareMemoryImport(Uint8Array.from(header))).toThrow(new Error(message));
  });
});
