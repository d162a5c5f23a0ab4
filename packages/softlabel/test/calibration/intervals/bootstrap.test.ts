import fc from "fast-check";
import {
  accuracy,
  aurc,
  type BootstrapMethod,
  bootstrapDifference,
  bootstrapInterval,
  bootstrapIntervals,
  consistencyTest,
  expectedCalibrationError,
  meanOfRows,
  metricOfOutcomes,
  type Outcomes,
  overconfidence,
  quantityOfRows,
  type Resampled,
  smoothCalibrationError,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/statistics/random.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { outcomes as arbitraryOutcomes } from "../support/arbitrary-predictions.ts";
import { message } from "../support/message.ts";

/** Rows of confidence uniform on [½, 1] that are right with a probability lower by `gap`: their ECE is `gap`. */
function simulate(rows: number, gap: number, seed: number): Outcomes & { readonly confidence: Float64Array } {
  const { next } = seededRandom(seed);
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    confidence[row] = 0.5 + next() / 2 ** 33;
    correct[row] = next() / 2 ** 32 < confidence[row] - gap ? 1 : 0;
  }
  return { confidence, correct };
}

/** A quantity whose value is `estimate`, and whose resampled values are known in advance. */
function scripted(estimate: number, values: readonly number[]): Resampled {
  let call = 0;
  return { rows: 5, of: () => (call < values.length ? values[call++] : estimate) };
}

const methods = ["bias-bounded", "basic", "percentile", "bias-corrected"] as const;

const ece = (given: Outcomes): number => expectedCalibrationError(given);

describe("a resample", () => {
  it("gives the quantity itself when every row is there once", () => {
    fc.assert(
      fc.property(arbitraryOutcomes, (given) => {
        const ones = new Uint32Array(given.correct.length).fill(1);
        for (const metric of [ece, aurc, accuracy, smoothCalibrationError]) {
          expectClose(metricOfOutcomes(given, metric).of(ones), metric(given), { atol: 1e-13 });
        }
        expectClose(meanOfRows(given.correct).of(ones), accuracy(given), { atol: 1e-15 });
      }),
      { numRuns: 30 },
    );
  });

  it("is the same by counts, by outcomes and by indices", () => {
    fc.assert(
      fc.property(arbitraryOutcomes, fc.integer({ min: 0, max: 1000 }), (given, seed) => {
        const rows = given.correct.length;
        const { below } = seededRandom(seed);
        const counts = new Uint32Array(rows);
        for (let i = 0; i < rows; i++) counts[below(rows)]++;
        const gap = given.confidence.map((c, row) => c - given.correct[row]);
        const byIndices = quantityOfRows(rows, (indices) =>
          overconfidence({
            confidence: Float64Array.from(indices, (row) => given.confidence[row]),
            correct: Uint8Array.from(indices, (row) => given.correct[row]),
          }),
        );
        const values = [meanOfRows(gap), metricOfOutcomes(given, overconfidence), byIndices].map(({ of }) =>
          of(counts),
        );
        expectAllClose(values, [values[0], values[0], values[0]], { atol: 1e-14 });
      }),
    );
  });

  it("reaches a metric in ascending order of confidence, with its rows repeated", () => {
    let seen: Outcomes = { confidence: [], correct: [] };
    const spy = metricOfOutcomes({ confidence: [0.9, 0.2, 0.5], correct: [1, 0, 1] }, (given) => {
      seen = { confidence: [...(given.confidence as Float64Array)], correct: [...(given.correct as Uint8Array)] };
      return 0;
    });
    spy.of(Uint32Array.of(2, 1, 0));
    expect(seen).toEqual({ confidence: [0.2, 0.9, 0.9], correct: [0, 1, 1] });
  });
});

