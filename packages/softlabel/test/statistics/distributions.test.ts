import { readFileSync } from "node:fs";
import fc from "fast-check";
import {
  betaCdf,
  betaQuantile,
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
  normalCdf,
  normalQuantile,
  studentTCdf,
} from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { message } from "../calibration/support/message.ts";
import { expectClose } from "../expect-all-close.ts";

const golden: {
  readonly normalCdf: readonly (readonly [number, number])[];
  readonly normalQuantile: readonly (readonly [number, number])[];
  readonly chiSquared: readonly (readonly [number, number, number, number])[];
  readonly chiSquaredQuantile: readonly (readonly [number, number, number])[];
  readonly betaQuantile: readonly (readonly [number, number, number, number, number])[];
} = JSON.parse(readFileSync(new URL("../fixtures/distributions.json", import.meta.url), "utf8"));

describe("the normal distribution", () => {
  it("agrees with SciPy from the middle to a tail of 1e-307", () => {
    // The exponent z²/2 = 700 keeps 13 digits.
    for (const [z, p] of golden.normalCdf) expectClose(normalCdf(z), p, { rtol: 5e-13 }, `Φ(${z})`);
    expect(golden.normalCdf.some(([, p]) => p > 0 && p < 1e-307)).toBe(true);
  });

  it("has SciPy's quantiles, from 1e-300 on", () => {
    for (const [p, z] of golden.normalQuantile) {
      expectClose(normalQuantile(p), z, { rtol: 1e-13, atol: 1e-16 }, `Φ⁻¹(${p})`);
    }
  });

  it("is symmetric, and its quantile undoes it", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.5, noNaN: true }), (p) => {
        const z = normalQuantile(p);
        expectClose(normalCdf(z), p, { rtol: 1e-13 });
        expectClose(normalCdf(-z), 1 - p, { rtol: 1e-13 });
      }),
    );
  });

  it("ends where it must", () => {
    expect([-Infinity, 0, Infinity].map(normalCdf)).toEqual([0, 0.5, 1]);
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect(message(() => normalCdf(Number.NaN))).toBe("z must be a number, got NaN");
    expect(message(() => normalQuantile(-0.1))).toBe("probability must be in [0, 1], got -0.1");
  });

  it("is the limit of Student's t", () => {
    for (const z of [-4, -1, 0.5, 2]) expectClose(studentTCdf(z, 1e9), normalCdf(z), { rtol: 1e-6 });
  });
});

describe("the χ² distribution", () => {
  it("agrees with SciPy in both tails, from half a degree of freedom to 10,000", () => {
    // At 10,000 degrees of freedom far out SciPy and this keep 11 digits of an exponent of some thousands.
    for (const [x, df, lower, upper] of golden.chiSquared) {
      const rtol = df >= 300 ? 2e-11 : 1e-12;
      expectClose(chiSquaredCdf(x, df), lower, { rtol, atol: 1e-307 }, `P(X ≤ ${x}), ${df}`);
      expectClose(chiSquaredSurvival(x, df), upper, { rtol, atol: 1e-307 }, `P(X > ${x}), ${df}`);
    }
    expect(golden.chiSquared.some(([, , , upper]) => upper > 0 && upper < 1e-200)).toBe(true);
  });

  it("has SciPy's quantiles", () => {
    // SciPy is asked for 1 − p, which loses digits of a small p.
    for (const [p, df, x] of golden.chiSquaredQuantile) {
      expectClose(chiSquaredQuantile(p, df), x, { rtol: 1e-9 }, `${p}, ${df}`);
    }
  });

  it("is the square of a normal at 1 degree of freedom, an exponential at 2", () => {
    for (const z of [0.01, 0.5, 1.96, 6, 30]) {
      expectClose(chiSquaredSurvival(z * z, 1), 2 * normalCdf(-z), { rtol: 1e-12 });
      expectClose(chiSquaredSurvival(z, 2), Math.exp(-z / 2), { rtol: 1e-13 });
    }
    for (const p of [1e-12, 0.01, 0.3, 0.8, 0.999]) {
      expectClose(chiSquaredQuantile(p, 2), -2 * Math.log1p(-p), { rtol: 1e-12 });
    }
  });

  it("ends where it must, and refuses what is no argument of it", () => {
    expect([chiSquaredCdf(0, 3), chiSquaredCdf(Infinity, 3)]).toEqual([0, 1]);
    expect([chiSquaredQuantile(0, 3), chiSquaredQuantile(1, 3)]).toEqual([0, Infinity]);
    expect(message(() => chiSquaredCdf(-1, 3))).toBe("x must be at least 0, got -1");
    expect(message(() => chiSquaredSurvival(1, 0))).toBe("degreesOfFreedom must be finite and above 0, got 0");
    expect(message(() => chiSquaredQuantile(2, 3))).toBe("probability must be in [0, 1], got 2");
  });
});

describe("the beta distribution", () => {
  it("agrees with SciPy", () => {
    for (const [p, a, b, x, cdf] of golden.betaQuantile) {
      expectClose(betaQuantile(p, a, b), x, { rtol: 1e-10 }, `${p}, ${a}, ${b}`);
      // Deep in the tail of Beta(5000, 5000) the exponent is in the hundreds: 11 digits.
      expectClose(betaCdf(0.3, a, b), cdf, { rtol: 5e-11 }, `${a}, ${b}`);
    }
  });

  it("is undone by its quantile", () => {
    const shape = fc.double({ min: 0.3, max: 60, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // The quantile is a float64: near 1 its neighbours differ in the cdf by more than a rounding.
        fc.pre(x < 0.999 && x > 0);
        expectClose(betaCdf(x, a, b), p, { rtol: 1e-11 });
      }),
    );
  });

  it("ends where it must, and refuses what is no argument of it", () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3), betaCdf(0, 2, 3), betaCdf(1, 2, 3)]).toEqual([0, 1, 0, 1]);
    expect(message(() => betaCdf(1.5, 2, 3))).toBe("x must be in [0, 1], got 1.5");
    expect(message(() => betaCdf(0.5, 0, 3))).toBe("a must be finite and above 0, got 0");
    expect(message(() => betaQuantile(0.5, 2, Infinity))).toBe("b must be finite and above 0, got Infinity");
  });
});
