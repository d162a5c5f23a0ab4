import { describe, expect, test } from "vitest";
import {
  lossesOf,
  objectiveInWords,
  objectiveNames,
  readObjective,
  type SeedMetrics,
  valueOfLoss,
} from "../../../src/experiment/choose/objective.ts";

describe("readObjective", () => {
  test.each(objectiveNames)("%s is a metric of its own", (name) => {
    expect(readObjective(name).terms).toMatchObject([{ name, weight: 1 }]);
  });

  test("weights are divided by their sum, and one that is left out is 1", () => {
    const { terms } = readObjective("nll-after-temperature=1.5, ece=0.5");
    expect(terms.map(({ metric, weight }) => [metric, weight])).toEqual([
      ["nllAfterTemperature", 0.75],
      ["ece", 0.25],
    ]);
    expect(readObjective("nll,aurc").terms.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  });

  const known =
    "objective must be one of nll-after-temperature, accuracy, nll, ece, aurc, or several with weights such as " +
    "nll-after-temperature=1,accuracy=0.5, got";
  test.each<[string, string]>([
    ["acuracy", `${known} "acuracy"; did you mean accuracy?`],
    ["", `${known} ""`],
    ["loss=1", `${known} "loss"`],
    ["toString", `${known} "toString"`],
    ["nll=0", 'objective must give nll a weight above 0, got "0"; leave out what is to weigh nothing'],
    ["nll=-1", 'objective must give nll a weight above 0, got "-1"; leave out what is to weigh nothing'],
    ["nll=", 'objective must give nll a weight above 0, got ""; leave out what is to weigh nothing'],
    ["nll=1e999", 'objective must give nll a weight above 0, got "1e999"; leave out what is to weigh nothing'],
    ["nll=1=2", 'objective must give nll a weight above 0, got "1=2"; leave out what is to weigh nothing'],
    ["nll,ece,nll=2", "objective must name each metric once, got nll twice"],
  ])("%j is refused in a sentence", (text, message) => {
    expect(() => readObjective(text)).toThrow(message);
  });
});

describe("lossesOf", () => {
  const arms: readonly (readonly SeedMetrics[])[] = [
    [
      { nllAfterTemperature: 0.2, accuracy: 0.9 },
      { nllAfterTemperature: 0.4, accuracy: 0.94 },
    ],
    [
      { nllAfterTemperature: 0.15, accuracy: 0.92 },
      { nllAfterTemperature: 0.33, accuracy: 0.95 },
    ],
  ];

  test("of one metric it is the metric, and of accuracy the error rate", () => {
    expect(lossesOf(readObjective("nll-after-temperature"), arms, 0)).toEqual([
      [0.2, 0.4],
      [0.15, 0.33],
    ]);
    const [, [one, two]] = lossesOf(readObjective("accuracy"), arms, 0);
    expect(one).toBeCloseTo(0.08, 12);
    expect(two).toBeCloseTo(0.05, 12);
  });

  test("of several each counts relative to its mean at ε = 0: NLL 0.3 and error rate 0.08", () => {
    const losses = lossesOf(readObjective("nll-after-temperature=3,accuracy=1"), arms, 0);
    expect(losses[1][0]).toBeCloseTo(0.75 * (0.15 / 0.3) + 0.25 * (0.08 / 0.08), 12);
    expect(losses[1][1]).toBeCloseTo(0.75 * (0.33 / 0.3) + 0.25 * (0.05 / 0.08), 12);
    expect((losses[0][0] + losses[0][1]) / 2).toBeCloseTo(1, 12);
  });

  test("the units of the metrics change nothing in a weighted sum", () => {
    const bits = arms.map((seeds) =>
      seeds.map((metrics) => ({ ...metrics, nllAfterTemperature: Number(metrics.nllAfterTemperature) / Math.LN2 })),
    );
    const objective = readObjective("nll-after-temperature=1,accuracy=0.5");
    const [nats, inBits] = [lossesOf(objective, arms, 0), lossesOf(objective, bits, 0)];
    for (const [i, losses] of nats.entries()) {
      for (const [s, loss] of losses.entries()) expect(inBits[i][s]).toBeCloseTo(loss, 12);
    }
  });

  test("a metric that is 0 at ε = 0 is nothing to be relative to", () => {
    const perfect = [[{ nll: 0.1, accuracy: 1 }], [{ nll: 0.1, accuracy: 0.9 }]];
    expect(lossesOf(readObjective("nll,accuracy"), perfect, 0).flat()).toEqual([Number.NaN, Number.NaN]);
    expect(lossesOf(readObjective("accuracy"), perfect, 0)[0]).toEqual([0]);
  });
});

describe("valueOfLoss", () => {
  test("is accuracy again where that is the objective, and the loss itself elsewhere", () => {
    expect(valueOfLoss(readObjective("accuracy"), 0.25)).toBe(0.75);
    expect(valueOfLoss(readObjective("nll"), 0.25)).toBe(0.25);
    expect(valueOfLoss(readObjective("accuracy,nll"), 0.25)).toBe(0.25);
  });
});

describe("objectiveInWords", () => {
  test("names one metric, or each with its weight", () => {
    expect(objectiveInWords(readObjective("nll-after-temperature"))).toBe("NLL after temperature scaling");
    expect(objectiveInWords(readObjective("nll=2,accuracy=1"))).toBe(
      "weighted sum of NLL (0.667) and accuracy (0.333)",
    );
  });
});
