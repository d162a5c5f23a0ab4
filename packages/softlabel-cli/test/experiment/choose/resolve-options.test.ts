import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseCommand, chooseConfigText } from "../../../src/experiment/choose/choose-command.ts";
import { chooseDefaults } from "../../../src/experiment/choose/options.ts";
import { resolveChooseOptions } from "../../../src/experiment/choose/resolve-options.ts";
import { temporaryFolder } from "../support/worker.ts";

const models = ["softmax", "lenet5"];
const resolved = (flags: Record<string, unknown>, configFile?: string): ReturnType<typeof resolveChooseOptions> =>
  resolveChooseOptions({ flags, configFile, models });

describe("resolveChooseOptions", () => {
  test("gives the defaults where nothing is said", () => {
    expect(resolved({})).toEqual(chooseDefaults);
  });

  test("ε = 0 is always in the grid, which ascends without doubles", () => {
    expect(resolved({ epsilon: [0.2, 0.1, 0.2] }).epsilon).toEqual([0, 0.1, 0.2]);
  });

  test("what is typed wins over the file, the file over the defaults", () => {
    const file = join(temporaryFolder(), "options.yaml");
    writeFileSync(file, "objective: accuracy\nseeds: 4\nrefine: false\nsearch: [learning-rate=log:1e-4..1e-2]\n");
    const { objective, seeds, refine, search } = resolved({ seeds: 5 }, file);
    expect({ objective, seeds, refine, search }).toEqual({
      objective: "accuracy",
      seeds: 5,
      refine: false,
      search: ["learning-rate=log:0.0001..0.01"],
    });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ objective: "acuracy" }, "did you mean accuracy?"],
    [{ samples: 0 }, "--samples must be an integer from 1 to 1000, got 0"],
    [{ sampler: "sobl" }, '--sampler must be one of sobol, random, got "sobl"'],
    [{ refine: "no" }, '--refine must be true or false, got "no"'],
    [{ search: ["learning-rate"] }, "--search must be NAME=RANGE"],
    [{ samples: 4 }, "--samples must come with --search, got 4 without it; add --search NAME=RANGE or leave it out"],
    [
      { earlyStopping: false, search: [] },
      "--no-early-stopping must come with --search, got --no-early-stopping without it",
    ],
    [{ arms: "arms.yaml" }, "arms must be the name of an option, got an unknown one in the command line"],
    [{ epsilon: [0, 2] }, "--epsilon must be a number in [0, 1], got 2"],
  ])("%j is refused in a sentence", (flags, message) => {
    expect(() => resolved(flags)).toThrow(message);
  });
});

describe("the command that chooses again", () => {
  test("says every option that decides, and those that are off", () => {
    expect(chooseCommand(chooseDefaults)).toBe(
      "npx softlabel choose --model lenet5 --epsilon 0,0.02,0.05,0.1,0.15,0.2,0.3 --prior uniform --convention all-classes " +
        "--seeds 6 --train-size 10000 --validation-size 5000 --epochs 5 --batch-size 128 --learning-rate 0.001 " +
        "--optimizer adam --label-noise 0 --objective nll-after-temperature",
    );
    const search = ["learning-rate=log:0.0001..0.01", "optimizer=choice:adam|sgd"];
    expect(chooseCommand({ ...chooseDefaults, refine: false, search, earlyStopping: false })).toMatch(
      / --objective nll-after-temperature --samples 8 --sampler sobol --no-refine --search learning-rate=log:0\.0001\.\.0\.01 --search 'optimizer=choice:adam\|sgd' --no-early-stopping$/,
    );
  });

  test("of a trainer says nothing of the laboratory's own training", () => {
    const command = chooseCommand({
      ...chooseDefaults,
      trainer: "python train.py {epsilon}",
      trainerFiles: ["net.py"],
    });
    expect(command).toBe(
      "npx softlabel choose --epsilon 0,0.02,0.05,0.1,0.15,0.2,0.3 --trainer 'python train.py {epsilon}' --trainer-files net.py " +
        "--prior uniform --convention all-classes --seeds 6 --objective nll-after-temperature",
    );
  });

  test("config.resolved.json, read as a file of options, gives the same options", () => {
    const file = join(temporaryFolder(), "config.resolved.json");
    const options = { ...chooseDefaults, objective: "nll=1,accuracy=0.5", refine: false, trainSize: null, seeds: 9 };
    writeFileSync(file, chooseConfigText(options));
    expect(resolved({}, file)).toEqual(options);
  });
});
