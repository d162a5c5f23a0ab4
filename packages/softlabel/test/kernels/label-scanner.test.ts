import { describe, expect, it } from "vitest";
import { FEW, HASH_LENGTH, type LabelScanner } from "../../src/kernels/label-scanner.ts";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { plainScanner } from "./support/plain-kernel.ts";
import { wasmKernels } from "./support/wasm-kernels.ts";

/** Rows below and above a piece of rows, classes below and above a block of the hash and a piece of a row. */
const shapes = [1, 2, 3, 4, 5, 7, 15, 16, 17, 31, 33, 64, 127, 128, 129, 130, 257, 1000, 16_384, 16_385, 40_003].map(
  (classes) => [classes < 10 ? 300 : classes > 2000 ? 3 : 21, classes] as const,
);

function entriesOf(scanner: LabelScanner, labels: Float32Array, rows: number, classes: number) {
  const to = { classOf: new Int32Array(rows * FEW), ends: new Int32Array(rows) };
  if (!scanner.entries(labels, rows, classes, to)) return undefined;
  return { ends: to.ends, classOf: to.classOf.slice(0, to.ends[rows - 1]) };
}

function hashOf(scanner: LabelScanner, labels: Float32Array, rows: number): string {
  const hash = new Int32Array(HASH_LENGTH);
  scanner.sums(labels, rows, labels.length / rows, new Float64Array(rows), hash);
  return hash.join();
}

describe.each(wasmKernels)("labels as the kernel in %s reads them", (_, { memory, scanner }) => {
  /** The same labels outside and inside the kernel's memory, at an address that is no multiple of a vector's. */
  function twice(labels: Float32Array, check: (labels: Float32Array) => void): void {
    check(labels);
    const address = memory.reserve(4 * labels.length + 4);
    const inside = new Float32Array(memory.buffer, address + 4, labels.length);
    inside.set(labels);
    check(inside);
    memory.free(address);
  }

  it.each(shapes)("have every entry that is not 0 found, in [%i, %i]", (rows, classes) => {
    const random = randomStream(classes);
    const labels = new Float32Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      for (let i = row % (FEW + 1); i > 0; i--) labels[row * classes + Math.floor(random() * classes)] = random() - 0.5;
    }
    labels[0] = Number.NaN;
    labels[classes - 1] = 1e-45;
    twice(labels, (q) =>
      expect(entriesOf(scanner, q, rows, classes)).toEqual(entriesOf(plainScanner, q, rows, classes)),
    );
    if (classes <= FEW) return;
    labels.fill(0, (rows - 1) * classes).fill(1, (rows - 1) * classes, (rows - 1) * classes + FEW);
    twice(labels, (q) => expect(entriesOf(scanner, q, rows, classes)).toBeDefined());
    labels[rows * classes - 1] = 1;
    twice(labels, (q) => expect(entriesOf(scanner, q, rows, classes)).toBeUndefined());
  });

  it.each(shapes)("are summed row by row, and one sign or NaN shows, in [%i, %i]", (rows, classes) => {
    const random = randomStream(classes);
    const labels = Float32Array.from({ length: rows * classes }, () => (2 * random()) / classes);
    const [sums, wanted, hash] = [new Float64Array(rows), new Float64Array(rows), new Int32Array(HASH_LENGTH)];
    plainScanner.sums(labels, rows, classes, wanted, hash);
    twice(labels, (q) => {
      expect(scanner.sums(q, rows, classes, sums, hash)).toBe(true);
      // Ten roundings of float32, half a unit each, at most.
      expectAllClose(sums, wanted, { rtol: 10 * 2 ** -24 });
    });
    const at = Math.floor(random() * labels.length);
    for (const wrong of [-0, -1e-45, -1, Number.NEGATIVE_INFINITY]) {
      const other = labels.slice().fill(wrong, at, at + 1);
      twice(other, (q) => expect(scanner.sums(q, rows, classes, sums, hash)).toBe(false));
    }
    twice(labels.slice().fill(Number.NaN, at, at + 1), (q) => {
      scanner.sums(q, rows, classes, sums, hash);
      expect(Array.from(sums, Number.isNaN)).toEqual(Array.from(sums, (_, row) => row === Math.floor(at / classes)));
    });
  });

  it("have a hash that any changed bit and any exchange of two numbers changes, wherever they lie", () => {
    const random = randomStream(5);
    for (const classes of [9, 130, 1000, 20_000]) {
      // Powers of two, whose lowest 23 bits are 0, and other numbers.
      for (const number of [() => 2 ** -Math.floor(9 * random()), random]) {
        const labels = Float32Array.from({ length: 3 * classes }, number);
        const before = hashOf(scanner, labels, 3);
        twice(labels, (q) => expect(hashOf(scanner, q, 3)).toBe(before));
        for (let i = 0; i < 200; i++) {
          const other = labels.slice();
          const [from, to] = [0, 0].map(() => Math.floor(random() * labels.length));
          [other[from], other[to]] = [other[to], other[from]];
          expect(hashOf(scanner, other, 3) === before, `${from} and ${to} of ${classes} classes`).toBe(
            labels[from] === labels[to],
          );
          const bits = new Int32Array(other.buffer);
          bits.set(new Int32Array(labels.buffer));
          bits[from] ^= 1 << (i % 32);
          expect(hashOf(scanner, other, 3)).not.toBe(before);
        }
      }
    }
  });

  it("do not make the memory grow", () => {
    const before = memory.buffer.byteLength;
    const labels = new Float32Array(300_000).fill(1e-5);
    entriesOf(scanner, labels, 2, 150_000);
    hashOf(scanner, labels, 2);
    expect(memory.buffer.byteLength).toBe(before);
  });
});
