import { readFileSync } from "node:fs";
import fc from "fast-check";
import { wilcoxonSignedRank } from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { message } from "../calibration/support/message.ts";
import { expectClose } from "../expect-all-close.ts";

const golden: {
  readonly wilcoxonExact: readonly (readonly [number[], number])[];
  readonly wilcoxonNormal: readonly (readonly [number[], "wilcox" | "pratt", number])[];
} = JSON.parse(readFileSync(new URL("../fixtures/distributions.json", import.meta.url), "utf8"));

/** Ranks by counting, and every choice of signs one by one. */
function bruteForce(differences: readonly number[], pratt: boolean): number {
  const ranked = pratt ? differences : differences.filter((d) => d !== 0);
  const rank = (d: number): number => {
    const smaller = ranked.filter((other) => Math.abs(other) < Math.abs(d)).length;
    const tied = ranked.filter((other) => Math.abs(other) === Math.abs(d)).length;
    return smaller + (tied + 1) / 2;
  };
  const kept = ranked.filter((d) => d !== 0);
  const sum = (positive: (i: number) => boolean): number =>
    kept.reduce((w, d, i) => w + (positive(i) ? rank(d) : 0), 0);
  const observed = sum((i) => kept[i] > 0);
  let below = 0;
  let above = 0;
  for (let signs = 0; signs < 2 ** kept.length; signs++) {
    const w = sum((i) => ((signs >> i) & 1) === 1);
    if (w <= observed) below++;
    if (w >= observed) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / 2 ** kept.length);
}

describe("Wilcoxon's signed-rank test", () => {
  it("has SciPy's exact p where nothing ties", () => {
    for (const [differences, p] of golden.wilcoxonExact) {
      const test = wilcoxonSignedRank(differences);
      expect(test.method).toBe("exact");
      expectClose(test.p, p, { rtol: 1e-12 }, `n = ${differences.length}`);
    }
  });

  it("has SciPy's normal approximation with ties and zeros, by either rule for zeros", () => {
    for (const [differences, rule, p] of golden.wilcoxonNormal) {
      const test = wilcoxonSignedRank(differences, { zeros: rule === "pratt" ? "pratt" : "drop" });
      expect(test.method).toBe("normal");
      expectClose(test.p, p, { rtol: 1e-11 }, `${rule}, n = ${differences.length}`);
    }
  });

  it("counts every choice of signs, ties and zeros included", () => {
    const differences = fc.array(
      fc.integer({ min: -4, max: 4 }).map((n) => n / 8),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(differences, fc.boolean(), (d, pratt) => {
        const { p } = wilcoxonSignedRank(d, { zeros: pratt ? "pratt" : "drop" });
        expectClose(p, bruteForce(d, pratt), { rtol: 1e-13 });
      }),
    );
  });

  it("does not see a change of sign of all, of scale, of order", () => {
    const d = [0.3, -0.1, 0.7, 0.2, -0.4, 0.9, 0.1];
    const { p, positiveRankSum, negativeRankSum } = wilcoxonSignedRank(d);
    expect([positiveRankSum, negativeRankSum]).toEqual([21.5, 6.5]);
    expect(wilcoxonSignedRank(d.map((x) => -x))).toMatchObject({ p, positiveRankSum: 6.5 });
    expect(wilcoxonSignedRank(d.map((x) => 1e6 * x)).p).toBe(p);
    expect(wilcoxonSignedRank(d.toReversed()).p).toBe(p);
  });

  it("counts as ties what only rounding tells apart", () => {
    // 0.97 − 0.96 and 0.96 − 0.95 differ by 1e-17.
    const rounded = wilcoxonSignedRank([0.97 - 0.96, 0.95 - 0.96, 0.3]);
    expect(rounded).toMatchObject({ positiveRankSum: 4.5, negativeRankSum: 1.5 });
    expect(wilcoxonSignedRank([0.1 + 0.2 - 0.3, 0.5]).zeros).toBe(1);
  });

  it("says 1 where nothing changed, and the least that so few can give where all did alike", () => {
    expect(wilcoxonSignedRank([0, 0])).toEqual({
      positiveRankSum: 0,
      negativeRankSum: 0,
      count: 0,
      zeros: 2,
      p: 1,
      method: "exact",
    });
    expect(wilcoxonSignedRank([1]).p).toBe(1);
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5]).p).toBe(2 ** -4);
    expect(wilcoxonSignedRank(Array.from({ length: 100 }, (_, i) => i + 1)).p).toBe(2 ** -99);
  });

  it("goes over to the normal approximation above 100 differences without a jump", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => (i % 5 < 2 ? -1 : 1) * (i + 1));
    const [exact, normal] = [wilcoxonSignedRank(hundred), wilcoxonSignedRank([0.5, ...hundred])];
    expect([exact.method, normal.method]).toEqual(["exact", "normal"]);
    expectClose(normal.p, exact.p, { rtol: 0.05 });
    expect(exact.p).toBeLessThan(0.1);
  });

  it("refuses what is no difference", () => {
    expect(message(() => wilcoxonSignedRank([]))).toBe("differences must have at least one value, got 0");
    expect(message(() => wilcoxonSignedRank([1, Number.NaN]))).toBe("differences must be finite, got NaN at index 1");
    const wrong = { zeros: "wilcox" } as unknown as { readonly zeros: "drop" };
    expect(message(() => wilcoxonSignedRank([1], wrong))).toBe('zeros must be "drop" or "pratt", got "wilcox"');
  });
});
