import { describe, expect, it } from "vitest";
import { randomStream, shuffledIndices } from "../../src/data/random.ts";

const take = (count: number, seed: number, purpose: string): number[] => {
  const random = randomStream(seed, purpose);
  return Array.from({ length: count }, random);
};

describe("a random stream", () => {
  it("is decided by its seed and its purpose", () => {
    expect(take(5, 1, "order")).toEqual(take(5, 1, "order"));
    expect(take(5, 1, "order")).not.toEqual(take(5, 2, "order"));
    expect(take(5, 1, "order")).not.toEqual(take(5, 1, "split"));
  });

  it("never changes from one version to the next: an old experiment can be replayed", () => {
    expect(take(4, 1, "split")).toMatchInlineSnapshot(`
      [
        0.7419625490438193,
        0.2651443381328136,
        0.23522093845531344,
        0.3589144062716514,
      ]
    `);
  });

  it("spreads evenly over [0, 1), streams of neighbouring seeds too", () => {
    const draws = Array.from({ length: 200 }, (_, seed) => take(100, seed, "x")).flat();
    const counts = new Array(10).fill(0);
    for (const draw of draws) counts[Math.floor(10 * draw)]++;
    // χ² with nine degrees of freedom is above 27.9 once in a thousand times.
    expect(counts.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
  });
});

describe("a shuffled order", () => {
  it("has every index once", () => {
    const order = shuffledIndices(1000, randomStream(3, "x"));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });

  it("is each of the six orders of three about equally often", () => {
    const random = randomStream(4, "x");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = String(shuffledIndices(3, random));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // χ² with five degrees of freedom is above 20.5 once in a thousand times.
    expect([...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5);
  });

  it("of nothing is empty", () => {
    expect(shuffledIndices(0, randomStream(1, "x"))).toEqual(new Int32Array(0));
  });
});
