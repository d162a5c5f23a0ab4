import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { relaxedSimd, simd } from "../../src/kernels/generated/softmax-cross-entropy.ts";
import { wasmModules } from "../../src/kernels/wasm-module.ts";
import { generate } from "./support/build-kernels.ts";

const generated = fileURLToPath(new URL("../../src/kernels/generated/softmax-cross-entropy.ts", import.meta.url));
const text = readFileSync(generated, "utf8");

it("the generated module is what assembly/ compiles to: npm run kernels -w softlabel", async () => {
  expect(text === (await generate())).toBe(true);
});

it("both compilations together take less than 6 kB of a compressed bundle", () => {
  expect(gzipSync(relaxedSimd + simd, { level: 9 }).length).toBeLessThan(6000);
});

it("every compilation is a WebAssembly module, the better one first", () => {
  expect(wasmModules().map(({ name }) => name)).toEqual(["relaxed SIMD", "SIMD"]);
  for (const { bytes } of wasmModules()) expect([...bytes.subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});

it.each(wasmModules().map(({ name, bytes }) => [name, bytes] as const))(
  "the compilation for %s brings no data of its own: it works in any memory, wherever its constants lie",
  (_, bytes) => {
    const DATA = 11;
    const DATA_COUNT = 12;
    const ids = sectionIds(bytes);
    expect(ids).toContain(10); // code
    expect(ids).not.toContain(DATA);
    expect(ids).not.toContain(DATA_COUNT);
  },
);

/** The numbers of a module's sections, in order. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]);
    let size = 0; // LEB128
    for (let shift = 0, more = true; more; shift += 7) {
      size |= (bytes[at] & 0x7f) << shift;
      more = bytes[at++] >= 0x80;
    }
    at += size;
  }
  return ids;
}
