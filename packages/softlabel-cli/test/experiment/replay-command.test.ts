import { describe, expect, test } from "vitest";
import { type CompareOptions, compareDefaults } from "../../src/experiment/options.ts";
import { replayCommand, resolvedConfigText } from "../../src/experiment/replay-command.ts";

const options: CompareOptions = {
  data: null,
  model: "mlp",
  epsilon: [0, 0.05, 0.1],
  prior: "uniform",
  convention: "all-classes",
  seeds: 8,
  trainSize: 20_000,
  validationSize: 4_000,
  epochs: 3,
  batchSize: 64,
  learningRate: 5e-4,
  optimizer: "sgd",
  labelNoise: 0.2,
  jobs: 3,
  out: "folder",
};

describe("replayCommand", () => {
  test("writes out every option that decides a result, defaults too, and not where or how many at once", () => {
    expect(replayCommand(options)).toBe(
      "npx softlabel compare --model mlp --epsilon 0,0.05,0.1 --prior uniform --convention all-classes --seeds 8 " +
        "--train-size 20000 --validation-size 4000 --epochs 3 --batch-size 64 --learning-rate 0.0005 --optimizer sgd " +
        "--label-noise 0.2",
    );
  });

  test("all images are written as all, a prior as its numbers, a folder in quotes when a shell would split it", () => {
    const command = replayCommand({ ...options, trainSize: null, prior: [0.75, 0.25], data: "my data/it's" });
    expect(command).toContain(" --train-size all ");
    expect(command).toContain(" --prior 0.75,0.25 ");
    expect(command).toContain(" --data 'my data/it'\\''s' ");
  });

  test("mentions every option that there is", () => {
    const command = replayCommand({ ...options, data: "folder" });
    const written = command
      .match(/--[a-z-]+/g)
      ?.map((word) => word.slice(2).replace(/-./g, (at) => at[1].toUpperCase()));
    const { jobs: _jobs, out: _out, ...deciding } = compareDefaults;
    expect(written?.sort()).toEqual(Object.keys(deciding).sort());
  });
});

describe("resolvedConfigText", () => {
  test("is the options as --config reads them, under the command", () => {
    const { jobs: _jobs, out: _out, ...deciding } = options;
    expect(JSON.parse(resolvedConfigText(options))).toEqual({ command: replayCommand(options), ...deciding });
    expect(JSON.parse(resolvedConfigText({ ...options, trainSize: null }))).toMatchObject({ trainSize: "all" });
  });
});
