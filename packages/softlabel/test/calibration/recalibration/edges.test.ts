import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import {
  crossFit,
  expectedCalibrationError,
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitHistogramBinning,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperature,
  fitTemperatureScaling,
  fitVectorScaling,
  loadRecalibrator,
  logitNorm,
  negativeLogLikelihood,
  type Predictions,
  stratifiedFolds,
  temperatureInterval,
  topLabel,
} from "softlabel/calibration";
import { chiSquaredCdf } from "softlabel/statistics";
import { describe, expect, it } from "vitest";
import { logOdds } from "../../../src/calibration/recalibration/log-probabilities.ts";
import { minimizeConvex } from "../../../src/calibration/recalibration/minimize-convex.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { labelledLogits } from "../support/arbitrary-predictions.ts";
import { message } from "../support/message.ts";
import { readNpz } from "../support/read-npz.ts";
import { binary, fixture, logits, rowsOf } from "./fixture.ts";

const rows = logits(fixture.logits);
const { labels } = fixture;
const sure: Predictions = { data: [0, 1, 0.5, 0.5, 0.25, 0.75], shape: [3, 2], kind: "probabilities" };

describe("the likelihood interval of the temperature", () => {
  it("has the level's χ² at both ends", () => {
    fc.assert(
      fc.property(labelledLogits, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (given, level) => {
        const fit = fitTemperature(given.labels, given.predictions);
        fc.pre(fit.status === "fitted");
        const { low, high } = temperatureInterval(given.labels, given.predictions, fit, { level });
        expect(low < fit.temperature && fit.temperature < high).toBe(true);
        for (const end of [low, high]) {
          if (end === Infinity) continue;
          const divided = { ...given.predictions, data: Array.from(given.predictions.data, (z) => z / end) };
          const deviance = 2 * given.labels.length * (negativeLogLikelihood(given.labels, divided) - fit.nllAfter);
          expectClose(chiSquaredCdf(deviance, 1), level, { atol: 1e-6 });
        }
      }),
      { numRuns: 100 },
    );
  });

  it("bounds T from above where every row is right, from below where confidence misleads", () => {
    const margins = (...list: number[]): Predictions => logits(list.map((m) => [m, 0]));
    const right = fitTemperatureScaling([0, 0, 0], margins(1, 2, 3));
    expect(right.fit.status).toBe("separable");
    expect(right.interval.low).toBe(0);
    expect(right.interval.high).toBeGreaterThan(1);
    expect(right.interval.high).toBeLessThan(Infinity);
    const misled = fitTemperatureScaling(new Array(8).fill(0), margins(-4, -4, -3, -4, -5, -4, 1, -2));
    expect(misled.fit.status).toBe("uninformative");
    expect(misled.interval.high).toBe(Infinity);
    expect(misled.interval.low).toBeGreaterThan(1);
    expect(fitTemperatureScaling([0], margins(0)).interval).toEqual({ low: 0, high: Infinity, level: 0.95 });
  });

  it("holds the true temperature as often as it says", () => {
    // Rows drawn from softmax(z/2), and so with T = 2, by a fixed sequence.
    let held = 0;
    let state = 1;
    const uniform = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (let sample = 0; sample < 200; sample++) {
      const z = Array.from({ length: 100 }, () => [8 * uniform() - 4, 0]);
      const drawn = z.map(([margin]) => (uniform() < 1 / (1 + Math.exp(-margin / 2)) ? 0 : 1));
      const { low, high } = fitTemperatureScaling(drawn, logits(z)).interval;
      if (low <= 2 && 2 <= high) held++;
    }
    // Binomial standard deviation 0.015.
    expectClose(held / 200, 0.95, { atol: 0.045 });
  });

  it("does not care for the order of the rows", () => {
    const fit = fitTemperature(labels, rows);
    const order = labels.map((_, row) => labels.length - 1 - row);
    const turned = logits(order.map((row) => fixture.logits[row]));
    const { low, high } = temperatureInterval(labels, rows, fit);
    const of = temperatureInterval(
      order.map((row) => labels[row]),
      turned,
      fit,
    );
    expectAllClose([of.low, of.high], [low, high], { rtol: 1e-9 });
  });

  it("refuses what is no fit of these rows, for which it would search without end", () => {
    const fit = fitTemperature(labels, rows);
    const said = "fit must be what fitTemperature made of these labels and predictions, got";
    const refusal = (given: unknown): string => message(() => temperatureInterval(labels, rows, given as never));
    expect(refusal(undefined)).toBe(`${said} undefined`);
    expect(refusal(null)).toBe(`${said} null`);
    expect(refusal(2)).toBe(`${said} 2`);
    expect(refusal({ level: 0.9 })).toBe(`${said} an object`);
    expect(refusal({ ...fit, nllAfter: 100 })).toBe(`${said} "fitted"`);
    expect(refusal({ ...fit, nllAfter: undefined })).toBe(`${said} "fitted"`);
    expect(refusal({ ...fit, inverseTemperature: 2 * fit.inverseTemperature })).toBe(`${said} "fitted"`);
    for (const status of ["separable", "uninformative", "indifferent", "impossible"]) {
      expect(refusal({ ...fit, status })).toBe(`${said} "${status}"`);
    }
    const others = Array.from(rows.data).slice(0, -fixture.logits[0].length);
    const fewer = { ...rows, data: others, shape: [labels.length - 1, rows.shape[1]] } as Predictions;
    expect(message(() => temperatureInterval(labels.slice(0, -1), fewer, fit))).toBe(`${said} "fitted"`);
  });

  it("knows the fit of rows without a finite optimum again", () => {
    const cases: readonly (readonly [labels: number[], predictions: Predictions, status: string])[] = [
      [
        [0, 0],
        logits([
          [1, 0],
          [3, 1],
        ]),
        "separable",
      ],
      [
        [1, 1, 0],
        logits([
          [1, 0],
          [3, 1],
          [2, 0],
        ]),
        "uninformative",
      ],
      [
        [0, 1],
        logits([
          [2, 2],
          [1, 1],
        ]),
        "indifferent",
      ],
      [
        [0, 1],
        logits([
          [-Infinity, 2],
          [1, 3],
        ]),
        "impossible",
      ],
    ];
    for (const [given, predictions, status] of cases) {
      const fit = fitTemperature(given, predictions);
      expect(fit.status).toBe(status);
      expect(temperatureInterval(given, predictions, fit)).toEqual(fitTemperatureScaling(given, predictions).interval);
    }
  });
});