describe("the bootstrap interval", () => {
  it("of a mean is close to the normal one", () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * i) + 0.3);
    const mean = values.reduce((sum, x) => sum + x, 0) / 400;
    const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / 400;
    for (const method of methods) {
      const interval = bootstrapInterval(meanOfRows(values), { method, resamples: 4000, seed: 5 });
      // Quantiles of 4,000 resamples have a standard deviation of 0.04 standard errors.
      expectClose(interval.low, mean - 1.96 * error, { atol: 0.15 * error }, method);
      expectClose(interval.high, mean + 1.96 * error, { atol: 0.15 * error }, method);
      expectClose(interval.standardError, error, { rtol: 0.05 });
      expectClose(interval.bias, 0, { atol: 0.1 * error });
      expect(interval.estimate).toBe(meanOfRows(values).of(new Uint32Array(400).fill(1)));
    }
  });

  it("is reproducible from its seed, and another with another", () => {
    const quantity = metricOfOutcomes(simulate(100, 0.1, 1), ece);
    const [one, two, other] = [3, 3, 4].map((seed) => bootstrapInterval(quantity, { seed, resamples: 50 }));
    expect(two).toEqual(one);
    expect(other.low).not.toBe(one.low);
    expect(one).toMatchObject({ level: 0.95, method: "bias-bounded", resamples: 50, seed: 3 });
  });

  it("of several quantities is that of each alone, from the same draws", () => {
    const given = simulate(80, 0.05, 2);
    const quantities = { ece: metricOfOutcomes(given, ece), accuracy: meanOfRows(given.correct) };
    const together = bootstrapIntervals(quantities, { resamples: 100, seed: 9 });
    expect(together.ece).toEqual(bootstrapInterval(quantities.ece, { resamples: 100, seed: 9 }));
    expect(together.accuracy).toEqual(bootstrapInterval(quantities.accuracy, { resamples: 100, seed: 9 }));
  });

  it("reads its ends off the resampled values by each method", () => {
    // 1,000 resamples of a row-count: every third draw of the quantity is known in advance.
    const values = [5, 1, 4, 2, 3];
    const read = (method: BootstrapMethod, level: number, estimate = 2.5): readonly number[] => {
      const { low, high, bias } = bootstrapInterval(scripted(estimate, values), { method, level, resamples: 5 });
      return [estimate, bias, low, high];
    };
    expectAllClose(read("percentile", 0.5), [2.5, 0.5, 2, 4], { atol: 1e-15 });
    expectAllClose(read("basic", 0.5), [2.5, 0.5, 1, 3], { atol: 1e-15 });
    // Five values of deviation √2.5: their mean is known to √½, so a bias of half that is none.
    expectAllClose(read("bias-bounded", 0.5), [2.5, 0.5, 1, 3], { atol: 1e-15 });
    // 2√½ of a bias of 3 are chance. Above the mean as below it, the near end does not pass the estimate.
    const bias = 3 - Math.SQRT2;
    expectAllClose(read("bias-bounded", 0.5, 0), [0, 3, -4 - Math.SQRT2 * bias, 0], { atol: 1e-14 });
    expectAllClose(read("bias-bounded", 0.5, 6), [6, -3, 6, 10 + Math.SQRT2 * bias], { atol: 1e-14 });
    // z₀ = Φ⁻¹(2/5), so q is asked at Φ(2z₀ ± Φ⁻¹(¾)).
    const [, , low, high] = read("bias-corrected", 0.5);
    expectAllClose([low, high], [1 + 4 * 0.11894, 1 + 4 * 0.56656], { atol: 1e-3 });
  });

  it("is a point where the rows show no variation", () => {
    for (const method of methods) {
      const allRight = bootstrapInterval(meanOfRows([1, 1, 1]), { method, resamples: 20 });
      expect(allRight).toMatchObject({ estimate: 1, low: 1, high: 1, standardError: 0, bias: 0 });
      const oneRow = bootstrapInterval(metricOfOutcomes({ confidence: [0.75], correct: [1] }, ece), { method });
      expect(oneRow).toMatchObject({ estimate: 0.25, low: 0.25, high: 0.25 });
    }
    expect(bootstrapInterval(meanOfRows([1, 2]), { resamples: 1 }).standardError).toBe(0);
  });

  it("holds its own estimate by the default, which a basic interval of a small ECE may not", () => {
    let beside = 0;
    for (let sample = 0; sample < 40; sample++) {
      const quantity = metricOfOutcomes(simulate(200, 0, 300 + sample), ece);
      const { low, high, estimate } = bootstrapInterval(quantity, { resamples: 100, seed: sample });
      expect(low <= estimate && estimate <= high).toBe(true);
      const basic = bootstrapInterval(quantity, { resamples: 100, seed: sample, method: "basic" });
      expect(basic.low >= low && basic.high <= high).toBe(true);
      if (basic.high < estimate) beside++;
    }
    expect(beside).toBeGreaterThan(0);
  });

  it("of a mean is the basic one by the default, for a mean has no bias", () => {
    const values = Array.from({ length: 60 }, (_, i) => Math.exp(Math.sin(i * i)));
    const [bounded, basic] = (["bias-bounded", "basic"] as const).map((method) =>
      bootstrapInterval(meanOfRows(values), { method, seed: 1 }),
    );
    expect([bounded.low, bounded.high]).toEqual([basic.low, basic.high]);
  });

  it("has the ends of the percentiles where a row costs infinitely much, and none where a draw has no value", () => {
    const infinite = meanOfRows([1, 2, 3, Infinity]);
    const ends = methods.map((method) => bootstrapInterval(infinite, { method, resamples: 200, seed: 2 }));
    // A quarter to the fourth of the draws leave the row out three times in ten: the lower end is finite.
    for (const { estimate, low, high } of ends) {
      expect([estimate, low, high]).toEqual([Infinity, ends[2].low, Infinity]);
      expect(low).toBeLessThan(3);
    }
    for (const method of methods) {
      const { estimate, low, high } = bootstrapInterval(scripted(1, [1, Number.NaN, 2]), { method, resamples: 3 });
      expect([estimate, low, high]).toEqual([1, Number.NaN, Number.NaN]);
    }
  });

  it("moves an end into the range of the quantity where one is given, that of a difference among them", () => {
    const quantity = meanOfRows([0, 0, 0, 1]);
    // 2θ̂ minus the upper quantile.
    expect(bootstrapInterval(quantity, { method: "basic" }).low).toBe(-0.25);
    expect(bootstrapInterval(quantity, { range: [0, 1] }).low).toBe(0);
    expect(bootstrapInterval(quantity, { range: [0, 0.4] }).high).toBe(0.4);
    const pair = { baseline: meanOfRows([0, 0, 0, 1]), treatment: meanOfRows([1, 1, 1, 0]) };
    expect(bootstrapDifference(pair).high).toBeGreaterThan(1);
    const { low, high } = bootstrapDifference(pair, { range: [-1, 1] });
    expect([low, high]).toEqual([bootstrapDifference(pair).low, 1]);
  });
});

