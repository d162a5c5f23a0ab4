import fc from "fast-check";
import { holm, pairedDifference, signFlipTest, studentTCdf, summarize } from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { message } from "../calibration/support/message.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";

const values = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 10 });

describe("mean and standard deviation", () => {
  it("are those of the sample, with n − 1", () => {
    expect(summarize([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ count: 8, mean: 5, sd: Math.sqrt(32 / 7) });
  });

  it("are a mean without a deviation for one value", () => {
    expect(summarize(Float32Array.of(0.5))).toEqual({ count: 1, mean: 0.5, sd: null });
  });

  it("survive a large offset: 10⁹ added leaves the deviation", () => {
    expect(summarize([1e9 + 1, 1e9 + 2, 1e9 + 3])).toEqual({ count: 3, mean: 1e9 + 2, sd: 1 });
  });
});

describe("the paired difference", () => {
  const baseline = [0.9557, 0.9601, 0.9543, 0.9576, 0.9588, 0.9562];
  const treatment = [0.9675, 0.9668, 0.9651, 0.9692, 0.9659, 0.9671];

  it("changes its sign with the roles", () => {
    const forth = pairedDifference({ baseline, treatment });
    const back = pairedDifference({ baseline: treatment, treatment: baseline });
    expect(back.mean).toBe(-forth.mean);
    expect(back.sd).toBe(forth.sd);
    expect(back.low).toBe(-(forth.high as number));
    expect(forth.differences).toEqual(treatment.map((value, i) => value - baseline[i]));
  });

  it("excludes 0 from its interval exactly when the two-sided t test rejects at 1 − level", () => {
    const lists = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(lists, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (pairs, level) => {
        const d = pairedDifference({ baseline: pairs.map(([a]) => a), treatment: pairs.map(([, b]) => b) }, { level });
        fc.pre(d.t !== null);
        const p = 2 * studentTCdf(-Math.abs(d.t as number), pairs.length - 1);
        fc.pre(Math.abs(p - (1 - level)) > 1e-9);
        expect((d.low as number) > 0 || (d.high as number) < 0).toBe(p < 1 - level);
      }),
    );
  });

  it("widens with the level, about the same mean", () => {
    const [narrow, wide] = [0.8, 0.99].map((level) => pairedDifference({ baseline, treatment }, { level }));
    expect(wide.low as number).toBeLessThan(narrow.low as number);
    expect(wide.high as number).toBeGreaterThan(narrow.high as number);
    expectClose(((wide.low as number) + (wide.high as number)) / 2, narrow.mean, { rtol: 1e-13 });
  });

  it("has no interval with one pair, and one of no width without spread", () => {
    expect(pairedDifference({ baseline: [1], treatment: [3] })).toEqual({
      differences: [2],
      mean: 2,
      sd: null,
      low: null,
      high: null,
      t: null,
    });
    expect(pairedDifference({ baseline: [1, 2], treatment: [3, 4] })).toMatchObject({
      mean: 2,
      sd: 0,
      low: 2,
      high: 2,
      t: null,
    });
  });

  it("refuses lists that do not pair, values that are not finite, and levels that are none", () => {
    const said = (a: readonly number[], b: readonly number[], level = 0.95): string =>
      message(() => pairedDifference({ baseline: a, treatment: b }, { level }));
    expect(said([1, 2], [1])).toBe("treatment must be 2, one per baseline value, got 1");
    expect(said([], [])).toBe("baseline must have at least one value, got 0");
    expect(said([1, Infinity], [1, 2])).toBe("baseline must be finite, got Infinity at index 1");
    expect(said([1, 2], [Number.NaN, 2])).toBe("treatment must be finite, got NaN at index 0");
    expect(said([1], [2], 95)).toBe("level must be in (0, 1), got 95");
    expect(said([1], [2], Number.NaN)).toBe("level must be in (0, 1), got NaN");
    expect(message(() => pairedDifference({ baseline: undefined as never, treatment: [1] }))).toBe(
      "baseline must be a list of numbers, got undefined",
    );
  });
});

