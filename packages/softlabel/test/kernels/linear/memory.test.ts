import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type WebAssemblyMemory, webAssembly } from "../../../src/core/web-assembly.ts";
import { randomStream } from "../../core/random-call.ts";
import { randomLayer } from "./random-layer.ts";

/** The memories that WebAssembly has made since the test began: the loss' kernel makes one as well. */
const memories: WebAssemblyMemory[] = [];
let linear: typeof import("../../../src/kernels/linear/index.ts");

beforeEach(async () => {
  memories.length = 0;
  vi.resetModules();
  const engine = webAssembly();
  if (engine === undefined) return expect.fail("this engine has no WebAssembly");
  const { validate, Module, Instance, Memory } = engine;
  const CountedMemory = class extends Memory {
    constructor(...limits: ConstructorParameters<typeof Memory>) {
      super(...limits);
      memories.push(this);
    }
  };
  vi.stubGlobal("WebAssembly", { validate, Module, Instance, Memory: CountedMemory });
  linear = await import("../../../src/kernels/linear/index.ts");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const bytesHeld = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

function call(rows: number, width: number, classes: number, chunkRows?: number): void {
  const { indices, features, weight, bias } = randomLayer(rows, rows, width, classes);
  linear.linearSoftmaxCrossEntropy(indices, features, weight, { bias, gradient: true, chunkRows });
}

test("two hundred calls of different shapes work in the memory of the largest of them", () => {
  call(40, 50, 300);
  const held = bytesHeld();
  expect(memories.length).toBe(2);
  const random = randomStream(7);
  const upTo = (most: number): number => 1 + Math.floor(most * random());
  for (let i = 0; i < 200; i++) call(upTo(40), upTo(50), upTo(300), upTo(40));
  expect(memories.length).toBe(2);
  expect(bytesHeld()).toBe(held);
});

test("memory of more than 32 MiB, which chunkRows may ask for, is not kept after the call", () => {
  call(300, 1, 30_000, 300);
  const before = memories.length;
  call(2, 1, 3);
  expect(memories.length).toBe(before + 1);
  call(2, 1, 3);
  expect(memories.length).toBe(before + 1);
});

test("by default no more than 16 MiB of logits are held, however many rows there are", () => {
  call(300, 1, 30_000);
  // 16 MiB and the panels; the logits of all rows are 36 MB.
  for (const { buffer } of memories) expect(buffer.byteLength).toBeLessThan(20e6);
});
