import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { addressOf } from "../../src/training/kernels/compiled.ts";
import { free, view } from "../../src/training/kernels/heap.ts";
import { matrixAt, multiply, panels, transposed } from "../../src/training/kernels/product.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, values } from "./support/backends.ts";

beforeAll(startTensorFlow);

const { random, between } = cases(51);
/** Whole tiles and parts of them, one block of rows and of the inner index and several. */
const sizes: (readonly [number, number, number])[] = [
  [2, 256, 16],
  [1, 1, 1],
  [3, 257, 17],
  [193, 5, 31],
  [200, 600, 33],
  ...Array.from({ length: 12 }, () => [between(1, 40), between(1, 300), between(1, 40)] as const),
];

describe.each(["plain", "first transposed", "second transposed", "both transposed"])("a product, %s", (how) => {
  it("is the sum that it stands for, and writes nothing beside it", () => {
    for (const [rows, inner, columns] of sizes) {
      const backend = tf.backend() as BackendWasm;
      const [a, b] = [values([rows, inner], random).data, values([inner, columns], random).data];
      const [first, second] = [/first|both/.test(how), /second|both/.test(how)];
      const tensors = [rows * inner, inner * columns, rows * columns + 1].map((n) =>
        backend.makeOutput([n], "float32"),
      );
      const room = panels(backend);
      const [aAt, bAt, cAt, roomAt] = [...tensors, room].map((tensor) => addressOf(backend, tensor));
      const at = (data: Float32Array, width: number, turned: boolean, height: number): Float32Array =>
        turned ? Float32Array.from(data, (_, i) => data[(i % height) * width + Math.floor(i / height)]) : data;
      view(backend, tensors[0]).set(at(a, inner, first, rows));
      view(backend, tensors[1]).set(at(b, columns, second, inner));
      view(backend, tensors[2]).fill(7);
      const [p, q] = [
        first ? transposed(matrixAt(aAt, rows)) : matrixAt(aAt, inner),
        second ? transposed(matrixAt(bAt, inner)) : matrixAt(bAt, columns),
      ];
      multiply(backend, p, q, cAt, [rows, inner, columns], roomAt);
      const c = view(backend, tensors[2]).slice();
      free(backend, ...tensors, room);
      expect(c[rows * columns]).toBe(7);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += a[i * inner + k] * b[k * columns + j];
          // float32 sums of up to 600 products of numbers below 1.
          if (!(Math.abs(c[i * columns + j] - sum) < 2e-5)) {
            expect.fail(`${rows}×${inner}×${columns} at ${i}, ${j}: got ${c[i * columns + j]}, expected ${sum}`);
          }
        }
      }
    }
  });
});