describe("intervals of the calibration error", () => {
  /** Share of samples whose interval holds the true gap, and where its ends lie on average. */
  function coverage(gap: number, method: BootstrapMethod): { share: number; center: number } {
    const samples = 80;
    let held = 0;
    let center = 0;
    for (let sample = 0; sample < samples; sample++) {
      const given = simulate(400, gap, 1000 + sample);
      const options = { method, resamples: 100, seed: sample, range: [0, 1] as const };
      const { low, high } = bootstrapInterval(metricOfOutcomes(given, ece), options);
      if (low <= gap && gap <= high) held++;
      center += (low + high) / 2 / samples;
    }
    return { share: held / samples, center };
  }

  it.each([0.02, 0.05])(
    "lie too high by percentiles, so that bias-bounded ones are the default: a true ECE of %d",
    (gap) => {
      const [bounded, basic, percentile, corrected] = methods.map((method) => coverage(gap, method));
      // 400 rows in 8 bins have gaps of some 0.05 by chance; resampling adds as much again.
      expect(percentile.center - gap).toBeGreaterThan(2 * Math.abs(basic.center - gap));
      expect(percentile.center).toBeGreaterThan(corrected.center);
      expect(corrected.center).toBeGreaterThan(basic.center);
      // Binomial standard deviation 0.04.
      expect(basic.share).toBeGreaterThan(0.75);
      expect(percentile.share).toBeLessThan(basic.share - 0.15);
      expect(bounded.share).toBeGreaterThan(Math.max(basic.share, 0.9));
    },
  );

  it("hold a true ECE of 0 by the default, and seldom by the others", () => {
    const [bounded, basic, percentile, corrected] = methods.map((method) => coverage(0, method).share);
    expect(bounded).toBeGreaterThan(0.8);
    expect(basic).toBeLessThan(bounded - 0.15);
    expect([percentile, corrected]).toEqual([0, 0]);
  });

  it("hold the truth as often as they say for a mean", () => {
    let held = 0;
    for (let sample = 0; sample < 300; sample++) {
      const { correct } = simulate(200, 0.1, 5000 + sample);
      const { low, high } = bootstrapInterval(meanOfRows(correct), { resamples: 300, seed: sample });
      if (low <= 0.65 && 0.65 <= high) held++;
    }
    // Binomial standard deviation 0.013.
    expectClose(held / 300, 0.95, { atol: 0.04 });
  });
});