describe("limits of temperature scaling", () => {
  it("give all mass to the largest at T = 0, shared by ties, and the same to all that is possible at T = ∞", () => {
    const zero = fitTemperatureScaling(
      [0, 1],
      logits([
        [1, 0, 0],
        [0, 5, 5],
      ]),
    );
    expect(zero.parameters.temperature).toBe(0);
    const ties: Predictions = { data: [0.4, 0.4, 0.2, 0, 0.3, 0.7], shape: [2, 3], kind: "probabilities" };
    expect([...zero.apply(ties).data]).toEqual([0.5, 0.5, 0, 0, 0, 1]);
    expect([...zero.apply(logits([[2, 2, 1]])).data]).toEqual([0, 0, -Infinity]);
    const flat = fitTemperatureScaling(
      [1, 2],
      logits([
        [9, 0, 0],
        [9, 0, 0],
      ]),
    );
    expect(flat.parameters.temperature).toBe(Infinity);
    expect([...flat.apply(ties).data]).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0.5, 0.5]);
    expect([...flat.apply(logits([[2, -Infinity, 1]])).data]).toEqual([0, -Infinity, 0]);
    expect(JSON.parse(JSON.stringify(flat)).parameters).toEqual({ temperature: "Infinity" });
    expect(loadRecalibrator(JSON.parse(JSON.stringify(flat))).parameters).toEqual({ temperature: Infinity });
  });
});

