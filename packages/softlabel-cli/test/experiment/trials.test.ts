import { describe, expect, test } from "vitest";
import { compareDefaults } from "../../src/experiment/options.ts";
import { trialId } from "../../src/experiment/trials.ts";
import type { TrainingConfig } from "../../src/training/run.ts";
import { planTrials } from "./support/plan-trials.ts";

const ingredients = { dataHash: "d4", codeVersion: "c0" };
const options = { ...compareDefaults, epsilon: [0, 0.1, 0.2], seeds: 3 };
const idsOf = (changed: Partial<typeof options>, other: Partial<typeof ingredients> = {}): string[] =>
  planTrials({ ...options, ...changed }, { ...ingredients, ...other }).map(({ id }) => id);

describe("planTrials", () => {
  test("plans every ε with every seed, seed by seed", () => {
    const pairs = planTrials(options, ingredients).map(({ config }) => [config.seed, config.labelSmoothing]);
    expect(pairs).toEqual([1, 2, 3].flatMap((seed) => [0, 0.1, 0.2].map((epsilon) => [seed, epsilon])));
  });

  test("gives every trial an id of its own", () => {
    expect(new Set(idsOf({})).size).toBe(9);
  });

  test.each([
    { model: "mlp" },
    { trainSize: 500 },
    { trainSize: null },
    { validationSize: 500 },
    { epochs: 6 },
    { batchSize: 64 },
    { learningRate: 2e-3 },
    { optimizer: "sgd" as const },
    { labelNoise: 0.1 },
  ])("%j makes every trial another", (changed) => {
    const before = new Set(idsOf({}));
    expect(idsOf(changed).filter((id) => before.has(id))).toEqual([]);
  });

  test.each([{ dataHash: "d5" }, { codeVersion: "c1" }])("%j makes every trial another", (other) => {
    const before = new Set(idsOf({}));
    expect(idsOf({}, other).filter((id) => before.has(id))).toEqual([]);
  });

  test.each([{ jobs: 64 }, { out: "elsewhere" }, { data: "the/same/data/elsewhere" }])(
    "%j changes no trial",
    (changed) => {
      expect(idsOf(changed)).toEqual(idsOf({}));
    },
  );

  test("more seeds and more ε keep the trials there are", () => {
    expect(idsOf({ seeds: 5, epsilon: [0, 0.05, 0.1, 0.2] })).toEqual(expect.arrayContaining(idsOf({})));
  });

  test.each([{ prior: "class-frequencies" as const }, { prior: [0.5, 0.5] }, { convention: "other-classes" as const }])(
    "%j leaves the trials without smoothing as they are, and only these",
    (changed) => {
      const before = new Set(idsOf({}));
      const kept = planTrials({ ...options, ...changed }, ingredients).filter(({ id }) => before.has(id));
      expect(kept.map(({ config }) => config.labelSmoothing)).toEqual([0, 0, 0]);
    },
  );
});

describe("trialId", () => {
  test("stays what it was: a change would train every experiment anew", () => {
    const config: TrainingConfig = {
      data: null,
      model: "mlp",
      labelSmoothing: 0.1,
      prior: "uniform",
      convention: "all-classes",
      seed: 3,
      trainSize: 10_000,
      trainRows: "drawn",
      validationSize: 5_000,
      epochs: 5,
      batchSize: 128,
      learningRate: 1e-3,
      optimizer: "adam",
      labelNoise: 0,
      adversary: null,
    };
    expect(trialId(config, ingredients)).toBe("ded7f015ed2bfc1b");
  });
});
