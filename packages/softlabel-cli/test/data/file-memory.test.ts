import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createFileMemory } from "../../src/data/file-memory.ts";
import { readNpz } from "../../src/data/npz.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-file-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

describe("createFileMemory", () => {
  test("files are read whole, larger and smaller ones in turn, into memory that only grows", () => {
    const memory = createFileMemory();
    const [small, large] = [Uint8Array.of(1, 2, 3), Uint8Array.from({ length: 70_000 }, (_, i) => i % 251)];
    const read = [small, large, small, large.subarray(1)].map((bytes, i) => {
      const seen = memory.read(file(`${i}`, bytes));
      expect(seen).toEqual(bytes);
      return seen.buffer;
    });
    expect(read[1]).not.toBe(read[0]);
    expect([read[2], read[3]]).toEqual([read[1], read[1]]);
    expect(read[2]).toBe(read[1]);
  });

  test("an empty file has no bytes", () => {
    expect(createFileMemory().read(file("empty", new Uint8Array(0)))).toHaveLength(0);
  });

  test("what cannot be read is named as without it", () => {
    const memory = createFileMemory();
    expect(() => readNpz(join(folder, "nothing"), [], memory)).toThrow(`${folder}/nothing does not exist`);
    expect(() => readNpz(folder, [], memory)).toThrow(`${folder} is a folder, not a file`);
  });
});
