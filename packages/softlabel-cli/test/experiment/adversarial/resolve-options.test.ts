import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adversarialCommand } from "../../../src/experiment/adversarial/describe-experiment.ts";
import { adversarialDefaults, stepSizeFor, strengthsFor, twice } from "../../../src/experiment/adversarial/options.ts";
import { resolveAdversarialOptions } from "../../../src/experiment/adversarial/resolve-options.ts";
import type { WrittenOptions } from "../../../src/experiment/option-rules.ts";
import { resolvedConfigOf } from "../../../src/experiment/replay-command.ts";

const models = ["softmax", "mlp", "cleverhans"];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-options-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const resolve = (flags: WrittenOptions, configFile?: string) =>
  resolveAdversarialOptions({ flags, configFile, models });

describe("resolveAdversarialOptions", () => {
  test("nothing said gives the defaults: the tutorial's attack and optimizer on part of the images", () => {
    expect(resolve({})).toEqual(adversarialDefaults);
    expect(adversarialDefaults).toMatchObject({
      model: "cleverhans",
      labelSmoothing: [0, 0.1],
      attack: "fgsm",
      attackEpsilon: 0.3,
      norm: "inf",
      batchSize: 128,
      learningRate: 1e-3,
      optimizer: "adam",
      strengths: [0, 0.1, 0.2, 0.3, 0.4],
      stepSize: 0.01875,
    });
  });

  test("all images train for the tutorial's six epochs, unless it is said otherwise", () => {
    expect(resolve({ trainSize: "all" })).toMatchObject({ trainSize: null, epochs: 6 });
    expect(resolve({ trainSize: "all", epochs: 3 }).epochs).toBe(3);
    expect(resolve({ trainSize: 500 })).toMatchObject({ trainSize: 500, epochs: adversarialDefaults.epochs });
  });

  test("the step size and the strengths follow ε and the steps, unless they are said", () => {
    expect(resolve({ attackEpsilon: 0.2, steps: 10 })).toMatchObject({ stepSize: 0.05 });
    expect(resolve({ attackEpsilon: 0.15 }).strengths).toEqual([0, 0.05, 0.1, 0.15, 0.2]);
    expect(resolve({ stepSize: 0.01 }).stepSize).toBe(0.01);
    expect(resolve({ strengths: [0.25, 0.05] }).strengths).toEqual([0, 0.05, 0.25, 0.3]);
    expect(resolve({ norm: 2, attackEpsilon: 3 }).strengths).toEqual([0, 1, 2, 3, 4]);
  });

  test("ε of smoothing is sorted, each once; 0 need not be in", () => {
    expect(resolve({ labelSmoothing: [0.2, 0.1, 0.2] }).labelSmoothing).toEqual([0.1, 0.2]);
  });

  test("flags win over the file, the file over the defaults, by either way of writing names", () => {
    const path = file("a.yaml", "model: mlp\nattack-epsilon: 0.1\nlabelSmoothing: [0, 0.3]\nnorm: inf\n");
    expect(resolve({ model: "softmax" }, path)).toMatchObject({
      model: "softmax",
      attackEpsilon: 0.1,
      labelSmoothing: [0, 0.3],
    });
  });

  test("the resolved options, written into a file, resolve to themselves", () => {
    const options = resolve({ norm: 2, attackEpsilon: 2, trainSize: "all", cleverhansDoubleSmoothing: true });
    const path = file("resolved.json", resolvedConfigOf(adversarialCommand(options), options));
    expect(resolve({ jobs: options.jobs, out: options.out }, path)).toEqual(options);
  });

  test.each<[WrittenOptions, string]>([
    [{ attackEpsilon: -0.1 }, "--attack-epsilon must be a number above 0, got -0.1"],
    [{ attackEpsilon: Number.NaN }, "--attack-epsilon must be a number above 0, got NaN"],
    [
      { attackEpsilon: 1.5 },
      "attackEpsilon must be at most 1 with norm inf, where 1 turns any pixel in [0, 1] into any other, got 1.5",
    ],
    [
      { strengths: [0.1, 2] },
      "strengths must be at most 1 with norm inf, where 1 turns any pixel in [0, 1] into any other, got 2",
    ],
    [{ strengths: [-1] }, "--strengths must be a number of at least 0, got -1"],
    [{ norm: 3 }, "--norm must be inf or 2, got 3"],
    [{ steps: 0 }, "--steps must be an integer of at least 1, got 0"],
    [{ stepSize: 0 }, "--step-size must be a number above 0, got 0"],
    [{ stepSize: 0.31 }, "stepSize must be at most attackEpsilon, 0.3, or every step leaves the ball, got 0.31"],
    [{ restarts: 0 }, "--restarts must be an integer of at least 1, got 0"],
    [{ attack: "cw" }, '--attack must be one of fgsm, pgd, none, got "cw"'],
    [{ attackSize: 0 }, "--attack-size must be an integer of at least 1, got 0"],
    [{ labelSmoothing: [2] }, "--label-smoothing must be a number in [0, 1], got 2"],
  ])("%j is one sentence", (flags, sentence) => {
    expect(() => resolve(flags)).toThrow(new ArgumentError(sentence));
  });

  test("a name that a file has and no option does is said with the likely one", () => {
    expect(() => resolve({}, file("b.yaml", "attackEpsilom: 0.1\n"))).toThrow(
      /^attackEpsilom must be the name of an option, got an unknown one in .*b\.yaml; did you mean attackEpsilon\?$/,
    );
    expect(() => resolve({}, file("c.yaml", "labelNoise: 0.1\n"))).toThrow(/^labelNoise must be the name of an option/);
  });
});

describe("what follows from other options", () => {
  test("smoothing twice leaves (1 − ε)² on the label", () => {
    expect(twice(0.1)).toBe(0.19);
    expect([0, 0.5, 1].map(twice)).toEqual([0, 0.75, 1]);
  });

  test("a step is 2.5·ε/steps, and never longer than ε", () => {
    expect(stepSizeFor(0.3, 40)).toBe(0.01875);
    expect(stepSizeFor(0.3, 1)).toBe(0.3);
  });

  test("strengths go to four thirds of ε, and never beyond the box", () => {
    expect(strengthsFor(0.9, "inf")).toEqual([0, 0.3, 0.6, 0.9]);
    expect(strengthsFor(0.9, 2)).toEqual([0, 0.3, 0.6, 0.9, 1.2]);
  });

  test("the command writes every option that decides a result, and a switch only when it is on", () => {
    expect(adversarialCommand(adversarialDefaults)).toBe(
      "npx softlabel adversarial --model cleverhans --label-smoothing 0,0.1 --attack fgsm --attack-epsilon 0.3 --norm inf " +
        `--steps 40 --step-size 0.01875 --restarts 1 --strengths 0,0.1,0.2,0.3,0.4 --attack-size ${adversarialDefaults.attackSize} ` +
        `--seeds 2 --train-size 10000 --epochs ${adversarialDefaults.epochs} --batch-size 128 --learning-rate 0.001 --optimizer adam`,
    );
    expect(adversarialCommand({ ...adversarialDefaults, cleverhansDoubleSmoothing: true })).toContain(
      " --label-smoothing 0,0.1 --cleverhans-double-smoothing --attack fgsm ",
    );
  });
});
