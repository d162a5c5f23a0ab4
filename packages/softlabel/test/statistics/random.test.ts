import { describe, expect, it } from "vitest";
import { seededRandom, shuffle, xoshiro128 } from "../../src/statistics/random.ts";
import { message } from "../calibration/support/message.ts";

describe("the source of chance", () => {
  it("is xoshiro128**: the first numbers from the state 1, 2, 3, 4, as its authors' C gives them", () => {
    const { next } = xoshiro128([1, 2, 3, 4]);
    const first = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804];
    expect(first.map(next)).toEqual(first);
  });

  it("is the same for the same seed, and another for the next", () => {
    const numbers = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed).next);
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(8)).not.toEqual(numbers(7));
    expect(new Set([0, 1, 2, 3].flatMap(numbers)).size).toBe(20);
  });

  it("gives every integer below n about as often", () => {
    const { below } = seededRandom(1);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[below(6)]++;
    // Standard deviation 91.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it("counts the same draws as one by one, and goes on after them", () => {
    for (const n of [1, 7, 499, 500, 501, 1733]) {
      const [together, single] = [seededRandom(n), seededRandom(n)];
      const [counts, expected] = [new Uint32Array(n), new Uint32Array(n)];
      together.drawInto(counts);
      for (let draw = 0; draw < n; draw++) expected[single.below(n)]++;
      expect(counts).toEqual(expected);
      expect(together.next()).toBe(single.next());
    }
  });

  it("shuffles into every order about as often", () => {
    const random = seededRandom(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const cards = Uint32Array.of(1, 2, 3);
      shuffle(cards, random);
      counts.set(cards.join(), (counts.get(cards.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Standard deviation 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it("refuses what is no seed", () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(message(() => seededRandom(seed))).toBe(`seed must be an integer in [0, 2³²), got ${seed}`);
    }
  });
});