describe("logarithms of 0", () => {
  it("are refused with the remedy, or moved to the bound that was named", () => {
    const refusal = (limit: number, where: string): string =>
      `probabilities must be in (0, 1) where their logarithm is taken, got ${limit} at ${where}; give the logits, or the ` +
      "bound that they may be moved to, such as { clip: 1e-7 }";
    expect(message(() => fitPlatt([1, 0, 1], sure))).toBe(refusal(0, "row 0, class 0"));
    expect(message(() => fitDirichlet([1, 0, 1], sure))).toBe(refusal(0, "row 0, class 0"));
    expect(message(() => fitVectorScaling([1, 0, 1], sure))).toBe(refusal(0, "row 0, class 0"));
    for (const fit of [fitPlatt, fitBeta, fitDirichlet, fitMatrixScaling, fitVectorScaling]) {
      const { apply } = fit([1, 0, 1], sure, { clip: 1e-7 });
      expect([...apply(sure, { inSample: true }).data].every(Number.isFinite)).toBe(true);
    }
    expect(message(() => fitBeta([0], binary([0.5]), { clip: 0.5 }))).toBe("clip must be in (0, 0.5), got 0.5");
    // What was fitted without a clip meets a 0 only when it is applied.
    expect(message(() => fitPlatt([0, 1], binary([0.2, 0.4])).apply(sure))).toBe(refusal(0, "row 0, class 0"));
  });

  it("of a masked class are refused too", () => {
    const masked = logits([[0, -Infinity, 1]]);
    expect(message(() => fitVectorScaling([0], masked))).toBe(
      "logits must be finite where they are multiplied, got −∞ at row 0, class 1",
    );
  });

  it("are not met from logits, however sure", () => {
    const { logP, logRest } = logOdds(logits([[700, 0, -3]]), null);
    expectAllClose(logRest, [-700 + Math.log1p(Math.exp(-3)), -Math.exp(-700), -Math.exp(-703)], { rtol: 1e-14 });
    expectAllClose(logP, [0, -700, -703], { atol: 1e-300, rtol: 1e-15 });
  });
});

describe("targets that are labels", () => {
  it("need overlap: what the score separates has no finite map", () => {
    const separated = binary([0.1, 0.2, 0.7]);
    const refusal =
      'labels must overlap in score for targets "labels", got hits and misses that the score separates, so that no ' +
      'finite map is the best; say targets: "smoothed"';
    expect(message(() => fitPlatt([0, 0, 1], separated, { targets: "labels" }))).toBe(refusal);
    expect(message(() => fitPlatt([1, 1, 0], separated, { targets: "labels" }))).toBe(refusal);
    expect(message(() => fitBeta([0, 0, 1], separated, { targets: "labels" }))).toBe(refusal);
    expect(message(() => fitBeta([1, 1, 1], separated, { targets: "labels" }))).toBe(refusal);
    // A beta map may not fall, so the reversed order has an optimum: a constant.
    const { maps } = fitBeta([1, 1, 0], separated, { targets: "labels" }).parameters;
    expectAllClose([maps[0].a, maps[0].b, maps[0].c], [0, 0, Math.log(2)], { atol: 1e-9 });
    const wrong = { targets: "platt" } as unknown as { readonly targets: "labels" };
    expect(message(() => fitPlatt([0], binary([0.5]), wrong))).toBe(
      'targets must be "smoothed" or "labels", got "platt"',
    );
  });

  it("give what betacal and LibSVM publish", () => {
    const path = new URL("../../fixtures/calibration.json", import.meta.url);
    const cases: readonly { readonly id: string; readonly inputs: { scores: number[]; labels: number[] } }[] =
      JSON.parse(readFileSync(path, "utf8")).cases;
    const platt = cases.find(({ id }) => id === "platt_sigmoid")?.inputs ?? expect.fail("no case");
    const [libsvm] = fitPlatt(
      platt.labels.map((y) => Number(y > 0)),
      logits(platt.scores.map((s) => [0, s])),
    ).parameters.maps;
    expectAllClose([libsvm.slope, libsvm.intercept], [0.20261354391187855, -0.6523631498001051], { atol: 1e-3 });
    const beta = cases.find(({ id }) => id === "beta_calibration_map")?.inputs ?? expect.fail("no case");
    const [{ a, b, c }] = fitBeta(beta.labels, binary(beta.scores), { targets: "labels" }).parameters.maps;
    expectAllClose([a, b], [2.8053096547167318, 0.4976016686496488], { atol: 1e-3 });
    const m = 0.6296942779387646;
    expectClose(c, b * Math.log(1 - m) - a * Math.log(m), { atol: 2e-3 });
  });
});

