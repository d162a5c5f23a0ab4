import { describe, expect, test } from "vitest";
import { kebabCase } from "../../src/experiment/kebab-case.ts";
import { type CompareOptions, compareDefaults } from "../../src/experiment/options.ts";
import { readArms } from "../../src/experiment/read-arms.ts";
import { replayCommand, resolvedConfigText } from "../../src/experiment/replay-command.ts";

const options: CompareOptions = {
  ...compareDefaults,
  model: "mlp",
  epsilon: [0, 0.05, 0.1],
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

  test("with a trainer mentions it and nothing that is the laboratory's own", () => {
    const trainer = "python3 train.py --smoothing {epsilon} --out {out}";
    expect(replayCommand({ ...options, trainer, trainerFiles: ["net.py", "data.py"], shell: true })).toBe(
      `npx softlabel compare --epsilon 0,0.05,0.1 --trainer '${trainer}' --shell --trainer-files net.py,data.py ` +
        "--prior uniform --convention all-classes --seeds 8",
    );
  });

  test("writes arms as the list that --arms reads, in place of ε, prior and convention", () => {
    const arms: CompareOptions["arms"] = [
      { name: "slow", epsilon: 0.1, prior: [0.75, 0.25], convention: "other-classes", parameters: { epochs: 9 } },
      { name: "ε = 0", epsilon: 0, prior: "uniform", convention: "all-classes", parameters: {} },
    ];
    const command = replayCommand({ ...options, arms });
    expect(command).not.toMatch(/--(epsilon|prior|convention)/);
    const list = /--arms '(.*)' --seeds/.exec(command)?.[1] ?? "";
    expect(readArms(list, "built-in")).toEqual(arms);
  });

  test("of given predictions mentions where they are and how they are told apart, folder by folder", () => {
    const given = { ...options, from: ["runs/a", "runs/my b"], pattern: "{epsilon}/s{seed}", base: "ε = 0" };
    expect(replayCommand(given)).toBe(
      "npx softlabel compare --from runs/a 'runs/my b' --pattern '{epsilon}/s{seed}' --base 'ε = 0'",
    );
  });

  test("one of the three kinds mentions every option that there is", () => {
    const everything = {
      ...options,
      ...{ data: "folder", trainerFiles: ["a"], shell: true, pattern: "{epsilon}/{seed}", base: "plain" },
      arms: [{ name: "a", epsilon: 0, prior: "uniform", convention: "all-classes", parameters: {} }],
    } as const satisfies CompareOptions;
    const kinds: readonly CompareOptions[] = [
      everything,
      { ...everything, arms: null },
      { ...everything, trainer: "train" },
      { ...everything, from: ["runs"] },
    ];
    const written = kinds.flatMap((kind) => replayCommand(kind).match(/(?<= --)[a-z-]+/g) ?? []);
    const { jobs: _jobs, out: _out, ...deciding } = compareDefaults;
    expect([...new Set(written)].sort()).toEqual(Object.keys(deciding).map(kebabCase).sort());
  });
});

describe("resolvedConfigText", () => {
  test("is the options that have a say, as --config reads them, under the command", () => {
    const { data, arms, trainer, shell, trainerFiles, from, pattern, base, jobs, out, ...deciding } = options;
    expect(JSON.parse(resolvedConfigText(options))).toEqual({ command: replayCommand(options), ...deciding });
    expect(JSON.parse(resolvedConfigText({ ...options, trainSize: null }))).toMatchObject({ trainSize: "all" });
  });

  test("of a trainer and of given predictions holds nothing that would be refused beside them", () => {
    const { epsilon, prior, convention, seeds } = options;
    const trained = { ...options, trainer: "./train.mjs" };
    expect(JSON.parse(resolvedConfigText(trained))).toEqual({
      command: replayCommand(trained),
      ...{ epsilon, trainer: "./train.mjs", prior, convention, seeds },
    });
    const given = { ...options, from: ["runs"] };
    expect(JSON.parse(resolvedConfigText(given))).toEqual({ command: replayCommand(given), from: ["runs"] });
  });
});
