import { readFileSync } from "node:fs";
import fc from "fast-check";
import { studentTCdf, studentTQuantile } from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { regularizedIncompleteBeta } from "../../src/statistics/incomplete-beta.ts";
import { message } from "../calibration/support/message.ts";
import { expectClose } from "../expect-all-close.ts";

type Row = readonly [number, number, number];
const golden: {
  readonly cdf: readonly Row[];
  readonly quantile: readonly Row[];
  readonly incompleteBeta: readonly (readonly [number, number, number, number])[];
} = JSON.parse(readFileSync(new URL("../fixtures/student-t.json", import.meta.url), "utf8"));

describe("Student's t distribution", () => {
  it("agrees with SciPy from the middle to a tail of 1e-204", () => {
    // Relative in the lower tail; SciPy and this each keep 12 to 13 digits at 10⁵ degrees of freedom.
    for (const [t, df, cdf] of golden.cdf) expectClose(studentTCdf(t, df), cdf, { rtol: 1e-12 }, `cdf(${t}, ${df})`);
    expect(golden.cdf.some(([, , cdf]) => cdf > 0 && cdf < 1e-204)).toBe(true);
  });

  it("has SciPy's quantiles, from 1e-12 to 0.9999", () => {
    // At 0.5 SciPy leaves 1e-17 of rounding instead of 0.
    for (const [p, df, t] of golden.quantile) {
      expectClose(studentTQuantile(p, df), t, { rtol: 1e-11, atol: 1e-15 }, `quantile(${p}, ${df})`);
    }
  });

  it("has the closed quantiles of 1 and 2 degrees of freedom, further out than anyone needs", () => {
    for (const p of [1e-100, 1e-30, 1e-12, 1e-4, 0.025, 0.3, 0.49]) {
      expectClose(studentTQuantile(p, 1), -1 / Math.tan(Math.PI * p), { rtol: 1e-13 });
      expectClose(studentTQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), { rtol: 1e-13 });
    }
  });

  it("has the closed forms of 1 and 2 degrees of freedom", () => {
    for (const t of [-1e8, -300, -4, -0.5, 0, 0.25, 3, 70]) {
      const upper = Math.atan2(1, -t) / Math.PI;
      expectClose(studentTCdf(t, 1), upper, { rtol: 1e-13 });
      const two = t < 0 ? 1 / (t * t + 2) / (1 - t / Math.sqrt(t * t + 2)) : 0.5 + t / (2 * Math.sqrt(t * t + 2));
      expectClose(studentTCdf(t, 2), two, { rtol: 1e-13 });
    }
  });

  it("is symmetric, and its quantile undoes it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        (p, df) => {
          const t = studentTQuantile(p, df);
          expectClose(studentTCdf(t, df), p, { rtol: 1e-12 });
          expectClose(studentTCdf(-t, df), 1 - p, { rtol: 1e-12 });
          expectClose(studentTQuantile(1 - p, df), -t, { rtol: 1e-9, atol: 1e-14 });
        },
      ),
    );
  });

  it("ends where it must", () => {
    expect([studentTCdf(-Infinity, 3), studentTCdf(0, 3), studentTCdf(Infinity, 3)]).toEqual([0, 0.5, 1]);
    expect([0, 0.5, 1].map((p) => studentTQuantile(p, 3))).toEqual([-Infinity, 0, Infinity]);
  });

  it("refuses what is no argument of it", () => {
    expect(message(() => studentTCdf(Number.NaN, 3))).toBe("t must be a number, got NaN");
    expect(message(() => studentTQuantile(1.5, 3))).toBe("probability must be in [0, 1], got 1.5");
    for (const df of [0, -1, Number.NaN, Infinity]) {
      expect(message(() => studentTCdf(1, df))).toBe(`degreesOfFreedom must be finite and above 0, got ${df}`);
      expect(message(() => studentTQuantile(0.1, df))).toBe(`degreesOfFreedom must be finite and above 0, got ${df}`);
    }
  });
});

describe("the regularised incomplete beta function", () => {
  it("agrees with SciPy", () => {
    // SciPy 1.10 itself is off by 2e-11 at x = 0.999, a = 10⁴, b = 10, where exact arithmetic gives 0.4567411352344753.
    for (const [x, a, b, expected] of golden.incompleteBeta) {
      expectClose(regularizedIncompleteBeta(x, a, b), expected, { rtol: 5e-11 }, `I_${x}(${a}, ${b})`);
    }
    expectClose(regularizedIncompleteBeta(0.999, 1e4, 10), 0.4567411352344753, { rtol: 1e-12 });
  });

  it("is the tail of a binomial distribution for whole a and b", () => {
    for (const [a, b, x] of [
      [1, 1, 0.3],
      [3, 2, 0.7],
      [4, 9, 0.125],
      [25, 6, 0.9],
      [12, 30, 0.2],
    ]) {
      const n = a + b - 1;
      let tail = 0;
      let choose = 1;
      for (let j = 0; j <= n; j++) {
        if (j >= a) tail += choose * x ** j * (1 - x) ** (n - j);
        choose = (choose * (n - j)) / (j + 1);
      }
      expectClose(regularizedIncompleteBeta(x, a, b), tail, { rtol: 1e-13 }, `I_${x}(${a}, ${b})`);
    }
  });

  it("is 0 at 0 and 1 at 1", () => {
    expect([regularizedIncompleteBeta(0, 2, 3), regularizedIncompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });
});
