import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { type SplitOptions, splitDataset } from "../../src/data/split.ts";

const rows = 1000;
const part = { rows, images: new Uint8Array(rows), labels: Int32Array.from({ length: rows }, (_, i) => (i * 7) % 5) };
const dataset: Dataset = {
  name: "some",
  classes: 5,
  classNames: ["0", "1", "2", "3", "4"],
  height: 1,
  width: 1,
  channels: 1,
  train: part,
  test: part,
  hash: "",
};
const split = (options: Partial<SplitOptions> = {}): ReturnType<typeof splitDataset> =>
  splitDataset(dataset, {
    seed: 1,
    trainSize: 600,
    validationSize: 200,
    labelNoise: 0,
    trainRows: "drawn",
    ...options,
  });

describe("a split", () => {
  it("shares no row between training and validation, and takes as many as it is told", () => {
    const { train, validation } = split();
    expect(new Set([...train, ...validation]).size).toBe(800);
    expect([train.length, validation.length]).toEqual([600, 200]);
    expect(split({ trainSize: null }).train).toHaveLength(800);
  });

  it("is decided by the seed", () => {
    expect(split()).toEqual(split());
    expect(split({ seed: 2 }).validation).not.toEqual(split().validation);
  });

  it("with more images keeps the validation rows and the first of the training rows", () => {
    const [small, large] = [split({ trainSize: 100 }), split()];
    expect(large.validation).toEqual(small.validation);
    expect(large.train.slice(0, 100)).toEqual(small.train);
  });

  it("trains with the true labels when there is no noise", () => {
    const { train, trainLabels } = split();
    expect([...trainLabels]).toEqual([...train].map((row) => part.labels[row]));
  });

  it("with label noise redraws that share of the labels, uniformly, and moves no row", () => {
    const [clean, noisy] = [split({ trainSize: null }), split({ trainSize: null, labelNoise: 0.5 })];
    expect(noisy.train).toEqual(clean.train);
    expect(noisy.validation).toEqual(clean.validation);
    const changed = [...noisy.trainLabels.keys()].filter((i) => noisy.trainLabels[i] !== clean.trainLabels[i]);
    // 400 are redrawn, and a fifth of these draw the label that they had: 320 ± 8.
    expect(Math.abs(changed.length - 320)).toBeLessThan(32);
    const drawn = [0, 1, 2, 3, 4].map((k) => changed.filter((i) => noisy.trainLabels[i] === k).length);
    for (const count of drawn) expect(Math.abs(count - 64)).toBeLessThan(32);
    expect(split({ labelNoise: 0.5 })).toEqual(split({ labelNoise: 0.5 }));
    expect(split({ labelNoise: 0.5, seed: 2 }).trainLabels).not.toEqual(split({ labelNoise: 0.5 }).trainLabels);
  });

  it("holds nothing out when it is told so", () => {
    const { train, validation } = split({ validationSize: 0, trainSize: null });
    expect(validation).toHaveLength(0);
    expect(Int32Array.from(train).sort()).toEqual(Int32Array.from({ length: rows }, (_, row) => row));
  });

  it("of the first rows takes them in their order, and validates on others that the seed draws", () => {
    const [one, two] = [split({ trainRows: "first" }), split({ trainRows: "first", seed: 2 })];
    expect(one.train).toEqual(Int32Array.from({ length: 600 }, (_, row) => row));
    expect([...one.trainLabels]).toEqual([...one.train].map((row) => part.labels[row]));
    expect(two.train).toEqual(one.train);
    expect(two.validation).not.toEqual(one.validation);
    expect(new Set(one.validation).size).toBe(200);
    expect(Math.min(...one.validation)).toBeGreaterThanOrEqual(600);
    expect(split({ trainRows: "first", trainSize: null, validationSize: 100 }).train).toHaveLength(900);
  });

  it.each<[Partial<SplitOptions>, string]>([
    [
      { validationSize: -1 },
      "validationSize must be a whole number below the 1000 training images, got -1; --validation-size sets it",
    ],
    [{ trainRows: "last" as "first" }, "trainRows must be drawn or first, got last"],
    [
      { validationSize: 1000 },
      "validationSize must be a whole number below the 1000 training images, got 1000; --validation-size sets it",
    ],
    [
      { validationSize: Number.NaN },
      "validationSize must be a whole number below the 1000 training images, got NaN; --validation-size sets it",
    ],
    [
      { trainSize: 801 },
      "trainSize must be an integer in [1, 800], the images that validation leaves, got 801; --train-size sets it, and all takes all of them",
    ],
    [
      { trainSize: 1.5 },
      "trainSize must be an integer in [1, 800], the images that validation leaves, got 1.5; --train-size sets it, and all takes all of them",
    ],
    [{ labelNoise: 1.01 }, "labelNoise must be in [0, 1], got 1.01"],
    [{ labelNoise: Number.NaN }, "labelNoise must be in [0, 1], got NaN"],
  ])("refuses %o", (options, message) => {
    expect(() => split(options)).toThrow(message);
  });
});
