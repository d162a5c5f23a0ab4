import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChunkProducts, Layer } from "../../../src/kernels/linear/chunk-products.ts";
import { instantiate, linearVariants } from "../../../src/kernels/linear/module.ts";
import { plainProducts } from "../../../src/kernels/linear/plain-products.ts";
import { wasmProducts } from "../../../src/kernels/linear/wasm-products.ts";
import { type Bounded, exactProduct, randomLayer } from "./random-layer.ts";

// Behind a flag until Node 22.
if (!linearVariants().includes("relaxed SIMD")) setFlagsFromString("--experimental-wasm-relaxed-simd");

type Make = (layer: Layer, chunkRows: number) => ChunkProducts;

const variants: [string, () => Make][] = [
  ["plain TypeScript", () => plainProducts],
  ...linearVariants().map((variant): [string, () => Make] => [
    variant,
    () => {
      const instance = instantiate(variant);
      return (layer, chunkRows) => {
        const made = wasmProducts(layer, chunkRows, instance);
        // What an earlier call left behind may have no part in this one.
        new Float32Array(instance.memory.buffer).fill(Number.NaN);
        return made;
      };
    },
  ]),
];

test("the engine that runs the tests has both kinds of SIMD, so that every kernel is tested", () => {
  expect(linearVariants()).toEqual(["relaxed SIMD", "SIMD"]);
});

describe.each(variants)("products of a linear layer in %s", (_name, start) => {
  const make = start();

  test.each([
    ["one number", 1, 1, 1],
    ["whole tiles", 8, 24, 24],
    ["every edge ragged", 5, 7, 11],
    ["two thirds of a tile of columns", 4, 4, 20],
    ["more classes than a panel has", 6, 9, 517],
    ["more width than a block has", 9, 523, 13],
    ["more rows than are usual", 261, 3, 5],
  ])("are right within float32's rounding: %s", (_case, rows, width, classes) => {
    checkLayer(make, 1, rows, width, classes, rows);
  });

  test("are right for any shape and chunk", () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 41 }),
    );
    fc.assert(
      fc.property(fc.integer(), shape, (seed, [rows, width, classes, chunkRows]) =>
        checkLayer(make, seed, rows, width, classes, chunkRows),
      ),
      { numRuns: 30 },
    );
  });

  test("forget the rows of the last chunk, also when the next is smaller", () => {
    checkLayer(make, 3, 7, 6, 10, 4);
  });
});

/** Forward, a gradient that is given, and backward, chunk by chunk; every number against float64. */
function checkLayer(make: Make, seed: number, rows: number, width: number, classes: number, chunkRows: number): void {
  const { features, weight, bias, random } = randomLayer(seed, rows, width, classes);
  const [x, w] = [features.data, weight.data];
  const gradient = Float32Array.from({ length: rows * classes }, () => random() - 0.5);
  const gradWeight = new Float32Array(classes * width);
  const gradBias = new Float64Array(classes);
  const chunk = make({ classes, width, weight: w, bias, gradWeight, gradBias }, chunkRows);
  const logits = new Float32Array(rows * classes);
  const gradFeatures = new Float32Array(rows * width);
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    chunk.features.set(x.subarray(from * width, (from + count) * width));
    chunk.forward(count);
    logits.set(chunk.logits.subarray(0, count * classes), from * classes);
    chunk.logits.set(gradient.subarray(from * classes, (from + count) * classes));
    chunk.backward(count);
    gradFeatures.set(chunk.features.subarray(0, count * width), from * width);
  }
  const g = (row: number, k: number): number => gradient[row * classes + k];
  expectWithin(
    logits,
    exactProduct(
      rows,
      classes,
      width,
      (row, i) => x[row * width + i],
      (i, k) => w[k * width + i],
      (_row, k) => bias[k],
    ),
    "logits",
  );
  expectWithin(
    gradFeatures,
    exactProduct(rows, width, classes, g, (k, i) => w[k * width + i]),
    "gradFeatures",
  );
  expectWithin(
    gradWeight,
    exactProduct(
      classes,
      width,
      rows,
      (k, row) => g(row, k),
      (row, i) => x[row * width + i],
    ),
    "gradWeight",
  );
  expectWithin(
    gradBias,
    exactProduct(
      classes,
      1,
      rows,
      (k, row) => g(row, k),
      () => 1,
    ),
    "gradBias",
  );
}

function expectWithin(actual: ArrayLike<number>, { value, bound }: Bounded, context: string): void {
  expect(actual.length, context).toBe(value.length);
  for (let i = 0; i < value.length; i++) {
    const error = Math.abs(actual[i] - value[i]);
    if (!(error <= bound[i])) expect.fail(`${context} ${i}: got ${actual[i]}, expected ${value[i]} ± ${bound[i]}`);
  }
}
