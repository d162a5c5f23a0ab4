import fc from "fast-check";
import {
  expectedCalibrationError,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  overconfidence,
  spiegelhalterTest,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { maximumTail, rangeTail } from "../../src/calibration/brownian-motion.ts";
import { expectClose } from "../expect-all-close.ts";
import { outcomes } from "./support/arbitrary-predictions.ts";
import { message } from "./support/message.ts";

describe("the cumulative calibration errors", () => {
  it("lie in order: |overconfidence| ≤ KS ≤ Kuiper ≤ 2·KS, and KS ≤ the error by distinct confidences", () => {
    const slack = 1e-13;
    fc.assert(
      fc.property(outcomes, (given) => {
        const ks = kolmogorovSmirnovCalibration(given).error;
        const kuiper = kuiperCalibration(given).error;
        expect(ks).toBeGreaterThanOrEqual(Math.abs(overconfidence(given)) - slack);
        expect(kuiper).toBeGreaterThanOrEqual(ks);
        expect(kuiper).toBeLessThanOrEqual(2 * ks + slack);
        const byLevel = expectedCalibrationError(given, { binning: "equal-mass", bins: given.correct.length });
        expect(kuiper).toBeLessThanOrEqual(byLevel + slack);
      }),
    );
  });

  it("are the largest sum from below, and the largest sum of any range", () => {
    fc.assert(
      fc.property(outcomes, ({ confidence, correct }) => {
        const levels = [...new Set(confidence)].sort((a, b) => a - b);
        const gap = (from: number, to: number): number =>
          Math.abs(
            confidence.reduce((sum, c, i) => (c >= from && c <= to ? sum + c - correct[i] : sum), 0) / correct.length,
          );
        const ks = Math.max(...levels.map((to) => gap(0, to)));
        const kuiper = Math.max(...levels.flatMap((from) => levels.map((to) => gap(from, to))));
        expectClose(kolmogorovSmirnovCalibration({ confidence, correct }).error, ks, { atol: 1e-13 });
        expectClose(kuiperCalibration({ confidence, correct }).error, kuiper, { atol: 1e-13 });
      }),
    );
  });

  it("see gaps of both signs that the mean hides", () => {
    const given = { confidence: [0.3, 0.3, 0.8, 0.8], correct: [1, 0, 1, 0] };
    // −0.4 of four rows below, +0.6 above: the mean is 0.05.
    expectClose(kolmogorovSmirnovCalibration(given).error, 0.1, { atol: 1e-15 });
    expectClose(kuiperCalibration(given).error, 0.15, { atol: 1e-15 });
  });

  it("are divided by the standard deviation that chance would give them", () => {
    const given = { confidence: [0.5, 0.5, 0.5, 0.5], correct: [1, 1, 1, 0] };
    expect(kolmogorovSmirnovCalibration(given)).toMatchObject({ error: 0.25, statistic: 1 });
    expectClose(kolmogorovSmirnovCalibration(given).p, 0.6292225702004761, { atol: 1e-15 });
  });

  it("leave nothing to chance where every confidence is 0 or 1", () => {
    const certain = { confidence: [1, 0, 1] };
    for (const test of [kolmogorovSmirnovCalibration, kuiperCalibration]) {
      expect(test({ ...certain, correct: [1, 0, 1] })).toEqual({ error: 0, statistic: 0, p: 1 });
      expect(test({ ...certain, correct: [1, 0, 0] })).toEqual({ error: 1 / 3, statistic: Infinity, p: 0 });
    }
  });
});

describe("the tails of Brownian motion", () => {
  it("fall from 1 to 0 without a jump where the series change", () => {
    for (const [tail, change] of [[maximumTail, 1] as const, [rangeTail, 2] as const]) {
      expect(tail(0)).toBe(1);
      expect(tail(Infinity)).toBe(0);
      const grid = Array.from({ length: 400 }, (_, i) => tail(i / 50));
      expect(grid.toSorted((a, b) => b - a)).toEqual(grid);
      expectClose(tail(change * (1 + 1e-12)), tail(change), { atol: 1e-11 });
    }
  });

  it("keep their digits far out: twice and four times those of the normal distribution", () => {
    // Φ(−10) = 7.6198530241605e-24, SciPy's ndtr(−10).
    expectClose(maximumTail(10), 4 * 7.6198530241605e-24, { rtol: 1e-12 });
    expectClose(rangeTail(10), 8 * 7.6198530241605e-24, { rtol: 1e-12 });
  });

  it("are those of a simulated random walk", () => {
    const walks = 20_000;
    const steps = 400;
    let state = 12345;
    const counts = { maximum: 0, range: 0 };
    for (let walk = 0; walk < walks; walk++) {
      let at = 0;
      let low = 0;
      let high = 0;
      for (let step = 0; step < steps; step++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        at += state >= 2 ** 31 ? 1 : -1;
        low = Math.min(low, at);
        high = Math.max(high, at);
      }
      if (Math.max(high, -low) / Math.sqrt(steps) >= 1.5) counts.maximum++;
      if ((high - low) / Math.sqrt(steps) >= 1.8) counts.range++;
    }
    // A walk of 400 steps overshoots by less than a step of 0.05; chance moves a share by 0.0034.
    expectClose(counts.maximum / walks, maximumTail(1.475), { atol: 0.025 });
    expectClose(counts.range / walks, rangeTail(1.775), { atol: 0.04 });
  });
});

describe("Spiegelhalter's test", () => {
  it("has the sign of the excess of the Brier score over what calibration would make it", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const { confidence, correct } = given;
        const excess = confidence.reduce((sum, c, i) => sum + (c - correct[i]) ** 2 - c * (1 - c), 0);
        const { z, p } = spiegelhalterTest(given);
        if (Math.abs(excess) > 1e-9) expect(Math.sign(z)).toBe(Math.sign(excess));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is undecided where nothing can be learnt, and certain where a certain row fails", () => {
    expect(spiegelhalterTest({ confidence: [0.5, 1], correct: [0, 1] })).toEqual({ z: 0, p: 1 });
    expect(spiegelhalterTest({ confidence: [1, 0], correct: [0, 0] })).toEqual({ z: Infinity, p: 0 });
  });

  it("names an alternative that it does not have", () => {
    const alternative = "less" as "greater";
    expect(message(() => spiegelhalterTest({ confidence: [0.5], correct: [1] }, { alternative }))).toBe(
      'alternative must be "two-sided" or "greater", got "less"',
    );
  });
});
