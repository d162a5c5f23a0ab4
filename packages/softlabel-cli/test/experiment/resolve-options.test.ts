import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WrittenOptions } from "../../src/experiment/option-rules.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import { resolvedConfigText } from "../../src/experiment/replay-command.ts";
import { resolveOptions } from "../../src/experiment/resolve-options.ts";

const models = ["softmax", "mlp", "lenet", "lenet5"];
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
const resolve = (flags: WrittenOptions, configFile?: string) => resolveOptions({ flags, configFile, models });

describe("resolveOptions", () => {
  test("nothing said gives the defaults", () => {
    expect(resolve({})).toEqual(compareDefaults);
  });

  test("flags win over the file, the file over the defaults", () => {
    const path = file("a.yaml", "model: mlp\nepochs: 3\nepsilon: [0.2, 0.05]\ndata: pictures\n");
    const options = resolve({ epochs: 7 }, path);
    expect(options).toEqual({ ...compareDefaults, model: "mlp", data: "pictures", epsilon: [0, 0.05, 0.2], epochs: 7 });
  });

  test("a file may write names as the command line does", () => {
    expect(resolve({}, file("kebab.yaml", "train-size: 50\nlearning-rate: 0.01\n"))).toMatchObject({
      trainSize: 50,
      learningRate: 0.01,
    });
  });

  test("JSON is read as well as YAML, and an empty file says nothing", () => {
    expect(resolve({}, file("a.json", '{"seeds": 9, "trainSize": "all"}'))).toMatchObject({
      seeds: 9,
      trainSize: null,
    });
    expect(resolve({}, file("empty.yaml", "# nothing yet\n"))).toEqual(compareDefaults);
  });

  test("ε is sorted, each once, and 0 is always in", () => {
    expect(resolve({ epsilon: [0.3, 0.1, 0.3] }).epsilon).toEqual([0, 0.1, 0.3]);
    expect(resolve({ epsilon: [0] }).epsilon).toEqual([0]);
  });

  test("a prior is a word, a list, or a file of a list", () => {
    expect(resolve({ prior: "class-frequencies" }).prior).toBe("class-frequencies");
    expect(resolve({ prior: [0.7, 0.2, 0.1] }).prior).toEqual([0.7, 0.2, 0.1]);
    expect(resolve({ prior: file("prior.json", "[0.25, 0.75]") }).prior).toEqual([0.25, 0.75]);
  });

  test.each<[string, WrittenOptions]>([
    ["the laboratory's own", { epsilon: [0.2], prior: [0.5, 0.5], trainSize: "all", data: "digits" }],
    ["arms with parameters", { arms: "[{ epsilon: 0.2 }, { name: slow, base: true, parameters: { epochs: 9 } }]" }],
    [
      "a trainer",
      { trainer: "python3 train.py {out}", shell: true, trainerFiles: ["net.py"], epsilon: [0.3], seeds: 4 },
    ],
    [
      "a trainer with arms",
      { trainer: "./t.mjs", arms: "[{ parameters: { lr: 1 }, base: true }, { prior: [0.5, 0.5] }]" },
    ],
    ["given predictions", { from: ["a", "b"], pattern: "{name}/{seed}", base: "plain" }],
  ])("the resolved options of %s, written into a file, resolve to themselves", (_, flags) => {
    const options = resolve({ ...flags, ...("from" in flags ? {} : { jobs: 3 }), out: "there" });
    const { jobs } = options;
    const path = file("resolved.json", resolvedConfigText(options));
    expect(resolve({ ...("from" in flags ? {} : { jobs }), out: "there" }, path)).toEqual(options);
  });

  test.each<[WrittenOptions, string]>([
    [
      { trainer: "a", epochs: 5 },
      "--epochs must be left out with --trainer, got 5; --epochs is the laboratory's own: say it in the trainer's command, or as a parameter of an arm",
    ],
    [
      { trainer: "a", trainSize: "all" },
      "--train-size must be left out with --trainer, got \"all\"; --train-size is the laboratory's own: say it in the trainer's command, or as a parameter of an arm",
    ],
    [
      { trainer: "a", labelNoise: 0 },
      "--label-noise must be left out with --trainer, got 0; --label-noise is the laboratory's own: say it in the trainer's command, or as a parameter of an arm",
    ],
    [{ shell: true }, "--shell must be left out without --trainer, got true; --shell is about a trainer of your own"],
    [
      { trainerFiles: ["a.py"] },
      '--trainer-files must be left out without --trainer, got ["a.py"]; --trainer-files is about a trainer of your own',
    ],
    [{ arms: "arms.yaml", epsilon: [0.1] }, "--epsilon must be left out with --arms, got [0.1]; each arm says its own"],
    [
      { arms: "arms.yaml", prior: "uniform" },
      '--prior must be left out with --arms, got "uniform"; each arm says its own',
    ],
    [
      { arms: "arms.yaml", convention: "all-classes" },
      '--convention must be left out with --arms, got "all-classes"; each arm says its own',
    ],
    [
      { from: ["runs"], seeds: 3 },
      "--seeds must be left out with --from, got 3; predictions are judged as they are, and nothing is trained",
    ],
    [
      { from: ["runs"], trainer: "a" },
      '--trainer must be left out with --from, got "a"; predictions are judged as they are, and nothing is trained',
    ],
    [
      { from: ["runs"], arms: "arms.yaml" },
      '--arms must be left out with --from, got "arms.yaml"; predictions are judged as they are, and nothing is trained',
    ],
    [
      { pattern: "{epsilon}/{seed}" },
      '--pattern must be left out without --from, got "{epsilon}/{seed}"; --pattern is about predictions that are there already',
    ],
    [
      { base: "plain" },
      '--base must be left out without --from, got "plain"; --base is about predictions that are there already',
    ],
    [{ trainer: "" }, '--trainer must be a command or a JavaScript module, got ""'],
  ])("refuses %j, which has no say beside the rest", (flags, message) => {
    expect(() => resolve(flags)).toThrow(new ArgumentError(message));
  });

  test("what a file leaves open with null, false or an empty list is not said", () => {
    const path = file("open.yaml", "trainer: null\nshell: false\ntrainerFiles: []\narms: null\npattern: null\n");
    expect(resolve({}, path)).toEqual(compareDefaults);
  });

  test.each<[WrittenOptions, string]>([
    [{ epsilon: [0, 1.5] }, "--epsilon must be a number in [0, 1], got 1.5"],
    [{ epsilon: [-0.1] }, "--epsilon must be a number in [0, 1], got -0.1"],
    [{ epsilon: ["half"] }, '--epsilon must be a number in [0, 1], got "half"'],
    [{ epsilon: [] }, "--epsilon must be a list of at least one number, got []"],
    [{ epsilon: 0.1 }, "--epsilon must be a list of numbers in [0, 1], got 0.1"],
    [{ seeds: 0 }, "--seeds must be an integer from 1 to 40, got 0"],
    [{ seeds: 2.5 }, "--seeds must be an integer from 1 to 40, got 2.5"],
    [{ seeds: "many" }, '--seeds must be an integer from 1 to 40, got "many"'],
    [{ learningRate: 0 }, "--learning-rate must be a number above 0, got 0"],
    [{ learningRate: Number.NaN }, "--learning-rate must be a number above 0, got NaN"],
    [{ learningRate: Infinity }, "--learning-rate must be a number above 0, got Infinity"],
    [{ labelNoise: 2 }, "--label-noise must be a number in [0, 1], got 2"],
    [{ trainSize: "everything" }, '--train-size must be an integer of at least 1, or "all", got "everything"'],
    [{ out: "" }, '--out must be a folder\'s name, got ""'],
    [{ model: "lenet6" }, '--model must be one of softmax, mlp, lenet, lenet5, got "lenet6"'],
    [{ model: "resnet" }, '--model must be one of softmax, mlp, lenet, lenet5, got "resnet"'],
    [{ optimizer: "adan" }, '--optimizer must be one of adam, sgd, momentum, got "adan"'],
    [
      { convention: "all-class" },
      '--convention must be one of all-classes, other-classes, classy-vision, got "all-class"',
    ],
    [{ prior: [0.5, 0.6] }, "prior must sum to 1, got 1.1; divide each number by the sum"],
  ])("refuses %j", (flags, message) => {
    expect(() => resolve(flags)).toThrow(new ArgumentError(message));
  });

  test("names the file and the place of a wrong value", () => {
    const path = file("my.yaml", "epsilon: [0, 1.5]\n");
    expect(() => resolve({}, path)).toThrow(
      new ArgumentError(`epsilon[1] must be a number in [0, 1], got 1.5 in ${path}`),
    );
  });

  test.each([
    ["epsilom: [0.1]", "epsilom", "did you mean epsilon?"],
    ["train-sise: 100", "train-sise", "did you mean trainSize?"],
    ["learnigRate: 1", "learnigRate", "did you mean learningRate?"],
    ["dropout: 0.5", "dropout", `known are ${Object.keys(compareDefaults).join(", ")}`],
  ])("refuses %s with the nearest known name", (text, name, remedy) => {
    const path = file("unknown.yaml", text);
    const message = `${name} must be the name of an option, got an unknown one in ${path}; ${remedy}`;
    expect(() => resolve({}, path)).toThrow(new ArgumentError(message));
  });

  test("a file that is missing, broken or no list of options is one sentence", () => {
    const missing = join(folder, "nowhere.yaml");
    expect(() => resolve({}, missing)).toThrow(
      new ArgumentError(`--config must name a readable file, got ${missing}: there is no such file`),
    );
    const broken = file("broken.json", '{"seeds": ');
    expect(() => resolve({}, broken)).toThrow(/^--config must be JSON or YAML, got .*broken\.json with /);
    const list = file("list.yaml", "- 1\n- 2\n");
    expect(() => resolve({}, list)).toThrow(
      new ArgumentError(`--config must hold options by name, got [1,2] in ${list}`),
    );
  });

  test.each([
    ["[0.5, 1.5]", "prior[1] must be a number in [0, 1], got 1.5 in"],
    ["[-0.5, 1.5]", "prior[0] must be a number in [0, 1], got -0.5 in"],
    ["[0.5, null]", "prior[1] must be a number in [0, 1], got null in"],
    ["[0.5, 0.4]", "prior must sum to 1, got 0.9 in"],
    ['{"a": 1}', "prior must be a list of one number per class, got object in"],
    ["not json", "prior must be a JSON file of numbers, got"],
  ])("a prior file with %s is refused", (text, message) => {
    expect(() => resolve({ prior: file("wrong-prior.json", text) })).toThrow(message);
  });
});
