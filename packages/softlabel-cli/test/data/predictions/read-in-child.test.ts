import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type ChildOptions, readInChild } from "../../../src/data/predictions/read-in-child.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-child-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = (name: string): Uint8Array =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/predictions/${name}`, import.meta.url)));
const guard = new URL("../../../dist/data/predictions/memory-guard.js", import.meta.url);

/** A program that has only begun to read when it does this. */
function program(name: string, text: string): URL {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

const failure = (bytes: Uint8Array, options: ChildOptions): Promise<string> =>
  readInChild(bytes, "Arrow", "FILE", options).then(
    () => "read",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("a table that is read in a process of its own", () => {
  it.each([
    ["list.parquet", "Parquet"],
    ["list-stream.arrow", "Arrow"],
  ] as const)("gives its numbers in the precision that %s has", async (name, format) => {
    const { arrays, words } = await readInChild(fixture(name), format, name);
    expect(arrays.get("logits")?.data).toEqual(
      Float32Array.from({ length: 18 }, (_, i) => 4 * Math.sin(12.9898 * (i + 1))),
    );
    expect(arrays.get("label")).toEqual({ data: Float64Array.of(0, 1, 2, 0, 1, 2), shape: [6] });
    expect(words.size).toBe(0);
  });

  it("gives its words", async () => {
    const { words } = await readInChild(fixture("wide-zstd.parquet"), "Parquet", "FILE");
    expect(words).toEqual(new Map([["id", [0, 1, 2, 3, 4, 5].map((row) => `row ${row}`)]]));
  });

  it.each([
    ["ends without an answer", "process.abort();"],
    ["answers something else", 'process.stdout.write("Segmentation fault");'],
    ["answers too little", "process.stdout.write(Uint8Array.of(9, 0, 0, 0, 123));"],
  ])("by a process that %s is refused", async (name, text) => {
    expect(await failure(Uint8Array.of(1), { program: program(name, text) })).toBe(
      "ArgumentError: FILE must be a whole Arrow file, got one whose reading breaks, or takes more than 1024 MB of memory",
    );
  });

  it.each([
    ["waits", "setInterval(() => {}, 1000);"],
    ["loops", "for (;;);"],
  ])("by a process that %s forever is refused when its time is over", async (name, text) => {
    expect(await failure(Uint8Array.of(1), { program: program(name, text), mostMs: 1_000 })).toBe(
      "ArgumentError: FILE must be a whole Arrow file, got one whose reading takes longer than 1 s",
    );
  });

  it("by a process that eats memory, never coming back to its event loop, is refused", async () => {
    const text = `import { Worker } from "node:worker_threads";
      const { mostMemory } = JSON.parse(process.argv[2]);
      const guard = new Worker(new URL(${JSON.stringify(guard.href)}), { workerData: mostMemory });
      guard.once("online", () => { for (const eaten = []; ; ) eaten.push(new Uint8Array(2 ** 20).fill(1)); });`;
    expect(await failure(Uint8Array.of(1), { program: program("eats", text), mostMemory: 200 * 2 ** 20 })).toBe(
      "ArgumentError: FILE must be a whole Arrow file, got one whose reading breaks, or takes more than 200 MB of memory",
    );
  });
});

/*
 * Found by fuzzing: crashes-v8 is list.parquet damaged by seed 163; endless-buffers, -words and -nodes are wide-lz4.arrow
 * by 1082, 50431 and 59, endless-fields and -batches wide-uncompressed.arrow by 147 and 321.
 */
describe("a file that the packages cannot stand", () => {
  it("is refused when it crashes the engine", async () => {
    await expect(readInChild(fixture("damaged/crashes-v8.parquet"), "Parquet", "FILE")).rejects.toThrow(
      /^FILE must be a whole Parquet file, got one whose reading breaks, or takes more than 1024 MB of memory$/,
    );
  });

  it.each([
    ["endless-fields.arrow", "a list of"],
    ["endless-nodes.arrow", "a list of"],
    ["endless-buffers.arrow", "words in 889192448 buffers of a batch of 10"],
    ["endless-words.arrow", "words in 2147483648 buffers of a batch of 10"],
    ["endless-batches.arrow", "Expected RecordBatch Message"],
  ])("is refused at once where %s claims more than it has", async (name, reason) => {
    const problem = await failure(fixture(`damaged/${name}`), {});
    expect(problem).toContain(`FILE must be a whole Arrow file, got one that breaks (${reason}`);
  });
});
