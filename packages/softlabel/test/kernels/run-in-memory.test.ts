import { expect, test } from "vitest";
import { ArgumentError } from "../../src/core/argument-error.ts";
import { type WebAssemblyEngine, webAssembly } from "../../src/core/web-assembly.ts";
import type { KernelCall } from "../../src/kernels/kernel.ts";
import { createKernelMemory } from "../../src/kernels/kernel-memory.ts";
import { runner } from "../../src/kernels/run-in-memory.ts";

/** One row of ones that is copied in. */
function callOf(classes: number): KernelCall {
  return {
    rows: 1,
    classes,
    logits: new Float32Array(classes).fill(1),
    gradient: undefined,
    labels: new Int32Array(1),
    labelSums: undefined,
    prior: undefined,
    hard: new Float64Array(1).fill(1),
    smooth: new Float64Array(1),
    scale: new Float64Array(1).fill(1),
    crossEntropy: new Float64Array(1),
    priorCrossEntropy: new Float64Array(1),
  };
}

test("a call for which there is no memory leaves the next call none that somebody else has reserved since", () => {
  const engine = webAssembly() as WebAssemblyEngine;
  const memory = createKernelMemory(new engine.Memory({ initial: 1, maximum: 4 }), 16);
  const run = runner(memory, () => {});
  expect(() => run(callOf(100_000))).toThrow(ArgumentError);
  const bytes = 60_000;
  const address = memory.reserve(bytes);
  // A new view each time: the call may make the memory grow.
  const other = (): Uint8Array => new Uint8Array(memory.buffer, address, bytes);
  other().fill(7);
  run(callOf(1000));
  expect(other().every((byte) => byte === 7)).toBe(true);
});