describe("the consistency test", () => {
  it("rejects calibrated rows as often as its level says, and miscalibrated ones more often", () => {
    const rejected = (gap: number): number => {
      let count = 0;
      for (let sample = 0; sample < 200; sample++) {
        const { p } = consistencyTest(simulate(150, gap, 9000 + sample), ece, { resamples: 99, seed: sample });
        if (p <= 0.1) count++;
      }
      return count / 200;
    };
    // Binomial standard deviation 0.021.
    expectClose(rejected(0), 0.1, { atol: 0.065 });
    expect(rejected(0.15)).toBeGreaterThan(0.6);
  });

  it("has the exact p of one row, of two, and of rows that are certain", () => {
    const options = { resamples: 20_000, seed: 1 };
    // An error of 0.7 is had by a wrong row alone, of probability 0.3.
    const one = consistencyTest({ confidence: [0.7], correct: [0] }, ece, options);
    expectClose(one.value, 0.7, { atol: 1e-15 });
    // Standard deviations 0.0032 and 0.0013.
    expectClose(one.p, 0.3, { atol: 0.012 });
    expectClose(one.expected, 2 * 0.3 * 0.7, { atol: 0.006 });
    const two = consistencyTest({ confidence: [0.3, 0.9], correct: [1, 0] }, ece, options);
    expectClose(two.p, 0.3 * 0.1, { atol: 0.006 });
    const certain = { confidence: [1, 0, 1], correct: [1, 0, 1] };
    expect(consistencyTest(certain, ece, options)).toEqual({ value: 0, expected: 0, p: 1, ...options });
    const never = consistencyTest({ confidence: [1, 0, 1], correct: [1, 0, 0] }, ece, { resamples: 99 });
    expect(never.p).toBe(1 / 100);
  });

  it("does not depend on the order of the rows, but on the seed", () => {
    const given = simulate(80, 0.1, 3);
    const turned = { confidence: [...given.confidence].reverse(), correct: Array.from(given.correct).reverse() };
    const { p, expected } = consistencyTest(given, ece);
    expect(consistencyTest(turned, ece)).toMatchObject({ p, expected, resamples: 1000, seed: 0 });
    expect(consistencyTest(given, ece, { seed: 1 }).expected).not.toBe(expected);
  });

  it("refuses what it cannot test, in one sentence each", () => {
    const given = { confidence: [0.5], correct: [1] };
    expect(message(() => consistencyTest({ confidence: [], correct: [] }, ece))).toBe(
      "outcomes must have at least one row, got 0",
    );
    expect(message(() => consistencyTest(given, ece, { resamples: 0.5 }))).toBe(
      "resamples must be an integer of at least 1, got 0.5",
    );
    expect(message(() => consistencyTest(given, ece, { seed: -1 }))).toBe(
      "seed must be an integer in [0, 2³²), got -1",
    );
  });
});

describe("the paired difference", () => {
  it("is that of the two quantities on the same rows, and narrower than theirs", () => {
    const values = Array.from({ length: 200 }, (_, i) => Math.sin(i) + 2);
    const better = values.map((x, i) => x - 0.1 - 0.01 * Math.cos(i));
    const pair = { baseline: meanOfRows(values), treatment: meanOfRows(better) };
    const { low, high, estimate } = bootstrapDifference(pair, { seed: 4 });
    expectClose(estimate, -0.1, { atol: 0.001 });
    expect(low < -0.1 && high < -0.09 && low > -0.11).toBe(true);
    const alone = bootstrapInterval(pair.baseline, { seed: 4 });
    expect(high - low).toBeLessThan((alone.high - alone.low) / 20);
  });

  it("of a model and itself is 0", () => {
    const quantity = metricOfOutcomes(simulate(50, 0.1, 8), ece);
    const { estimate, low, high } = bootstrapDifference({ baseline: quantity, treatment: quantity }, { resamples: 20 });
    expect([estimate, low, high]).toEqual([0, 0, 0]);
  });
});

describe("what it refuses", () => {
  it("is said in one sentence each", () => {
    const quantity = meanOfRows([1, 0]);
    const refusal = (options: object): string => message(() => bootstrapInterval(quantity, options));
    expect(refusal({ level: 1 })).toBe("level must be in (0, 1), got 1");
    expect(refusal({ method: "bca" })).toBe(
      'method must be one of "bias-bounded", "basic", "percentile", "bias-corrected", got "bca"',
    );
    expect(refusal({ resamples: 0 })).toBe("resamples must be an integer of at least 1, got 0");
    expect(refusal({ seed: -1 })).toBe("seed must be an integer in [0, 2³²), got -1");
    expect(refusal({ range: [1, 0] })).toBe("range must be [low, high] in this order, got [1, 0]");
    expect(message(() => bootstrapIntervals({}))).toBe("quantities must have at least one, got 0");
    expect(message(() => bootstrapIntervals({ a: quantity, b: meanOfRows([1]) }))).toBe(
      "quantities must be of the same rows, got 2 and 1",
    );
    expect(message(() => meanOfRows([]))).toBe("contributions must have at least one row, got 0");
    expect(message(() => meanOfRows([1, Number.NaN]))).toBe("contributions must be numbers, got NaN at row 1");
    expect(message(() => quantityOfRows(0, () => 0))).toBe("rows must be an integer of at least 1, got 0");
    expect(message(() => metricOfOutcomes({ confidence: [2], correct: [1] }, ece))).toBe(
      "outcomes.confidence must be in [0, 1], got 2 at row 0",
    );
  });
});
