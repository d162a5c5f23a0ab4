import { grad, jit, numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { preciseLog, preciseLog1p } from "../../src/jax/precise-log.ts";
import { sumInBlocks } from "../../src/jax/sum-in-blocks.ts";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";

/** The largest |a/e − 1|. */
const relativeError = (actual: ArrayLike<number>, expected: readonly number[]): number =>
  expected.reduce((most, e, i) => Math.max(most, Math.abs(actual[i] / e - 1)), 0);

describe("sumInBlocks", () => {
  const random = randomStream(21);
  const [rows, classes] = [4, 32000];
  const data = Float32Array.from({ length: rows * classes }, () => -6 * random());
  const exact = Array.from({ length: rows }, (_, row) =>
    data.subarray(row * classes, (row + 1) * classes).reduce((sum, value) => sum + Math.exp(value), 0),
  );
  const given = () => np.array(data, { shape: [rows, classes] });

  test("loses five times less than one sum, where jit adds what it computes", () => {
    const plain = relativeError(jit((x: np.Array) => np.exp(x).sum(-1))(given()).dataSync(), exact);
    const blocks = relativeError(jit((x: np.Array) => sumInBlocks(np.exp(x)))(given()).dataSync(), exact);
    // What is left is the exponential's error, the same on both sides, and √32000 roundings.
    expect(blocks).toBeLessThan(plain / 5);
    expect(blocks).toBeLessThan(2e-7);
  });

  test.each([1, 5, 4095, 4096, 4099, 5000])("sums %d numbers of each row, and keeps the axis", (count) => {
    const numbers = Float32Array.from({ length: 2 * count }, (_, i) => (i % 7) - (i < count ? 2 : 3));
    const sums = sumInBlocks(np.array(numbers, { shape: [2, count] }));
    expect(sums.shape).toEqual([2, 1]);
    const expected = [0, 1].map((row) => numbers.subarray(row * count, (row + 1) * count).reduce((a, b) => a + b, 0));
    // Whole numbers: every order of adding is exact.
    expect(Array.from(sums.dataSync())).toEqual(expected);
  });
});

describe("preciseLog", () => {
  const x = Float32Array.from({ length: 4000 }, (_, i) => Math.exp(12 * (i / 2000 - 1)));

  test("is the logarithm to two units in float32's last place of its largest values", () => {
    const logs = preciseLog(np.array(x)).dataSync();
    // The exponential's relative error is at most 1.2e-6, and a logarithm near 12 is rounded to 1e-6.
    expectAllClose(logs, Array.from(x, Math.log), { atol: 2e-6 });
  });

  test("of 1 + x is exact near 0 and as good up to 1", () => {
    const small = Float32Array.from({ length: 300 }, (_, i) => Math.exp(-i / 15));
    expectAllClose(preciseLog1p(np.array(small)).dataSync(), Array.from(small, Math.log1p), { rtol: 2e-6 });
  });

  test("has the gradients 1/x and 1/(1 + x)", () => {
    const some = [0.05, 0.3, 0.9, 1];
    const gradient = (log: (x: np.Array) => np.Array) => grad((v: np.Array) => log(v).sum())(np.array(some)).dataSync();
    expectAllClose(
      gradient(preciseLog),
      some.map((v) => 1 / v),
      { rtol: 1e-6 },
    );
    expectAllClose(
      gradient(preciseLog1p),
      some.map((v) => 1 / (1 + v)),
      { rtol: 2e-6 },
    );
  });
});
