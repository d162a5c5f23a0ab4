import { describe, expect, test } from "vitest";
import { readProgressLine } from "../../../src/experiment/trainers/progress-lines.ts";

const point = {
  epoch: 3,
  trainLoss: null,
  trainFloor: null,
  trainCrossEntropy: null,
  validationNll: null,
  validationAccuracy: null,
};

describe("readProgressLine", () => {
  test("an epoch's end is progress, a point of the history, and measures when there are some", () => {
    const snake =
      '{"epoch": 3, "epochs": 10, "validation_nll": 0.31, "validation_accuracy": 0.95, "train_loss": 0.7, "lr": 1}';
    const told = {
      progress: {
        step: 3,
        totalSteps: 10,
        measures: { epoch: 3, epochs: 10, validationNll: 0.31, validationAccuracy: 0.95 },
      },
      point: { ...point, epochs: 10, validationNll: 0.31, validationAccuracy: 0.95, trainLoss: 0.7 },
    };
    expect(readProgressLine(snake)).toEqual(told);
    expect(readProgressLine(snake.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()))).toEqual(told);
    expect(readProgressLine(' {"epoch":3,"epochs":10} ')).toEqual({
      progress: { step: 3, totalSteps: 10 },
      point: { ...point, epochs: 10 },
    });
  });

  test("a step is progress alone, of whichever epoch; with something measured it ends the epoch", () => {
    const way = { step: 120, totalSteps: 1000 };
    expect(readProgressLine('{"step": 120, "total_steps": 1000}')).toEqual({ progress: way, point: null });
    expect(readProgressLine('{"epoch": 3, "step": 120, "totalSteps": 1000}')).toEqual({ progress: way, point: null });
    expect(readProgressLine('{"epoch": 3, "step": 120, "totalSteps": 1000, "validationNll": 2}')).toEqual({
      progress: { ...way, measures: { epoch: 3, validationNll: 2, validationAccuracy: undefined } },
      point: { ...point, validationNll: 2 },
    });
  });

  test("an epoch of an unknown number says nothing of the way", () => {
    expect(readProgressLine('{"epoch": 3}')).toEqual({ progress: { step: 0, totalSteps: 1 }, point });
  });

  test("what Python writes for NaN and infinity are measures, and no points of a curve", () => {
    for (const [written, value] of [
      ["NaN", Number.NaN],
      ["Infinity", Infinity],
      ["-Infinity", -Infinity],
    ] as const) {
      expect(readProgressLine(`{"epoch": 3, "validation_nll": ${written}}`)).toEqual({
        progress: {
          step: 0,
          totalSteps: 1,
          measures: { epoch: 3, validationNll: value, validationAccuracy: undefined },
        },
        point,
      });
    }
  });

  test.each([
    "epoch 3 of 10",
    '{"loss": 0.3}',
    '{"epoch": 0}',
    '{"epoch": 1.5}',
    '{"epoch": "3"}',
    '{"step": 5}',
    '{"step": 5, "totalSteps": 0}',
    '{"step": -1, "totalSteps": 5}',
    '[{"epoch": 3}]',
    "{'epoch': 3}",
    '{"epoch": 3',
    "{}",
  ])("%s is a line of the log", (line) => {
    expect(readProgressLine(line)).toBeNull();
  });
});
