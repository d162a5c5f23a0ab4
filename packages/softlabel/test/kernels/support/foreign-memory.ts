import type { WebAssemblyEngine } from "../../../src/core/web-assembly.ts";
import { CONSTANTS_BYTES, instantiate, type WasmModule } from "../../../src/kernels/wasm-module.ts";
import { randomStream } from "../../core/random-call.ts";

const ROWS = 9;
const CLASSES = 37;
const SIZE = 4 * ROWS * CLASSES;
/** What the owner of the memory has everywhere. */
const OWNERS = 0xa5;

/** What one call gave, byte by byte, and where it or the constants wrote. */
export interface ForeignRun {
  readonly results: Uint8Array;
  /** Addresses of bytes that changed, outside the table of constants and what the call was given to write to. */
  readonly strayWrites: readonly number[];
}

/** Runs a module on one and the same problem in a memory of which it is given a few places, from `base` on. */
export function runInForeignMemory(
  engine: WebAssemblyEngine,
  module: WasmModule,
  constants: number,
  base: number,
): ForeignRun {
  const memory = new engine.Memory({ initial: 4 });
  const { buffer } = memory;
  const bytes = new Uint8Array(buffer).fill(OWNERS);
  let next = base;
  const take = (size: number): number => {
    const at = next;
    next += Math.ceil(size / 16) * 16 + 64;
    return at;
  };
  const [logits, gradient, labels, hard, smooth, scales, crossEntropy, priorCrossEntropy, scratch] = [
    SIZE,
    SIZE,
    4 * ROWS,
    ...Array.from({ length: 5 }, () => 8 * ROWS),
    4 * CLASSES + 32,
  ].map(take);
  const random = randomStream(1);
  const z = new Float32Array(buffer, logits, ROWS * CLASSES);
  // The last rows leave the fast pass, each in its own way.
  for (let i = 0; i < z.length; i++) z[i] = 6 * random() - 3 + (i >= 7 * CLASSES ? 1e4 * (i % 2) : 0);
  new Int32Array(buffer, labels, ROWS).set(Array.from({ length: ROWS }, (_, row) => (5 * row) % CLASSES));
  for (const at of [hard, smooth, scales]) new Float64Array(buffer, at, ROWS).set(Array.from({ length: ROWS }, random));

  const before = bytes.slice();
  const { softmaxCrossEntropy } = instantiate(engine, module, memory, constants);
  softmaxCrossEntropy(
    logits,
    gradient,
    labels,
    0,
    0,
    hard,
    smooth,
    scales,
    crossEntropy,
    priorCrossEntropy,
    scratch,
    ROWS,
    CLASSES,
  );
  const written = [
    [gradient, SIZE],
    [crossEntropy, 8 * ROWS],
    [priorCrossEntropy, 8 * ROWS],
  ] as const;
  const mine = [[constants, CONSTANTS_BYTES], ...written];
  const strayWrites: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== before[at] && !mine.some(([start, size]) => at >= start && at < start + size))
      strayWrites.push(at);
  }
  return { results: Uint8Array.from(written.flatMap(([at, size]) => [...bytes.subarray(at, at + size)])), strayWrites };
}
