import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { applyTemperature, fitTemperature, negativeLogLikelihood } from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { readNpz } from "../../../src/data/npz.ts";
import { halvesOf, validationMetrics } from "../../../src/experiment/choose/validation-metrics.ts";
import { judgeTrial, type LabelledPredictions } from "../../../src/experiment/judge-trial.ts";
import { predictionsOf } from "../support/arms.ts";

const rowsOf = ({ labels, predictions }: LabelledPredictions, rows: ArrayLike<number>): LabelledPredictions => {
  const classes = predictions.shape[1];
  return {
    labels: Int32Array.from(rows, (row) => labels[row]),
    predictions: {
      data: Float32Array.from({ length: rows.length * classes }, (_, i) => {
        return predictions.data[rows[Math.floor(i / classes)] * classes + (i % classes)];
      }),
      shape: [rows.length, classes],
      kind: predictions.kind,
    },
  };
};

describe("halvesOf", () => {
  test("takes every other row of each label in the order of the rows", () => {
    expect(halvesOf([2, 0, 1, 0, 2, 0, 1]).map((half) => [...half])).toEqual([
      [1, 5, 6, 4],
      [3, 2, 0],
    ]);
  });

  test("labels that take turns are halved all the same, where every other row would give each half one label", () => {
    const [one, other] = halvesOf(Array.from({ length: 40 }, (_, row) => row % 2));
    expect([one, other].map((half) => half.filter((row) => row % 2 === 0).length)).toEqual([10, 10]);
  });

  test("each row is in one half, and the halves differ by a row at most, of all labels and of each", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 2, maxLength: 60 }), (labels) => {
        const halves = halvesOf(labels);
        expect([...halves[0], ...halves[1]].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        const count = (half: Int32Array, label: number): number => half.filter((row) => labels[row] === label).length;
        expect(Math.abs(halves[0].length - halves[1].length)).toBeLessThanOrEqual(1);
        for (const label of labels) {
          expect(Math.abs(count(halves[0], label) - count(halves[1], label))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("validationMetrics", () => {
  const validation = predictionsOf(300, 5, 2.4, 6);

  test("judges each half under the temperature of the other", () => {
    const [one, other] = halvesOf(validation.labels).map((half) => rowsOf(validation, half));
    const nllOf = (fitted: LabelledPredictions, judged: LabelledPredictions): number => {
      const { temperature } = fitTemperature(fitted.labels, fitted.predictions);
      return negativeLogLikelihood(judged.labels, applyTemperature(judged.predictions, temperature));
    };
    const expected = (nllOf(one, other) + nllOf(other, one)) / 2;
    // Float32 logits, float64 sums in another order.
    expect(validationMetrics(validation).nllAfterTemperature).toBeCloseTo(expected, 12);
  });

  test("is above what a temperature fitted on the rows themselves pretends", () => {
    const { metrics } = judgeTrial({ validation, test: validation });
    expect(validationMetrics(validation).nllAfterTemperature).toBeGreaterThan(Number(metrics.nllAfterTemperature));
  });

  test("what no temperature touches is as a comparison has it", () => {
    const { metrics } = judgeTrial({ validation, test: validation });
    const { nllAfterTemperature: _, brierAfterTemperature: __, eceAfterTemperature: ___, ...same } = metrics;
    expect(validationMetrics(validation)).toMatchObject(same);
  });

  test("exchanging the halves changes nothing", () => {
    const [one, other] = halvesOf(validation.labels);
    // Exchanging the halves leaves their mean.
    const swapped = Int32Array.from({ length: 300 });
    for (let i = 0; i < 150; i++) {
      swapped[one[i]] = other[i];
      swapped[other[i]] = one[i];
    }
    const exchanged = validationMetrics(rowsOf(validation, swapped));
    expect(exchanged.nllAfterTemperature).toBeCloseTo(Number(validationMetrics(validation).nllAfterTemperature), 12);
  });

  test("the calibration error after temperature is of all rows at once", () => {
    const { ece, eceAfterTemperature } = validationMetrics(validation);
    expect(eceAfterTemperature).not.toBe(ece);
    expect(Number(eceAfterTemperature)).toBeGreaterThan(0);
  });

  test("where a half has no row that is wrong and the other has, the loss after temperature is infinite", () => {
    const labels = [0, 0, 1, 1];
    // Row 1, in the second half, is wrong.
    const data = Float32Array.from([2, 0, 0, 1, 0, 3, 0, 2]);
    const metrics = validationMetrics({ labels, predictions: { data, shape: [4, 2], kind: "logits" } });
    expect(metrics.nllAfterTemperature).toBe(Infinity);
    expect(metrics.nll).toBeLessThan(Infinity);
  });

  test("one row cannot be halved", () => {
    const alone = { labels: [0], predictions: { data: [1, 0], shape: [1, 2], kind: "logits" } } as const;
    expect(() => validationMetrics(alone)).toThrow("validation rows must be at least 2, to be halved, got 1");
  });

  test("a NaN among the predictions is named", () => {
    const data = Float32Array.from(validation.predictions.data);
    data[7] = Number.NaN;
    const broken = { ...validation, predictions: { ...validation.predictions, data } };
    expect(() => validationMetrics(broken)).toThrow(/NaN/);
  });
});

const netcal = fileURLToPath(new URL("../../../../../../shared/data/netcal/lenet-5-cifar-10.npz", import.meta.url));

describe.skipIf(!existsSync(netcal))("on real predictions [needs netcal]", () => {
  test("cross-fitting costs a real classifier less than a thousandth of a nat", () => {
    const { predictions, ground_truth } = readNpz(netcal, ["predictions", "ground_truth"]);
    const [rows, classes] = predictions.shape;
    const validation: LabelledPredictions = {
      labels: Int32Array.from(ground_truth.data, Number),
      predictions: { data: Float32Array.from(predictions.data, Number), shape: [rows, classes], kind: "probabilities" },
    };
    const fitted = Number(judgeTrial({ validation, test: validation }).metrics.nllAfterTemperature);
    const crossFitted = Number(validationMetrics(validation).nllAfterTemperature);
    expect(crossFitted).toBeGreaterThan(fitted);
    expect(crossFitted - fitted).toBeLessThan(1e-3);
  });
});
