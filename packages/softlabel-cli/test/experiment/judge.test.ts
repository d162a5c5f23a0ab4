import { describe, expect, test } from "vitest";
import { isStillImproving, judge } from "../../src/experiment/judge.ts";
import { armOf, historyOf, settingsOf } from "./support/arms.ts";

describe("judge", () => {
  const baseline = armOf(0, [0.9, 0.92, 0.91, 0.93], { nllAfterTemperature: [0.5, 0.52, 0.51, 0.56] });
  const better = armOf(0.1, [0.93, 0.94, 0.95, 0.94]);
  const mixed = armOf(0.2, [0.95, 0.91, 0.93, 0.9]);

  test("every arm has its mean and sample deviation over the seeds, in the order of the seeds", () => {
    const [arm] = judge([baseline]);
    expect(arm.metrics.accuracy?.perSeed).toEqual([0.9, 0.92, 0.91, 0.93]);
    expect(arm.metrics.accuracy?.mean).toBeCloseTo(0.915, 12);
    expect(arm.metrics.accuracy?.sd).toBeCloseTo(Math.sqrt(0.0005 / 3), 12);
    expect(arm).toMatchObject({ name: "ε = 0", epsilon: 0, difference: null, againstTemperatureScaling: null });
  });

  test("differences are taken seed by seed, with a t interval and the exact p of flipped signs", () => {
    const { accuracy } = judge([baseline, better])[1].difference ?? {};
    expect(accuracy?.perSeed).toEqual([0.03, 0.02, 0.04, 0.01].map((d) => expect.closeTo(d, 12)));
    expect(accuracy?.mean).toBeCloseTo(0.025, 12);
    // t(0.975, 3) = 3.182446…, sd = 0.0129099…
    expect(accuracy?.low).toBeCloseTo(0.025 - (3.182446305284263 * 0.012909944487358056) / 2, 9);
    expect(accuracy?.high).toBeCloseTo(0.025 + (3.182446305284263 * 0.012909944487358056) / 2, 9);
    expect(accuracy?.p).toBe(2 / 16);
    expect(accuracy?.pHolm).toBe(2 / 16);
  });

  test("Holm's correction is over the arms of one metric, not over the metrics", () => {
    const arms = judge([baseline, better, mixed]);
    const p = arms.slice(1).map((arm) => arm.difference?.accuracy?.p);
    // Of |±0.05 ± 0.01 ± 0.02 ± 0.03| 12 of 16 reach |0.05 − 0.01 + 0.02 − 0.03| = 0.03.
    expect(p).toEqual([2 / 16, 12 / 16]);
    expect(arms.slice(1).map((arm) => arm.difference?.accuracy?.pHolm)).toEqual([4 / 16, 12 / 16]);
  });

  test("the rival is ε = 0 after temperature scaling, against the arm as it comes", () => {
    const { againstTemperatureScaling } = judge([baseline, better])[1];
    const expected = [0.43, 0.42, 0.44, 0.38].map((d) => expect.closeTo(d, 12));
    expect(againstTemperatureScaling?.nll.perSeed).toEqual(expected);
    expect(againstTemperatureScaling?.ece.perSeed[0]).toBeCloseTo(0.03, 12);
  });

  test("one seed has no deviation and no interval, and p = 1", () => {
    const [first, second] = judge([armOf(0, [0.9]), armOf(0.1, [0.95])]);
    expect(first.metrics.nll?.sd).toBeNull();
    expect(second.difference?.nll).toMatchObject({ low: null, high: null, p: 1, pHolm: 1 });
  });

  test("an NLL of ∞ leaves no interval and no p, and does not count in Holm's correction", () => {
    const impossible = armOf(0.2, [0.95, 0.9, 0.93, 0.9], { nllAfterTemperature: [1, Infinity, 1, 1] });
    const arms = judge([baseline, better, impossible]);
    expect(arms[2].metrics.nllAfterTemperature).toMatchObject({ mean: Infinity, sd: null });
    const lost = arms[2].difference?.nllAfterTemperature;
    expect(lost).toMatchObject({ mean: Number.NaN, low: null, high: null, p: Number.NaN, pHolm: Number.NaN });
    expect(arms[1].difference?.nllAfterTemperature).toMatchObject({ p: 2 / 16, pHolm: 2 / 16 });
    expect(JSON.parse(JSON.stringify(lost))).toMatchObject({ mean: null, p: null, pHolm: null });
  });

  test("a metric that no trial has is left out", () => {
    const without = (epsilon: number) => {
      const arm = armOf(epsilon, [0.9, 0.8]);
      return { ...arm, metrics: arm.metrics.map(({ top5: _, ...others }) => others) };
    };
    const [first, second] = judge([without(0), without(0.1)]);
    expect(first.metrics).not.toHaveProperty("top5");
    expect(second.difference).not.toHaveProperty("top5");
    expect(second.difference).toHaveProperty("accuracy");
  });

  test("equal arms differ by 0 with p = 1", () => {
    const { difference } = judge([baseline, { ...baseline, settings: settingsOf(0.1) }])[1];
    expect(difference?.brier).toMatchObject({ mean: 0, low: 0, high: 0, p: 1, pHolm: 1 });
  });
});

describe("isStillImproving", () => {
  test("is not known without a history, or where it does not tell the validation loss", () => {
    expect(isStillImproving([])).toBeNull();
    const [first, second] = historyOf(0.5, 0.4);
    expect(isStillImproving([[first, { ...second, validationNll: null }]])).toBeNull();
  });

  test("is true when the last epoch has the least mean loss, though some seed's has not", () => {
    expect(isStillImproving([historyOf(0.5, 0.4, 0.3), historyOf(0.5, 0.4, 0.42)])).toBe(true);
  });

  test("is false when an earlier epoch was as good", () => {
    expect(isStillImproving([historyOf(0.5, 0.3, 0.4), historyOf(0.5, 0.4, 0.39)])).toBe(false);
    expect(isStillImproving([historyOf(0.5, 0.25, 0.25)])).toBe(false);
  });

  test("a single epoch shows no end of improvement", () => {
    expect(isStillImproving([historyOf(0.5)])).toBe(true);
  });
});
