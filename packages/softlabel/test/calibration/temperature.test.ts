import fc from "fast-check";
import {
  accuracy,
  applyTemperature,
  fitTemperature,
  negativeLogLikelihood,
  type Predictions,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { labelledLogits, softmaxRows, takeRows } from "./support/arbitrary-predictions.ts";

/** Two classes, the margin of the label in each row: NLL(β) = mean of ln(1 + exp(−β·margin)). */
function margins(...values: number[]): { labels: number[]; predictions: Predictions } {
  return {
    labels: values.map(() => 0),
    predictions: { data: values.flatMap((m) => [m, 0]), shape: [values.length, 2], kind: "logits" },
  };
}

describe("the fitted temperature", () => {
  it("is known in closed form when all margins are equal: β = ln(right / wrong) / margin", () => {
    for (const scale of [1e-150, 1e-3, 1, 17, 1e6, 1e150]) {
      const { labels, predictions } = margins(...[1, 1, 1, 1, 1, -1, -1].map((m) => m * scale));
      const fit = fitTemperature(labels, predictions);
      expect(fit.status).toBe("fitted");
      expectClose(fit.inverseTemperature, Math.log(5 / 2) / scale, { rtol: 1e-12 });
      expectClose(fit.temperature, scale / Math.log(5 / 2), { rtol: 1e-12 });
      expect(fit.unconstrainedInverseTemperature).toBe(fit.inverseTemperature);
    }
  });

  it("is below 1 for under-confident predictions and above 1 for over-confident ones", () => {
    const under = margins(0.5, 0.5, 0.5, -0.5);
    const over = margins(4, 4, 4, -4);
    expectClose(fitTemperature(under.labels, under.predictions).temperature, 0.5 / Math.log(3), { rtol: 1e-12 });
    expectClose(fitTemperature(over.labels, over.predictions).temperature, 4 / Math.log(3), { rtol: 1e-12 });
  });

  it("is a minimum: the NLL is no smaller on either side of it, nor as the predictions came", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const fit = fitTemperature(labels, predictions);
        const nll = (temperature: number): number =>
          negativeLogLikelihood(labels, applyTemperature(predictions, temperature));
        expectClose(fit.nllBefore, nll(1), { rtol: 1e-13, atol: 1e-15 });
        expect(fit.nllAfter).toBeLessThanOrEqual(fit.nllBefore + 1e-14);
        // Far out, where the optimum is not a finite T, the NLL has come close to its limit.
        const ends = { separable: 1e-3, uninformative: 1e9, fitted: fit.temperature, indifferent: 1, impossible: 1 };
        expectClose(fit.nllAfter, nll(ends[fit.status]), { rtol: 1e-12, atol: 1e-8 });
        if (fit.status !== "fitted") return;
        expectClose(fit.nllAfter, nll(fit.temperature), { rtol: 1e-12, atol: 1e-15 });
        for (const factor of [0.5, 0.99, 1.01, 2]) {
          expect(nll(fit.temperature * factor)).toBeGreaterThanOrEqual(fit.nllAfter - 1e-14);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is 1 once it has been applied, and keeps the accuracy", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const fit = fitTemperature(labels, predictions);
        fc.pre(fit.status === "fitted");
        const scaled = applyTemperature(predictions, fit.temperature);
        expectClose(fitTemperature(labels, scaled).temperature, 1, { atol: 1e-6 });
        expect(accuracy(topLabel(labels, scaled))).toBe(accuracy(topLabel(labels, predictions)));
      }),
    );
  });

  it("is the same for the softmax of the logits, for rows in another order and for every row twice", () => {
    fc.assert(
      fc.property(labelledLogits, ({ labels, predictions }) => {
        const fit = fitTemperature(labels, predictions);
        fc.pre(fit.status === "fitted" && fit.temperature < 1e3);
        const rows = labels.map((_, row) => row);
        const same = {
          softmax: {
            labels,
            predictions: { ...predictions, data: softmaxRows(predictions).flat(), kind: "probabilities" as const },
          },
          reversed: takeRows({ labels, predictions }, rows.toReversed()),
          twice: takeRows({ labels, predictions }, [...rows, ...rows]),
        };
        for (const [name, other] of Object.entries(same)) {
          // Near T = 1000 the slope that is searched for its root is itself small: rounding weighs more.
          expectClose(
            fitTemperature(other.labels, other.predictions).temperature,
            fit.temperature,
            { rtol: 1e-9 },
            name,
          );
        }
      }),
    );
  });

  it("grows in proportion to the logits", () => {
    const { labels, predictions } = margins(3, 1, -2, 0.25, 5);
    const { temperature } = fitTemperature(labels, predictions);
    const tripled = applyTemperature(predictions, 1 / 3);
    expectClose(fitTemperature(labels, tripled).temperature, 3 * temperature, { rtol: 1e-11 });
  });
});

