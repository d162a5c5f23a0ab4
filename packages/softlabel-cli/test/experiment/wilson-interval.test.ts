import { betaQuantile } from "softlabel/statistics";
import { expect, test } from "vitest";
import { wilsonInterval } from "../../src/experiment/wilson-interval.ts";

test("Wilson's interval is that of Newcombe 1998, table I", () => {
  // 81 of 263, 15 of 148, 0 of 20 and 1 of 29: printed to four decimals.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const;
  for (const [successes, rows, low, high] of published) {
    const interval = wilsonInterval(successes / rows, rows, 0.95);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  }
});

test("Wilson's interval lies within [0, 1], holds the share, and narrows with the rows", () => {
  for (const share of [0, 0.03, 0.5, 1]) {
    const [few, many] = [wilsonInterval(share, 7, 0.95), wilsonInterval(share, 700, 0.95)];
    for (const { low, high } of [few, many]) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(share);
      expect(high).toBeGreaterThanOrEqual(share);
    }
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  }
});

test("Wilson's interval is narrower than the exact one of Clopper and Pearson", () => {
  const { low, high } = wilsonInterval(0.3, 40, 0.95);
  expect(low).toBeGreaterThan(betaQuantile(0.025, 12, 29));
  expect(high).toBeLessThan(betaQuantile(0.975, 13, 28));
});
