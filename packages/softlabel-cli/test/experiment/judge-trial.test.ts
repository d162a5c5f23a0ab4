import {
  accuracy,
  applyTemperature,
  aurc,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  overconfidence,
  type Predictions,
  topKAccuracy,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { judgeTrial } from "../../src/experiment/judge-trial.ts";
import { predictionsOf } from "./support/arms.ts";

const validation = predictionsOf(300, 10, 1.5, 9);
const test10 = predictionsOf(400, 10, 1.5, 8);

describe("judgeTrial", () => {
  const { metrics, outcomes, outcomesAfterTemperature } = judgeTrial({ validation, test: test10 });

  test("judges the test rows as they come", () => {
    const top = topLabel(test10.labels, test10.predictions);
    expect(metrics.accuracy).toBe(1 - 50 / 400);
    expect(metrics.nll).toBe(negativeLogLikelihood(test10.labels, test10.predictions));
    expect(metrics.ece).toBe(expectedCalibrationError(top));
    expect(metrics.aurc).toBe(aurc(top));
    expect(outcomes.confidence).toEqual(top.confidence);
  });

  test("the temperature is fitted on validation rows alone: other test rows do not move it", () => {
    const other = judgeTrial({ validation, test: predictionsOf(200, 10, 9, 2) });
    expect(other.metrics.temperature).toBe(metrics.temperature);
    expect(judgeTrial({ validation: test10, test: test10 }).metrics.temperature).not.toBe(metrics.temperature);
  });

  test("an under-confident classifier gets T < 1, and is better for it on other rows", () => {
    expect(metrics.overconfidence).toBeLessThan(-0.2);
    expect(metrics.temperature).toBeLessThan(0.9);
    expect(metrics.nllAfterTemperature).toBeLessThan(Number(metrics.nll) - 0.1);
    expect(metrics.eceAfterTemperature).toBeLessThan(Number(metrics.ece) / 2);
  });

  test("at the fitted temperature no other one is better on the validation rows", () => {
    const at = (factor: number): number => {
      const data = Float64Array.from(validation.predictions.data, (z) => z / (factor * Number(metrics.temperature)));
      return negativeLogLikelihood(validation.labels, { ...validation.predictions, data });
    };
    for (const factor of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) expect(at(factor)).toBeGreaterThan(at(1));
  });

  test("temperature scaling changes confidence and no prediction", () => {
    expect(outcomesAfterTemperature.correct).toEqual(outcomes.correct);
    expect(outcomesAfterTemperature.confidence).not.toEqual(outcomes.confidence);
  });

  test("top-5 is judged only with more than five classes", () => {
    expect(metrics.top5).toBeGreaterThan(Number(metrics.accuracy));
    const five = judgeTrial({ validation: predictionsOf(60, 5, 2, 7), test: predictionsOf(60, 5, 2, 7) });
    expect(five.metrics).not.toHaveProperty("top5");
  });

  test("where every validation row is right, T = 0 puts all mass on the predicted class", () => {
    const certain = predictionsOf(50, 10, 8, 1_000_000);
    const { labels, predictions } = certain;
    // Row 0 is wrong by construction: give it back to its label.
    (predictions.data as Float32Array)[Number(labels[0])] = 9;
    (predictions.data as Float32Array)[Number(labels[0]) + 1] = 0;
    const judged = judgeTrial({ validation: certain, test: test10 });
    expect(judged.metrics.temperature).toBe(0);
    expect(judged.metrics.nllAfterTemperature).toBe(Infinity);
    expect(new Set(judged.outcomesAfterTemperature.confidence as Float64Array)).toEqual(new Set([1]));
    expect(judged.metrics.brierAfterTemperature).toBeCloseTo(2 * (1 - Number(judged.metrics.accuracy)), 12);
  });

  test("where guessing would do better, T = ∞ gives every class the same, and the predictions stay", () => {
    const misled = predictionsOf(50, 10, 5, 1);
    const judged = judgeTrial({ validation: misled, test: test10 });
    expect(judged.metrics.temperature).toBe(Infinity);
    expect(judged.metrics.nllAfterTemperature).toBeCloseTo(Math.log(10), 12);
    expect(judged.outcomesAfterTemperature.correct).toEqual(outcomes.correct);
    expect(judged.metrics.eceAfterTemperature).toBeCloseTo(Number(metrics.accuracy) - 0.1, 12);
  });

  test("every metric has the bits of its own function, over blocks of rows as over all at once", () => {
    // 900 × 100 numbers are more than are scaled at a time, and no multiple of it.
    const [own, { labels, predictions }] = [predictionsOf(300, 100, 2, 3), predictionsOf(900, 100, 2.2, 4)];
    const judged = judgeTrial({ validation: own, test: { labels, predictions } });
    const { temperature } = fitTemperature(own.labels, own.predictions);
    const scaled = applyTemperature(predictions, temperature);
    const before = topLabel(labels, predictions);
    const after = { ...topLabel(labels, scaled), correct: before.correct };
    expect(judged.metrics).toEqual({
      accuracy: accuracy(before),
      top5: topKAccuracy(labels, predictions, { k: 5 }),
      nll: negativeLogLikelihood(labels, predictions),
      nllAfterTemperature: negativeLogLikelihood(labels, scaled),
      brier: brierScore(labels, predictions),
      brierAfterTemperature: brierScore(labels, scaled),
      ece: expectedCalibrationError(before),
      eceAfterTemperature: expectedCalibrationError(after),
      overconfidence: overconfidence(before),
      aurc: aurc(before),
      temperature,
    });
    expect(judged.outcomesAfterTemperature.confidence).toEqual(after.confidence);
  });

  test("rows of more classes than are scaled at a time are scaled one by one, and plain arrays like typed ones", () => {
    const wide = predictionsOf(3, 70_000, 3, 2);
    const plain = {
      labels: Array.from(wide.labels),
      predictions: { ...wide.predictions, data: Array.from(wide.predictions.data) },
    };
    const judged = judgeTrial({ validation, test: wide });
    expect(judgeTrial({ validation, test: plain })).toEqual(judged);
    const scaled = applyTemperature(wide.predictions, Number(judged.metrics.temperature));
    expect(judged.metrics.nllAfterTemperature).toBe(negativeLogLikelihood(wide.labels, scaled));
  });

  test("refuses logits that are not numbers", () => {
    const data = Float32Array.from(test10.predictions.data);
    data[27] = Number.NaN;
    const predictions: Predictions = { ...test10.predictions, data };
    expect(() => judgeTrial({ validation, test: { labels: test10.labels, predictions } })).toThrow(
      "logits must be finite or −∞, got NaN at row 2, class 7",
    );
  });
});
