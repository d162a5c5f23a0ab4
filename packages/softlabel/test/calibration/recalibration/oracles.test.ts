import {
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperatureScaling,
  fitVectorScaling,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { binary, fixture, logits, rowsOf } from "./fixture.ts";

const rows = logits(fixture.logits);
const { labels } = fixture;
// The search stops at a gradient of 1e-9; the flattest direction of these problems has a curvature of some 1e-3.
const optimum = { rtol: 1e-6, atol: 1e-6 };

describe("fits of SciPy and scikit-learn are reached", () => {
  it("temperature and its likelihood interval", () => {
    const { parameters, interval } = fitTemperatureScaling(labels, rows);
    expectClose(parameters.temperature, fixture.temperature.temperature, { rtol: 1e-11 });
    expectAllClose([interval.low, interval.high], [fixture.temperature.low, fixture.temperature.high], { rtol: 1e-9 });
  });

  it("the weights of the ensemble, by expectation maximisation", () => {
    const { parameters, search } = fitEnsembleTemperature(labels, rows);
    expect(search.converged).toBe(true);
    expectAllClose(parameters.weights, fixture.ensemble, { atol: 1e-8 });
  });

  it.each(fixture.vector)("vector scaling with λ = %d", (regularization, expected) => {
    const { parameters, search } = fitVectorScaling(labels, rows, { regularization });
    expect(search.converged).toBe(true);
    if (regularization > 0) {
      expectAllClose(parameters.scales, expected.scales, optimum);
      expectAllClose(parameters.intercepts, expected.intercepts, optimum);
      return;
    }
    // Without regularisation the same number on every intercept changes nothing.
    const centered = (list: readonly number[]): number[] => {
      const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
      return list.map((x) => x - mean);
    };
    expectAllClose(parameters.scales, expected.scales, optimum);
    expectAllClose(centered(parameters.intercepts), centered(expected.intercepts), optimum);
  });

  it.each(fixture.matrix)("matrix scaling with λ = %d, μ = %d", (offDiagonal, intercept, expected) => {
    const { parameters, search } = fitMatrixScaling(labels, rows, { offDiagonal, intercept });
    expect(search.converged).toBe(true);
    expectAllClose(parameters.weights.flat(), expected.weights.flat(), optimum);
    expectAllClose(parameters.intercepts, expected.intercepts, optimum);
  });

  it.each(fixture.dirichlet)("Dirichlet calibration with λ = %d, μ = %d", (offDiagonal, intercept, expected) => {
    const { parameters, search } = fitDirichlet(labels, rows, { offDiagonal, intercept });
    expect(search.converged).toBe(true);
    expectAllClose(parameters.weights.flat(), expected.weights.flat(), optimum);
    expectAllClose(parameters.intercepts, expected.intercepts, optimum);
  });

  it("Platt's map of two classes' logits", () => {
    const { parameters } = fitPlatt(fixture.binary.labels, logits(fixture.binary.logits));
    expect(parameters.maps).toHaveLength(1);
    expect(parameters.maps[0].converged).toBe(true);
    expectClose(parameters.maps[0].slope, fixture.binary.platt.slope, { rtol: 1e-9 });
    expectClose(parameters.maps[0].intercept, fixture.binary.platt.intercept, { rtol: 1e-8 });
  });

  it.each([
    ["labels", fixture.binary.labels, fixture.binary.p, fixture.binary.betaLabels],
    ["smoothed", fixture.binary.labels, fixture.binary.p, fixture.binary.betaSmoothed],
    ["labels", fixture.binary.turnedLabels, fixture.binary.turned, fixture.binary.betaTurned],
  ] as const)("the beta map with targets %s, kept from falling", (targets, given, p, expected) => {
    const [{ a, b, c, converged }] = fitBeta(given, binary(p), { targets }).parameters.maps;
    expect(converged).toBe(true);
    // L-BFGS-B stops at a loss that no longer falls, so its parameters keep half the digits.
    expectAllClose([a, b, c], expected, { atol: 1e-6 });
  });

  it("the bound of the beta map is met by one of them", () => {
    expect(fixture.binary.betaTurned.filter((x) => x === 0)).toHaveLength(1);
  });

  it.each([
    ["rising", fixture.binary.labels, fixture.binary.p, fixture.binary.isotonic],
    ["curved", fixture.binary.turnedLabels, fixture.binary.turned, fixture.binary.isotonicTurned],
  ] as const)("isotonic regression of %s data, ties included", (_, given, p, expected) => {
    const mended = fitIsotonic(given, binary(p)).apply(binary(expected.at));
    expectAllClose(
      rowsOf(mended).map(([, one]) => one),
      expected.values,
      { atol: 1e-12 },
    );
  });
});
