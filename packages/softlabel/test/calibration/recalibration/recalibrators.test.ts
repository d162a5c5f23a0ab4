import fc from "fast-check";
import {
  type ApplyOptions,
  accuracy,
  crossFit,
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitHistogramBinning,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperatureScaling,
  fitVectorScaling,
  type Labels,
  loadRecalibrator,
  negativeLogLikelihood,
  type Predictions,
  type Recalibrator,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { type Labelled, labelledLogits, softmaxRows, takeRows } from "../support/arbitrary-predictions.ts";
import { message } from "../support/message.ts";
import { binary, fixture, logits, rowsOf } from "./fixture.ts";

type Fit = (labels: Labels, predictions: Predictions) => Recalibrator;

/** Every method, with each of its schemes. */
const methods: Readonly<Record<string, Fit>> = {
  temperature: fitTemperatureScaling,
  ensemble: fitEnsembleTemperature,
  vector: fitVectorScaling,
  matrix: fitMatrixScaling,
  dirichlet: fitDirichlet,
  platt: fitPlatt,
  beta: fitBeta,
  isotonic: fitIsotonic,
  histogram: fitHistogramBinning,
  "platt top-label": (l, p) => fitPlatt(l, p, { scheme: "top-label" }),
  "beta top-label": (l, p) => fitBeta(l, p, { scheme: "top-label" }),
  "isotonic top-label": (l, p) => fitIsotonic(l, p, { scheme: "top-label" }),
  "histogram top-label": (l, p) => fitHistogramBinning(l, p, { scheme: "top-label", binning: "equal-mass", bins: 3 }),
};
const each = Object.entries(methods);
const inSample: ApplyOptions = { inSample: true };
const rows = logits(fixture.logits);
const { labels } = fixture;
const fresh = logits([
  [0.5, -1, 2, 0],
  [3, 3, -2, 1],
  [-1, 0.25, 0, 4],
]);
const atLeastTwoClasses = labelledLogits.filter(({ predictions }) => predictions.shape[1] >= 2);

describe.each(each)("%s", (_, fit) => {
  it("gives distributions, whatever it was fitted to", () => {
    fc.assert(
      fc.property(atLeastTwoClasses, atLeastTwoClasses, (given, other) => {
        const recalibrator = fit(given.labels, given.predictions);
        const same = given.predictions.shape[1] === other.predictions.shape[1] ? other.predictions : given.predictions;
        const mended = recalibrator.apply(same, inSample);
        expect(mended.shape).toEqual(same.shape);
        const p = mended.kind === "logits" ? softmaxRows(mended) : rowsOf(mended);
        for (const row of p) {
          expectClose(
            row.reduce((sum, x) => sum + x, 0),
            1,
            { atol: 1e-12 },
          );
          for (const x of row) expect(x >= 0 && x <= 1).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("does the same to rows in another order, fitted in another order", () => {
    const backward = takeRows({ labels, predictions: rows }, [...labels.keys()].reverse());
    const [one, two] = [fit(labels, rows), fit(backward.labels, backward.predictions)];
    // Sums in another order end the search elsewhere within its tolerance.
    expectAllClose(two.apply(fresh).data, one.apply(fresh).data, { atol: 1e-6 });
    const turned = takeRows({ labels: [0, 0, 0], predictions: fresh }, [2, 0, 1]).predictions;
    const mended = rowsOf(one.apply(fresh));
    expect(rowsOf(one.apply(turned))).toEqual([mended[2], mended[0], mended[1]]);
  });

  it("is the same for logits and for their probabilities", () => {
    const asProbabilities = (given: Predictions): Predictions => ({
      ...given,
      // ln p, which differs from z by a number for each row that matrix and vector scaling would see.
      data: softmaxRows(given).flat(),
      kind: "probabilities",
    });
    const normalized = (given: Predictions): Predictions => ({
      ...given,
      data: softmaxRows(given)
        .flat()
        .map((p) => Math.log(p)),
    });
    const ofLogits = fit(labels, normalized(rows)).apply(normalized(fresh));
    const ofProbabilities = fit(labels, asProbabilities(rows)).apply(asProbabilities(fresh));
    const p = (given: Predictions): number[] =>
      given.kind === "logits" ? softmaxRows(given).flat() : [...rowsOf(given).flat()];
    expectAllClose(p(ofProbabilities), p(ofLogits), { atol: 1e-6 });
  });

  it("comes back from JSON to the last bit, and still knows its rows", () => {
    const recalibrator = fit(labels, rows);
    const loaded = loadRecalibrator(JSON.parse(JSON.stringify(recalibrator)));
    expect(loaded.method).toBe(recalibrator.method);
    expect(loaded.parameters).toEqual(recalibrator.parameters);
    expect([...loaded.apply(fresh).data]).toEqual([...recalibrator.apply(fresh).data]);
    expect(JSON.stringify(loaded)).toBe(JSON.stringify(recalibrator));
    expect(message(() => loaded.apply(rows))).toBe(message(() => recalibrator.apply(rows)));
  });

  it("refuses the rows of its fit, in any order and any array, unless asked by name", () => {
    const recalibrator = fit(labels, rows);
    const refusal =
      `predictions must be other rows than the 60 that ${recalibrator.method} was fitted on, got the same rows; judge ` +
      "held-out rows, use crossFit, or ask for the rosy result by name: { inSample: true }";
    const shuffled = takeRows({ labels, predictions: rows }, [...labels.keys()].reverse()).predictions;
    expect(message(() => recalibrator.apply(rows))).toBe(refusal);
    expect(message(() => recalibrator.apply({ ...rows, data: Float64Array.from(rows.data) }))).toBe(refusal);
    expect(message(() => recalibrator.apply(shuffled))).toBe(refusal);
    expect(recalibrator.apply(rows, inSample).shape).toEqual([60, 4]);
    const almost = Float64Array.from(rows.data);
    almost[17] += 1e-9;
    expect(recalibrator.apply({ ...rows, data: almost }).shape).toEqual([60, 4]);
  });

  it("refuses another number of classes", () => {
    const recalibrator = fit(labels, rows);
    expect(message(() => recalibrator.apply(binary([0.3])))).toBe(
      `predictions must have the 4 classes that ${recalibrator.method} was fitted on, got 2`,
    );
  });

  it("survives a class without a label, all right, all wrong, one row, equal rows", () => {
    const data: Readonly<Record<string, Labelled>> = {
      "a class without a label": { labels: labels.map((k) => (k === 3 ? 0 : k)), predictions: rows },
      "all right": { labels: [...topLabel(labels, rows).predicted], predictions: rows },
      "all wrong": { labels: [...topLabel(labels, rows).predicted].map((k) => (k + 1) % 4), predictions: rows },
      "one row": { labels: [2], predictions: logits([[1, 0, -1, 0.5]]) },
      "equal rows": {
        labels: [0, 1, 1],
        predictions: logits([
          [1, 0, -1, 2],
          [1, 0, -1, 2],
          [1, 0, -1, 2],
        ]),
      },
    };
    for (const [name, given] of Object.entries(data)) {
      const mended = fit(given.labels, given.predictions).apply(fresh);
      const p = mended.kind === "logits" ? softmaxRows(mended).flat() : [...mended.data];
      expect(p.every(Number.isFinite), name).toBe(true);
    }
  });

  it("can be cross-fitted: every row mended by a fit to others alone", () => {
    const crossed = crossFit(labels, rows, fit, { folds: 4, seed: 3 });
    expect(crossed.predictions.shape).toEqual([60, 4]);
    for (let fold = 0; fold < 4; fold++) {
      const held = [...crossed.folds.keys()].filter((row) => crossed.folds[row] === fold);
      const others = takeRows(
        { labels, predictions: rows },
        [...crossed.folds.keys()].filter((row) => crossed.folds[row] !== fold),
      );
      const again = fit(others.labels, others.predictions).apply(
        takeRows({ labels, predictions: rows }, held).predictions,
      );
      const got = rowsOf(crossed.predictions);
      expect(held.map((row) => got[row])).toEqual(rowsOf(again));
    }
  });
});

describe("what each method keeps", () => {
  it("temperature and its ensemble change no prediction", () => {
    fc.assert(
      fc.property(labelledLogits, (given) => {
        for (const fit of [fitTemperatureScaling, fitEnsembleTemperature]) {
          const recalibrator = fit(given.labels, given.predictions);
          // All share the same mass at T = ∞.
          fc.pre(recalibrator.parameters.temperature < Infinity);
          const before = topLabel(given.labels, given.predictions);
          const after = topLabel(given.labels, recalibrator.apply(given.predictions, inSample));
          expect(accuracy(after)).toBe(accuracy(before));
        }
      }),
    );
  });

  it("the ensemble leaves no probability at 0 or 1, even where all rows are right and sure", () => {
    const sure = logits([
      [1000, 0, -1000],
      [0, 1000, -5],
      [-1000, 0, 1000],
      [900, -1, 0],
    ]);
    const { parameters, apply, search } = fitEnsembleTemperature([0, 1, 2, 0], sure);
    expect(parameters.temperature).toBe(0);
    expect(search.converged).toBe(true);
    // c/(N + 3c) and its share of each of 3 classes.
    expect(parameters.weights[2]).toBeGreaterThanOrEqual(1 / 7);
    for (const p of apply(sure, inSample).data) expect(p >= 1 / 21 && p < 1).toBe(true);
    const impossible = fitEnsembleTemperature([0, 0], {
      data: [0, 1, 0.75, 0.25],
      shape: [2, 2],
      kind: "probabilities",
    });
    expect(impossible.fit.status).toBe("impossible");
    expect(impossible.parameters.weights.every((w) => w > 0 && w < 1)).toBe(true);
  });

  it("a larger prior of the ensemble pulls the weights together", () => {
    const spread = (priorRows: number): number => {
      const { weights } = fitEnsembleTemperature(labels, rows, { priorRows }).parameters;
      return Math.max(...weights) - Math.min(...weights);
    };
    expect(spread(1e6)).toBeLessThan(1e-4);
    expect(spread(10)).toBeLessThan(spread(0.1));
  });

  it("isotonic and beta maps never fall, Platt's neither where confidence does not mislead", () => {
    const probes = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    const ascending = fc.array(fc.tuple(fc.integer({ min: 1, max: 31 }), fc.nat(1)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ascending, (pairs) => {
        const given = binary(pairs.map(([n]) => n / 32));
        const hits = pairs.map(([, hit]) => hit);
        const platt = fitPlatt(hits, given);
        const maps = [
          fitIsotonic(hits, given),
          fitBeta(hits, given),
          ...(platt.parameters.maps[0].slope >= 0 ? [platt] : []),
        ];
        for (const recalibrator of maps) {
          const mended = rowsOf(recalibrator.apply(binary(probes), inSample)).map(([, p]) => p);
          for (let i = 1; i < mended.length; i++) expect(mended[i]).toBeGreaterThanOrEqual(mended[i - 1] - 1e-15);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("isotonic regression of a calibrated step is that step, and fitting twice changes nothing", () => {
    const given = binary([0.25, 0.25, 0.25, 0.25, 0.5, 0.5]);
    const hits = [0, 1, 0, 0, 1, 0];
    const once = fitIsotonic(hits, given).apply(given, inSample);
    expectAllClose(once.data, given.data, { atol: 1e-15 });
    const twice = fitIsotonic(hits, once).apply(once, inSample);
    expectAllClose(twice.data, once.data, { atol: 1e-15 });
  });

  it("histogram binning gives each bin its share, and an empty one its middle", () => {
    const given = binary([0.1, 0.15, 0.2, 0.9, 0.95]);
    const { parameters, apply } = fitHistogramBinning([0, 1, 0, 1, 1], given, { bins: 5 });
    expect(parameters.maps[0].highs).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expectAllClose(parameters.maps[0].values, [1 / 3, 0.3, 0.5, 0.7, 1], { atol: 1e-15 });
    const mended = rowsOf(apply(binary([0, 0.2, 0.2000001, 0.5, 1]))).map(([, p]) => p);
    expectAllClose(mended, [1 / 3, 1 / 3, 0.3, 0.5, 1], { atol: 1e-15 });
  });

  it("temperature scaling is what is left of matrix scaling under strong regularisation and one shared diagonal", () => {
    const strong = { offDiagonal: 1e9, intercept: 1e9 };
    for (const fit of [fitMatrixScaling, fitDirichlet]) {
      const { weights, intercepts } = fit(labels, rows, strong).parameters;
      weights.forEach((row, i) => {
        row.forEach((w, j) => {
          if (i !== j) expect(Math.abs(w)).toBeLessThan(1e-7);
        });
      });
      for (const b of intercepts) expect(Math.abs(b)).toBeLessThan(1e-7);
    }
  });

  it("vector scaling under strong regularisation is the identity", () => {
    const { scales, intercepts } = fitVectorScaling(labels, rows, { regularization: 1e9 }).parameters;
    expectAllClose(scales, [1, 1, 1, 1], { atol: 1e-6 });
    expectAllClose(intercepts, [0, 0, 0, 0], { atol: 1e-6 });
  });

  it("a richer map fits its own rows no worse", () => {
    const nll = (recalibrator: Recalibrator): number =>
      negativeLogLikelihood(labels, recalibrator.apply(rows, inSample));
    const none = { offDiagonal: 0, intercept: 0 };
    const order = [
      fitMatrixScaling(labels, rows, none),
      fitVectorScaling(labels, rows, { regularization: 0 }),
      fitTemperatureScaling(labels, rows),
    ].map(nll);
    expect(order[0]).toBeLessThan(order[1]);
    expect(order[1]).toBeLessThan(order[2]);
    expect(order[2]).toBeLessThan(negativeLogLikelihood(labels, rows));
    // ln p and z span the same affine maps only up to the row's offset.
    expect(nll(fitDirichlet(labels, rows, none))).toBeLessThan(order[2]);
  });

  it("fits of what they gave are the identity", () => {
    const mendedBy = (recalibrator: Recalibrator): Predictions => recalibrator.apply(rows, inSample);
    expectClose(
      fitTemperatureScaling(labels, mendedBy(fitTemperatureScaling(labels, rows))).parameters.temperature,
      1,
      {
        atol: 1e-6,
      },
    );
    const none = { regularization: 0 };
    const again = fitVectorScaling(labels, mendedBy(fitVectorScaling(labels, rows, none)), none).parameters;
    expectAllClose(again.scales, [1, 1, 1, 1], { atol: 1e-6 });
    const twoClasses = binary(fixture.binary.p);
    const platt = fitPlatt(fixture.binary.labels, twoClasses).apply(twoClasses, inSample);
    const [{ slope, intercept }] = fitPlatt(fixture.binary.labels, platt).parameters.maps;
    expectAllClose([slope, intercept], [1, 0], { atol: 1e-6 });
    const beta = fitBeta(fixture.binary.labels, twoClasses).apply(twoClasses, inSample);
    const loss = (given: Predictions): number => negativeLogLikelihood(fixture.binary.labels, given);
    expectClose(loss(fitBeta(fixture.binary.labels, beta).apply(beta, inSample)), loss(beta), { atol: 1e-3 });
  });
});