describe("schemes", () => {
  it("top-label maps the largest and leaves the others in proportion", () => {
    const given = logits([
      [2, 1, 0],
      [0, 1, 3],
      [1, 1.5, 0],
      [4, 0, 1],
    ]);
    const { apply, parameters } = fitIsotonic([0, 0, 1, 0], given, { scheme: "top-label" });
    expect(parameters.maps).toHaveLength(1);
    const [before] = rowsOf({ data: [0.5, 0.3, 0.2], shape: [1, 3], kind: "probabilities" });
    const [after] = rowsOf(apply({ data: before, shape: [1, 3], kind: "probabilities" }));
    expectClose(after[1] / after[2], 1.5, { rtol: 1e-12 });
    const alone = rowsOf(apply({ data: [1, 0, 0], shape: [1, 3], kind: "probabilities" }))[0];
    expect(alone[1]).toBe(alone[2]);
  });

  it("one-vs-rest makes a row uniform where every map gives 0", () => {
    const given = logits([
      [9, 0, 0],
      [0, 9, 0],
      [0, 0, 9],
      [1, 1, 1],
    ]);
    const { apply } = fitIsotonic([1, 2, 0, 1], given);
    const [first] = rowsOf(apply({ data: [0, 0.5, 0.5], shape: [1, 3], kind: "probabilities" }));
    expect(first.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const zeros = loadRecalibrator({
      ...JSON.parse(JSON.stringify(fitIsotonic([1, 2, 0, 1], given))),
      parameters: { scheme: "one-vs-rest", clip: null, maps: [0, 1, 2].map(() => ({ x: [0.5], y: [0] })) },
    });
    expect(rowsOf(zeros.apply(logits([[1, 2, 3]])))[0]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it("need two classes and a known name", () => {
    const one: Predictions = { data: [1], shape: [1, 1], kind: "probabilities" };
    expect(message(() => fitHistogramBinning([0], one))).toBe(
      "predictions must have at least 2 classes for histogram, got 1",
    );
    const wrong = { scheme: "ovr" } as unknown as { readonly scheme: "top-label" };
    expect(message(() => fitIsotonic([0], binary([0.5]), wrong))).toBe(
      'scheme must be "one-vs-rest" or "top-label", got "ovr"',
    );
  });
});

describe("regularisation", () => {
  it("is refused below 0, and asked for where a matrix has more than 50 classes", () => {
    const many: Predictions = { data: new Float64Array(51), shape: [1, 51], kind: "logits" };
    const refusal =
      "offDiagonal must be above 0 for more than 50 classes, got 0 for 51; 2652 parameters without it overfit";
    expect(message(() => fitMatrixScaling([0], many, { offDiagonal: 0 }))).toBe(refusal);
    expect(message(() => fitDirichlet([0], many, { offDiagonal: 0 }))).toBe(refusal);
    expect(message(() => fitMatrixScaling(labels, rows, { intercept: -1 }))).toBe(
      "intercept must be finite and at least 0, got -1",
    );
    expect(message(() => fitVectorScaling(labels, rows, { regularization: Number.NaN }))).toBe(
      "regularization must be finite and at least 0, got NaN",
    );
    expect(message(() => fitEnsembleTemperature(labels, rows, { priorRows: 0 }))).toBe(
      "priorRows must be finite and above 0, got 0",
    );
    expect(message(() => fitTemperatureScaling(labels, rows, { level: 0 }))).toBe("level must be in (0, 1), got 0");
  });
});

describe("the search", () => {
  it("finds the minimum of badly scaled quadratics and says how it ended", () => {
    const curvatures = [1e-3, 1, 1e3, 1e5];
    const quadratic = (x: Float64Array, gradient: Float64Array): number => {
      let value = 0;
      curvatures.forEach((c, i) => {
        gradient[i] = c * (x[i] - i);
        value += (c / 2) * (x[i] - i) ** 2;
      });
      return value;
    };
    const found = minimizeConvex(quadratic, [5, 5, 5, 5], { tolerance: 1e-12 });
    expect(found.converged).toBe(true);
    expectAllClose(found.x, [0, 1, 2, 3], { atol: 1e-8 });
    const short = minimizeConvex(quadratic, [5, 5, 5, 5], { iterations: 1 });
    expect(short).toMatchObject({ converged: false, iterations: 1 });
    expect(short.gradientNorm).toBeGreaterThan(1e-9);
  });

  it("keeps out of where the function is ∞", () => {
    const barrier = ([x]: Float64Array, gradient: Float64Array): number => {
      if (!(x > 0)) return Infinity;
      gradient[0] = 100 - 1 / x;
      return 100 * x - Math.log(x);
    };
    expectAllClose(minimizeConvex(barrier, [3]).x, [0.01], { rtol: 1e-8 });
  });

  it("does not claim convergence where there is no minimum", () => {
    const falling = ([x]: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -1;
      return -x;
    };
    expect(minimizeConvex(falling, [0], { iterations: 3 }).converged).toBe(false);
  });
});

describe("folds", () => {
  it("differ by one row at most, for each class and in all, and depend on the seed alone", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 2, max: 6 }),
        fc.nat(100),
        (list, folds, seed) => {
          fc.pre(folds <= list.length);
          const fold = stratifiedFolds(list, { folds, seed });
          expect([...stratifiedFolds(list, { folds, seed })]).toEqual([...fold]);
          for (const kept of [null, ...new Set(list)]) {
            const sizes = Array.from(
              { length: folds },
              (_, f) => fold.filter((of, i) => of === f && (kept === null || list[i] === kept)).length,
            );
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
    const many = Array.from({ length: 200 }, (_, i) => i % 3);
    expect([...stratifiedFolds(many, { seed: 1 })]).not.toEqual([...stratifiedFolds(many, { seed: 2 })]);
  });

  it("are refused where there are more than rows, and where the fits are of two kinds", () => {
    expect(message(() => crossFit([0, 1], binary([0.1, 0.9]), fitIsotonic, { folds: 3 }))).toBe(
      "folds must be an integer in [2, 2], the number of rows, got 3",
    );
    let call = 0;
    const mixed = (l: readonly number[] | ArrayLike<number>, p: Predictions) =>
      call++ ? fitPlatt(l, p) : fitVectorScaling(l, p);
    expect(message(() => crossFit(labels, rows, mixed))).toBe(
      "fit must always give predictions of one kind, got logits and probabilities",
    );
  });
});

describe("logit normalisation", () => {
  it("is the largest centred logit over the norm", () => {
    const score = logitNorm(
      logits([
        [3, 0, 0],
        [1, -1, 0],
      ]),
    );
    expectAllClose(score, [2 / Math.sqrt(6), 1 / Math.sqrt(2)], { rtol: 1e-15 });
    expectAllClose(
      logitNorm(
        logits([
          [3, 0, 0],
          [1, -1, 0],
        ]),
        { norm: 1 },
      ),
      [0.5, 0.5],
      { rtol: 1e-15 },
    );
    expectAllClose(
      logitNorm(
        logits([
          [3, 0, 0],
          [0, -4, 1],
        ]),
        { norm: Infinity },
      ),
      [1, 2 / 3],
      { rtol: 1e-15 },
    );
  });

  it("does not see an offset, a scale or the softmax, and stays in [0, 1]", () => {
    fc.assert(
      fc.property(labelledLogits, fc.double({ min: 1, max: 20, noNaN: true }), ({ predictions }, norm) => {
        const score = logitNorm(predictions, { norm });
        const moved = { ...predictions, data: Array.from(predictions.data, (z) => 4 * z + 32) };
        expectAllClose(logitNorm(moved, { norm }), score, { atol: 1e-12 });
        for (const s of score) expect(s >= 0 && s <= 1 + 1e-15).toBe(true);
      }),
    );
    const p: Predictions = { data: [0.7, 0.2, 0.1], shape: [1, 3], kind: "probabilities" };
    expectAllClose(logitNorm(p), logitNorm(logits([[0.7, 0.2, 0.1].map((x) => Math.log(x) + 5)])), { rtol: 1e-13 });
  });

  it("is 0 where no class is favoured, and refuses other norms", () => {
    expect([...logitNorm(logits([[2, 2, 2]]))]).toEqual([0]);
    expect(message(() => logitNorm(rows, { norm: 0.5 }))).toBe("norm must be at least 1, got 0.5");
  });
});

describe("a document that is none", () => {
  const good = JSON.parse(JSON.stringify(fitVectorScaling(labels, rows)));
  const platt = JSON.parse(JSON.stringify(fitPlatt(labels, rows)));
  const isotonic = JSON.parse(JSON.stringify(fitIsotonic([0, 1, 1], binary([0.1, 0.5, 0.9]))));

  it.each([
    ["nothing", null, "document must be an object, got null"],
    ["a list", [], "document must be an object, got an array of length 0"],
    ["another schema", { ...good, schema: "x/2" }, 'document.schema must be "softlabel/recalibrator/1", got "x/2"'],
    [
      "an unknown method",
      { ...good, method: "spline" },
      "document.method must be one of temperature, ensemble, vector, matrix, dirichlet, platt, beta, isotonic, histogram, " +
        'got "spline"',
    ],
    ["no classes", { ...good, classes: 0.5 }, "document.classes must be an integer, got 0.5"],
    ["classes of 0", { ...good, classes: 0 }, "document.classes must be finite and at least 1, got 0"],
    ["other classes", { ...good, classes: 3 }, "parameters.scales must be a list of 3, got an array of length 4"],
    ["no fit", { ...good, fittedOn: 1 }, "document.fittedOn must be an object, got 1"],
    [
      "a wrong fingerprint",
      { ...good, fittedOn: { rows: 1, fingerprint: "x" } },
      'document.fittedOn.fingerprint must be 16 hexadecimal digits, got "x"',
    ],
    [
      "a number that is none",
      { ...good, parameters: { ...good.parameters, scales: [1, 1, null, 1] } },
      "parameters.scales[2] must be a finite number, got null",
    ],
    [
      "a temperature below 0",
      { ...good, method: "temperature", parameters: { temperature: -1 } },
      "parameters.temperature must be finite and at least 0, got -1",
    ],
    [
      "a temperature in words",
      { ...good, method: "temperature", parameters: { temperature: "hot" } },
      'parameters.temperature must be a number or "Infinity", got "hot"',
    ],
    [
      "a weight above 1",
      { ...good, method: "ensemble", parameters: { temperature: 1, weights: [2, 0, 0] } },
      "parameters.weights[0] must be in [0, 1], got 2",
    ],
    [
      "a matrix that is not square",
      { ...good, method: "matrix", parameters: { weights: [[1], [1], [1], [1]], intercepts: [0, 0, 0, 0] } },
      "parameters.weights[0] must be a list of 4, got an array of length 1",
    ],
    [
      "too few maps",
      { ...platt, parameters: { ...platt.parameters, maps: [] } },
      "parameters.maps must be a list of 4, got an array of length 0",
    ],
    [
      "another scheme",
      { ...platt, parameters: { ...platt.parameters, scheme: 1 } },
      'parameters.scheme must be "one-vs-rest" or "top-label", got 1',
    ],
    [
      "a curve that falls",
      { ...isotonic, parameters: { ...isotonic.parameters, maps: [{ x: [0, 1], y: [1, 0] }] } },
      "parameters.maps[0].y must ascend, got 0 after 1 at index 1",
    ],
    [
      "a curve without points",
      { ...isotonic, parameters: { ...isotonic.parameters, maps: [{ x: [], y: [] }] } },
      "parameters.maps[0].x must be a list that is not empty, got an array of length 0",
    ],
  ])("is refused in one sentence: %s", (_, document, sentence) => {
    expect(message(() => loadRecalibrator(document))).toBe(sentence);
  });
});

describe("real predictions", () => {
  const folder = fileURLToPath(new URL("../../../../../../shared/data/netcal/", import.meta.url));
  const published: readonly (readonly [string, number])[] = [
    ["lenet-5-cifar-10", 1.37358381],
    ["lenet-5-cifar-100", 1.10706901],
    ["wideresnet-16-4-cifar-100", 1.10990269],
  ];

  it.skipIf(!existsSync(folder)).each(published)(
    "%s has the temperature that SciPy finds, and its interval lies around it [needs netcal]",
    (name, temperature) => {
      const arrays = readNpz(`${folder}${name}.npz`);
      const half = (from: number): { labels: number[]; predictions: Predictions } => {
        const classes = arrays.predictions.shape[1];
        const data = Float64Array.from(
          arrays.predictions.data.slice(from * classes, (from + 5000) * classes) as Float32Array,
        );
        const of = Array.from(arrays.ground_truth.data.slice(from, from + 5000), Number);
        return { labels: of, predictions: { data, shape: [5000, classes], kind: "probabilities" } };
      };
      const [validation, test] = [half(0), half(5000)];
      const scaling = fitTemperatureScaling(validation.labels, validation.predictions);
      expectClose(scaling.parameters.temperature, temperature, { atol: 1e-3 });
      expect(scaling.interval.low).toBeLessThan(temperature);
      expect(scaling.interval.high).toBeGreaterThan(temperature);
      expect(scaling.interval.high - scaling.interval.low).toBeLessThan(0.12);
      const mended = scaling.apply(test.predictions);
      const [before, after] = [test.predictions, mended].map((p) => topLabel(test.labels, p));
      expect(expectedCalibrationError(after)).toBeLessThan(expectedCalibrationError(before));
      const ensemble = fitEnsembleTemperature(validation.labels, validation.predictions);
      expect(ensemble.search.converged).toBe(true);
      expect(negativeLogLikelihood(test.labels, ensemble.apply(test.predictions))).toBeLessThan(
        negativeLogLikelihood(test.labels, test.predictions),
      );
    },
  );
});