describe("data without a finite positive optimum", () => {
  it("are told apart when every label is the largest: T → 0", () => {
    const { labels, predictions } = margins(0.5, 2, 9);
    const fit = fitTemperature(labels, predictions);
    expect(fit).toMatchObject({ status: "separable", temperature: 0, inverseTemperature: Infinity, nllAfter: 0 });
    expect(fit.unconstrainedInverseTemperature).toBe(Infinity);
    expectClose(fit.nllBefore, negativeLogLikelihood(labels, predictions), { rtol: 1e-15 });
  });

  it("count a label that shares the largest logit as separable, whose NLL cannot fall below ln 2", () => {
    const { labels, predictions } = margins(0, 2);
    expect(fitTemperature(labels, predictions)).toMatchObject({ status: "separable", nllAfter: Math.log(2) / 2 });
  });

  it("are told apart when confidence misleads: T → ∞, and the unconstrained optimum is negative", () => {
    const { labels, predictions } = margins(-1, -1, -1, 1);
    const fit = fitTemperature(labels, predictions);
    expect(fit).toMatchObject({ status: "uninformative", temperature: Infinity, inverseTemperature: 0 });
    expectClose(fit.unconstrainedInverseTemperature, -Math.log(3), { rtol: 1e-12 });
    expect(fit.nllAfter).toBe(Math.log(2));
  });

  it("have no bound below when every label is the least likely", () => {
    const { labels, predictions } = margins(-1, -3);
    const fit = fitTemperature(labels, predictions);
    expect(fit).toMatchObject({ status: "uninformative", unconstrainedInverseTemperature: -Infinity });
  });

  it("have their optimum at β = 0 itself when confidence says nothing", () => {
    const { labels, predictions } = margins(0.1, -0.1, 0.3, -0.3);
    const fit = fitTemperature(labels, predictions);
    expect(fit.status).toBe("uninformative");
    expect(fit.unconstrainedInverseTemperature).toBe(0);
    expect(fit.nllAfter).toBe(Math.log(2));
    // Each class is the label once, so the slope at 0 is 0, of which rounding leaves −4e-17.
    const row = [0.7, 0.1, 2.3];
    const each = fitTemperature([0, 1, 2], { data: [...row, ...row, ...row], shape: [3, 3], kind: "logits" });
    expect(each).toMatchObject({ status: "uninformative", unconstrainedInverseTemperature: 0 });
  });

  it("are indifferent when the logits of every row are equal, as with one class", () => {
    const flat = fitTemperature([1, 0], { data: [2, 2, -1, -1], shape: [2, 2], kind: "logits" });
    expect(flat).toMatchObject({
      status: "indifferent",
      temperature: 1,
      nllBefore: Math.log(2),
      nllAfter: Math.log(2),
    });
    const oneClass = fitTemperature([0], { data: [7], shape: [1, 1], kind: "logits" });
    expect(oneClass).toMatchObject({ status: "indifferent", temperature: 1, nllBefore: 0, nllAfter: 0 });
  });

  it("are impossible when a label has probability 0", () => {
    const fit = fitTemperature([0, 0], { data: [0, 1, 0.75, 0.25], shape: [2, 2], kind: "probabilities" });
    expect(fit).toMatchObject({ status: "impossible", temperature: 1, nllBefore: Infinity, nllAfter: Infinity });
  });
});

describe("a class of probability 0", () => {
  it("stays out of the fit when it is no label", () => {
    const two = margins(2, 2, -2);
    const three: Predictions = {
      data: [2, 0, -Infinity, 2, -Infinity, 0, 0, 2, -Infinity],
      shape: [3, 3],
      kind: "logits",
    };
    const fit = fitTemperature([0, 0, 0], three);
    expectClose(fit.temperature, fitTemperature(two.labels, two.predictions).temperature, { rtol: 1e-12 });
    const turned = fitTemperature([1, 2, 1], three);
    expectClose(turned.unconstrainedInverseTemperature, -Math.log(2) / 2, { rtol: 1e-12 });
  });

  it("keeps it under every temperature", () => {
    const given: Predictions = { data: [0, 0.2, 0.8], shape: [1, 3], kind: "probabilities" };
    expectAllClose(applyTemperature(given, 0.5).data, [0, 0.04 / 0.68, 0.64 / 0.68], { rtol: 1e-14 });
    expect(applyTemperature(given, 1e6).data[0]).toBe(0);
  });
});

describe("applying a temperature", () => {
  it("divides logits, and does the same to probabilities as to their logits", () => {
    const z: Predictions = { data: Float32Array.of(1, 2, -3, 0.5, 0.25, 8), shape: [2, 3], kind: "logits" };
    const scaled = applyTemperature(z, 4);
    expect([...scaled.data]).toEqual([0.25, 0.5, -0.75, 0.125, 0.0625, 2]);
    const p = applyTemperature({ ...z, data: softmaxRows(z).flat(), kind: "probabilities" }, 4);
    expect(p.kind).toBe("probabilities");
    expectAllClose(p.data, softmaxRows(scaled).flat(), { rtol: 1e-13 });
  });

  it("leaves what it was given as it was", () => {
    const data = Float64Array.of(1, 2);
    applyTemperature({ data, shape: [1, 2], kind: "logits" }, 2);
    fitTemperature([0], { data, shape: [1, 2], kind: "logits" });
    expect([...data]).toEqual([1, 2]);
  });
});
