import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pythonWith } from "../../../../../test/optional-parts/optional-parts.ts";
import { mostDimensions, sobolPoints } from "../../../src/experiment/search/sobol.ts";

const scipy = pythonWith("scipy");

describe("Sobol's points", () => {
  it("begin with the centre, then the quarters, in Gray-code order", () => {
    expect(sobolPoints(8, 4, null)).toEqual([
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25],
      [0.25, 0.75, 0.75, 0.75],
      [0.375, 0.375, 0.625, 0.875],
      [0.875, 0.875, 0.125, 0.375],
      [0.625, 0.125, 0.875, 0.625],
      [0.125, 0.625, 0.375, 0.125],
    ]);
  });

  it.skipIf(scipy === null)("are SciPy's, bit for bit, in every coordinate [needs scipy]", () => {
    const script = `
import json, warnings
from scipy.stats import qmc
warnings.simplefilter("ignore")
print(json.dumps(qmc.Sobol(${mostDimensions}, scramble=False).random(1000).tolist()))`;
    const { stdout, stderr } = spawnSync(scipy as string, ["-c", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    const expected = JSON.parse(stdout) as number[][];
    expect(expected).toHaveLength(1000);
    expect(sobolPoints(1000, mostDimensions, null)).toEqual(expected);
  });

  it.each([null, 1, 2, 77])(
    "of a power of 2 put one into each of as many intervals of every coordinate, scrambled by seed %s or not",
    (seed) => {
      for (const count of [2, 16, 128]) {
        const points = sobolPoints(count, mostDimensions, seed);
        for (let d = 0; d < mostDimensions; d++) {
          const intervals = points.map((point) => Math.floor(point[d] * count)).sort((a, b) => a - b);
          expect(intervals).toEqual(Array.from({ length: count }, (_, i) => i));
        }
      }
    },
  );

  it.each([null, 5])(
    "of the first two coordinates put one into every box of equal area, scrambled by %s or not",
    (seed) => {
      const points = sobolPoints(64, 2, seed);
      for (const [width, height] of [
        [1, 64],
        [2, 32],
        [4, 16],
        [8, 8],
        [16, 4],
        [64, 1],
      ]) {
        const boxes = new Set(points.map(([x, y]) => Math.floor(x * width) * height + Math.floor(y * height)));
        expect(boxes.size).toBe(64);
      }
    },
  );

  it("begin with those of fewer points and fewer coordinates", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.integer(), (count, d, seed) => {
        const more = sobolPoints(61, 21, seed).slice(0, count);
        expect(sobolPoints(count, d, seed)).toEqual(more.map((point) => point.slice(0, d)));
      }),
      { numRuns: 30 },
    );
  });

  it("are scrambled digit by digit: all alike in the first, and by the digits before in those that follow", () => {
    const [plain, scrambled] = [null, 7].map((seed) => sobolPoints(256, 3, seed));
    for (let d = 0; d < 3; d++) {
      const digitsOf = (points: typeof plain, i: number, digits: number): number =>
        Math.floor(points[i][d] * 2 ** digits);
      for (let digits = 1; digits <= 8; digits++) {
        // What was flipped in the digit at this depth, by the digits before it.
        const flips = new Map<number, Set<number>>();
        for (let i = 0; i < 256; i++) {
          const before = digitsOf(plain, i, digits - 1);
          const flip = (digitsOf(plain, i, digits) ^ digitsOf(scrambled, i, digits)) & 1;
          flips.set(before, (flips.get(before) ?? new Set()).add(flip));
        }
        expect([...flips.values()].every((one) => one.size === 1)).toBe(true);
        // Of as many coins as there are 5 or more digits before, all fall alike with a chance below 1e-9.
        if (digits > 5) expect(new Set([...flips.values()].flatMap((one) => [...one])).size).toBe(2);
      }
    }
  });

  it("are each uniform over the seeds when scrambled, and two of them independent in each coordinate's upper half", () => {
    const seeds = 4000;
    const cells = new Float64Array(16);
    const firstTwo = new Float64Array(4);
    let products = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const [first, , , fourth] = sobolPoints(4, 3, seed);
      cells[Math.floor(first[1] * 16)] += 1;
      firstTwo[Math.floor(first[0] * 2) * 2 + Math.floor(first[2] * 2)] += 1;
      products += (first[1] - 0.5) * (fourth[2] - 0.5);
    }
    const chiSquare = (counts: Float64Array): number =>
      counts.reduce((sum, count) => sum + (count - seeds / counts.length) ** 2 / (seeds / counts.length), 0);
    // The 99.9 % points of χ² with 15 and with 3 degrees of freedom.
    expect(chiSquare(cells)).toBeLessThan(37.7);
    expect(chiSquare(firstTwo)).toBeLessThan(16.3);
    // Independent coordinates: a mean of 0 with standard error 1/12/√seeds; 4 of these.
    expect(Math.abs(products / seeds)).toBeLessThan((4 * (1 / 12)) / Math.sqrt(seeds));
  });

  it("estimate an integral better than as many random points", () => {
    // ∫ Π 2xᵢ over 4 coordinates is 1; the root mean square error over 50 seeds with 256 points each.
    const error = (points: (seed: number) => readonly (readonly number[])[]): number => {
      let sum = 0;
      for (let seed = 1; seed <= 50; seed++) {
        const values = points(seed).map((point) => point.reduce((product, x) => product * 2 * x, 1));
        sum += (values.reduce((a, b) => a + b, 0) / values.length - 1) ** 2;
      }
      return Math.sqrt(sum / 50);
    };
    // Of independent points: √((4/3)⁴ − 1)/16 = 0.092.
    expect(error((seed) => sobolPoints(256, 4, seed))).toBeLessThan(0.092 / 5);
  });
});
