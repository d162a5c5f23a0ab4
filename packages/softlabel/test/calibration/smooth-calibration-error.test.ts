import fc from "fast-check";
import { type Outcomes, overconfidence, smoothCalibrationError } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectClose } from "../expect-all-close.ts";
import { outcomes } from "./support/arbitrary-predictions.ts";

/** 2⁻¹⁰, below which the value is no longer the root of smECE_σ = σ. */
const narrowest = 2 ** -10;

describe("the smooth calibration error", () => {
  it("is the width at which the integral, done directly with every reflection, equals the width", () => {
    const small = outcomes.filter(({ correct }) => correct.length <= 12);
    fc.assert(
      fc.property(small, (given) => {
        const width = smoothCalibrationError(given);
        fc.pre(width > 0.01);
        // Half a cell of the trapezoid rule on either side of each kink.
        expectClose(directIntegral(given, width), width, { atol: 1e-5 });
      }),
      { numRuns: 40 },
    );
  });

  it("is at least |overconfidence|, and equal to it when no row is under-confident", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        expect(smoothCalibrationError(given)).toBeGreaterThanOrEqual(Math.abs(overconfidence(given)) - 1e-6);
        const wrong = { confidence: given.confidence, correct: given.correct.map(() => 0) };
        const expected = overconfidence(wrong);
        fc.pre(expected > narrowest);
        expectClose(smoothCalibrationError(wrong), expected, { atol: 1e-6 });
      }),
      { numRuns: 40 },
    );
  });

  it("does not jump when a confidence crosses an edge that bins would have", () => {
    const at = (c: number): number =>
      smoothCalibrationError({ confidence: [c, 0.55, 0.7, 0.95], correct: [0, 1, 1, 0] });
    expectClose(at(0.6 + 1e-9), at(0.6 - 1e-9), { atol: 1e-6 });
  });

  it("does not depend on the order of the rows", () => {
    const confidence = [0.31, 0.5, 0.5, 0.77, 0.92, 1];
    const correct = [1, 0, 1, 1, 0, 1];
    const turned = { confidence: confidence.toReversed(), correct: correct.toReversed() };
    expect(smoothCalibrationError(turned)).toBe(smoothCalibrationError({ confidence, correct }));
  });

  it("is 0 for certain rows that are right and for ties that are right as often as they say, 1 for certain errors", () => {
    expect(smoothCalibrationError({ confidence: [1, 1], correct: [1, 1] })).toBe(0);
    expect(smoothCalibrationError({ confidence: [0.75, 0.75, 0.75, 0.75], correct: [1, 0, 1, 1] })).toBe(0);
    expectClose(smoothCalibrationError({ confidence: [1, 1], correct: [0, 0] }), 1, { atol: 1e-6 });
  });

  it("says how small a tiny error is, though the width no longer follows it", () => {
    const c = 1 - 2 ** -14;
    expectClose(smoothCalibrationError({ confidence: [c, c], correct: [1, 1] }), 2 ** -14, { rtol: 1e-6 });
  });
});

/** ∫₀¹ |mean of residual · Gaussian and all its mirror images| dt, by 4,000 trapezoids. */
function directIntegral({ confidence, correct }: Outcomes, width: number): number {
  const cells = 4000;
  const images = Math.ceil(4 * width) + 1;
  const gaussian = (d: number): number => Math.exp(-((d / width) ** 2) / 2) / (width * Math.sqrt(2 * Math.PI));
  let integral = 0;
  for (let cell = 0; cell <= cells; cell++) {
    const t = cell / cells;
    let sum = 0;
    for (let i = 0; i < confidence.length; i++) {
      let kernel = 0;
      for (let m = -images; m <= images; m++) {
        kernel += gaussian(t - confidence[i] - 2 * m) + gaussian(t + confidence[i] - 2 * m);
      }
      sum += (confidence[i] - correct[i]) * kernel;
    }
    integral += Math.abs(sum / confidence.length) * (cell === 0 || cell === cells ? 0.5 : 1);
  }
  return integral / cells;
}