describe("the exact sign-flip test", () => {
  it("counts what enumerating every choice of signs counts", () => {
    fc.assert(
      fc.property(values, (d) => {
        expect(signFlipTest(d).p).toBe(enumerated(d));
      }),
      { numRuns: 300 },
    );
  });

  it("counts ties that decimal rounding breaks: 0.1 + 0.2 is as far from 0 as 0.3", () => {
    // In tenths the sums are 1 + 2 + 3 = 6 and 0 for (1, 2, −3); in float64 0.1 + 0.2 − 0.3 is 5.6e-17.
    for (const scale of [1, 0.1, 1e-4, 0.7]) {
      for (const d of [
        [1, 2, -3],
        [1, 2, 3],
        [3, 1, 1, -1, 2],
        [5, 1, -1, 2, 2, -3, 4],
      ]) {
        expect(signFlipTest(d.map((x) => x * scale)).p).toBe(signFlipTest(d).p);
      }
    }
    // Accuracies of 10,000 rows: the differences are 0.0003, 0.0001, 0.0002 and −0.0002, each off by rounding.
    const [a, b] = [
      [0.9557, 0.9601, 0.9543, 0.9576],
      [0.956, 0.9602, 0.9545, 0.9574],
    ];
    const { differences } = pairedDifference({ baseline: a, treatment: b });
    expect(differences).not.toEqual([0.0003, 0.0001, 0.0002, -0.0002]);
    expect(signFlipTest(differences).p).toBe(enumerated([3, 1, 2, -2]));
  });

  it("gives the least p, 2^(1 − n), when every difference has the same sign", () => {
    for (let n = 1; n <= 22; n++) {
      const d = Array.from({ length: n }, (_, i) => 1 + ((i * 37) % 11) / 7);
      expect(signFlipTest(d)).toEqual({ p: 2 ** (1 - n), smallestP: 2 ** (1 - n) });
    }
  });

  it("cannot reach 0.05 with five differences, and can with six", () => {
    expect(signFlipTest([1, 2, 3, 4, 5]).p).toBe(0.0625);
    expect(signFlipTest([1, 2, 3, 4, 5, 6]).p).toBe(0.03125);
  });

  it("is exact for 40 differences, by the binomial distribution when all have one size", () => {
    const d = Array.from({ length: 40 }, (_, i) => (i < 27 ? 0.25 : -0.25));
    let tail = 0;
    let choose = 1;
    for (let wrong = 0; wrong <= 13; wrong++) {
      tail += choose;
      choose = (choose * (40 - wrong)) / (wrong + 1);
    }
    expect(signFlipTest(d).p).toBe((2 * tail) / 2 ** 40);
  });

  it("does not depend on the order, the unit or the direction", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -20, max: 20 }), (d, power) => {
        const { p } = signFlipTest(d);
        expect(signFlipTest(d.toReversed()).p).toBe(p);
        expect(signFlipTest(d.map((x) => x * 2 ** power)).p).toBe(p);
        expect(signFlipTest(d.map((x) => -x)).p).toBe(p);
      }),
    );
  });

  it("is 1 when nothing differs, and for one difference", () => {
    expect(signFlipTest([0, 0, 0]).p).toBe(1);
    expect(signFlipTest([0.3]).p).toBe(1);
  });

  it("refuses what it cannot count", () => {
    expect(message(() => signFlipTest([]))).toBe("differences must have at least one value, got 0");
    expect(message(() => signFlipTest([1, Number.NaN]))).toBe("differences must be finite, got NaN at index 1");
    expect(message(() => signFlipTest(new Float64Array(41)))).toBe(
      "differences must be at most 40 for the exact test, got 41",
    );
  });
});

describe("Holm's correction", () => {
  it("multiplies the smallest by m, the next by m − 1, and never lets the order turn", () => {
    expectAllClose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], { rtol: 1e-14 });
  });

  it("stops at 1, keeps ties equal, leaves one p alone, and takes none", () => {
    expect(holm([0.5, 0.5, 0.9])).toEqual([1, 1, 1]);
    expect(holm([0.125, 0.125])).toEqual([0.25, 0.25]);
    expect(holm([0.3])).toEqual([0.3]);
    expect(holm([])).toEqual([]);
  });

  it("lies between the p value and Bonferroni's, in the same order", () => {
    const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pValues, (p) => {
        const adjusted = holm(p);
        for (let i = 0; i < p.length; i++) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p[i]);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p.length * p[i]));
          for (let j = 0; j < p.length; j++) if (p[i] < p[j]) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]);
        }
      }),
    );
  });

  it("refuses what is no probability", () => {
    for (const wrong of [-0.1, 1.5, Number.NaN]) {
      expect(message(() => holm([0.5, wrong]))).toBe(`pValues must be in [0, 1], got ${wrong} at index 1`);
    }
  });
});

/** The two-sided p by brute force, for whole numbers, whose sums are exact. */
function enumerated(d: readonly number[]): number {
  const observed = Math.abs(d.reduce((sum, x) => sum + x, 0));
  let reached = 0;
  for (let signs = 0; signs < 2 ** d.length; signs++) {
    const sum = d.reduce((total, x, i) => total + ((signs >> i) & 1 ? -x : x), 0);
    if (Math.abs(sum) >= observed) reached++;
  }
  return reached / 2 ** d.length;
}
