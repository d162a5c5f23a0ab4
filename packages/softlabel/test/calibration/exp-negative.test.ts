import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expNegative } from "../../src/calibration/exp-negative.ts";

describe("expNegative", () => {
  test("is within 4e-16 of Math.exp, whose own error is below 1 ulp, wherever it is not 0", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 0, noNaN: true }), (x) => {
        expect(Math.abs(expNegative(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(4e-16);
      }),
      { numRuns: 20_000 },
    );
  });

  test("is exact at 0 and accurate at every turn of its table", () => {
    expect(expNegative(0)).toBe(1);
    for (let i = 1; i < 5000; i++) {
      for (const x of [(-i * Math.LN2) / 64, (-(i + 0.5) * Math.LN2) / 64]) {
        expect(Math.abs(expNegative(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(4e-16);
      }
    }
  });

  test("is 0 below −700 and at −∞, and NaN of NaN", () => {
    expect([expNegative(-700.1), expNegative(-Infinity), expNegative(Number.NaN)]).toEqual([0, 0, Number.NaN]);
  });
});
