import fc from "fast-check";
import {
  bootstrapIntervals,
  evaluatePredictions,
  metricOfOutcomes,
  type Predictions,
  smoothCalibrationError,
} from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { jointQuantities } from "../../src/evaluation/joint-quantities.ts";
import { outcomeMetricNames } from "../../src/evaluation/outcome-metrics.ts";
import { scoreOutcomes } from "../../src/evaluation/scored-rows.ts";

const edges = fc.constantFrom("(lo,hi]" as const, "[lo,hi)" as const, "[lo,hi),{1}" as const);
/** Few distinct probabilities, so that rows tie, with 0 and 1 among them. */
const problem = fc
  .record({
    cells: fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
    bins: fc.integer({ min: 1, max: 12 }),
    edges,
  })
  .map(({ cells, ...binning }) => {
    const data = cells.flatMap(([eighths]) => [eighths / 8, 1 - eighths / 8]);
    const predictions: Predictions = { data, shape: [cells.length, 2], kind: "probabilities" };
    return { labels: cells.map(([, second]) => (second ? 1 : 0)), predictions, binning };
  });

/** The root of a difference that may be rounding alone, 1e-16, keeps half of the digits. */
const digitsOf = (name: string): number => (name === "debiasedCe" ? 7 : 12);

describe("scoreOutcomes", () => {
  test("has every number that evaluatePredictions has, ties, empty bins and one-sided rows included", () => {
    fc.assert(
      fc.property(problem, ({ labels, predictions, binning }) => {
        const { metrics, rows } = evaluatePredictions(labels, predictions, binning);
        const { values, tests } = scoreOutcomes(rows, 2, binning);
        for (const name of [...outcomeMetricNames, "smoothEce", "nll", "brier"] as const) {
          const expected = metrics[name]?.value ?? Number.NaN;
          if (Number.isFinite(expected)) expect(values[name], name).toBeCloseTo(expected, digitsOf(name));
          else expect(values[name], name).toBe(expected);
        }
        expect(tests).toEqual({
          ks: metrics.ks?.p,
          kuiper: metrics.kuiper?.p,
          spiegelhalterZ: metrics.spiegelhalterZ?.p,
        });
      }),
      { numRuns: 100 },
    );
  });

  test("measures a resample as the library measures the rows that it counts", () => {
    const counted = problem.chain((given) =>
      fc
        .array(fc.nat(given.labels.length - 1), { minLength: given.labels.length, maxLength: given.labels.length })
        .map((draws) => ({ ...given, draws })),
    );
    fc.assert(
      fc.property(counted, ({ labels, predictions, binning, draws }) => {
        const scored = scoreOutcomes(evaluatePredictions(labels, predictions, binning).rows, 2, binning);
        const counts = new Uint32Array(labels.length);
        for (const row of draws) counts[row]++;
        const values = new Float64Array(scored.names.length);
        scored.measure(counts, values, 0);
        const data = draws.flatMap((row) => [predictions.data[2 * row], predictions.data[2 * row + 1]]);
        const drawn = { ...predictions, data };
        const { metrics } = evaluatePredictions(
          draws.map((row) => labels[row]),
          drawn,
          binning,
        );
        outcomeMetricNames.forEach((name, at) => {
          const expected = metrics[name]?.value ?? Number.NaN;
          if (Number.isFinite(expected)) expect(values[at], name).toBeCloseTo(expected, digitsOf(name));
          else expect(values[at], name).toBe(expected);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe("the smooth error of resamples", () => {
  const rows = 400;
  const random = (row: number): number => (Math.imul(row + 1, 2654435761) >>> 0) / 2 ** 32;
  const confidence = Float64Array.from({ length: rows }, (_, row) => 0.5 + random(row) / 2);
  const correct = Uint8Array.from({ length: rows }, (_, row) => (random(row + rows) < confidence[row] - 0.12 ? 1 : 0));
  const outcomes = { confidence, correct };

  test("lies around the estimate as the exact one does", () => {
    const { names, measure } = scoreOutcomes(outcomes, 0, { bins: 15 });
    const joint = jointQuantities(rows, names, (counts, values) => measure(counts, values, 0));
    const options = { resamples: 300, seed: 3 };
    const fast = bootstrapIntervals(joint, options).smoothEce;
    const { exact } = bootstrapIntervals({ exact: metricOfOutcomes(outcomes, smoothCalibrationError) }, options);
    const width = exact.high - exact.low;
    // Cells and the line between two widths: both ends within a tenth of the interval's width.
    expect(Math.abs(fast.low - fast.estimate - exact.low + exact.estimate)).toBeLessThan(width / 10);
    expect(Math.abs(fast.high - fast.estimate - exact.high + exact.estimate)).toBeLessThan(width / 10);
    expect(Math.abs(fast.estimate - exact.estimate)).toBeLessThan(width / 10);
  });
});

describe("jointQuantities", () => {
  test("computes once for all that are asked of a resample, whatever the order", () => {
    let computed = 0;
    const { sum, first } = jointQuantities(3, ["sum", "first"], (counts, values) => {
      computed++;
      values.set([counts[0] + counts[1] + counts[2], counts[0]]);
    });
    expect([sum.of(Uint32Array.of(1, 2, 0)), first.of(Uint32Array.of(1, 2, 0))]).toEqual([3, 1]);
    expect([first.of(Uint32Array.of(3, 0, 0)), sum.of(Uint32Array.of(3, 0, 0))]).toEqual([3, 3]);
    expect(computed).toBe(2);
  });
});
