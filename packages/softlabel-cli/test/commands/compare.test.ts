/*
 * Runs the built command line (`npm test` builds it first) on a few hundred real digits, with real training.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { compareCommand } from "../../src/commands/compare.ts";
import { kebabCase } from "../../src/experiment/kebab-case.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import { metricNames, type Results } from "../../src/experiment/results.ts";
import { runCli, startCli } from "../experiment/support/cli.ts";
import { writeMnistRows } from "../experiment/support/mnist-rows.ts";
import { writeRun } from "../experiment/support/runs.ts";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-compare-"));
  data = join(folder, "digits");
  writeMnistRows(data, { train: 900, test: 400 });
  return () => rmSync(folder, { recursive: true });
});

const small = "--model softmax --seeds 2 --train-size 300 --validation-size 300 --epochs 2 --batch-size 50";
const compare = (out: string, ...more: string[]) =>
  runCli(["compare", ...small.split(" "), "--data", data, "--out", join(folder, out), ...more]);
const readResults = (out: string): Results => JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
const decided = ({ run: _, ...rest }: Results): string => JSON.stringify(rest);

describe("softlabel compare", () => {
  test("leaves a whole experiment, and says the verdict, the table and where the report is", async () => {
    const { code, stdout, stderr } = await compare("first");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("4 of 4 trials") });
    const results = readResults("first");
    expect(stdout).toContain(results.verdict[0]);
    expect(stdout).toMatch(/Accuracy/);
    expect(stdout).toContain(`Report: ${join(folder, "first", "report.html")}\n`);
    expect(
      readdirSync(join(folder, "first"))
        .filter((name) => !["plots", "data"].includes(name))
        .sort(),
    ).toEqual(["config.resolved.json", "plan.json", "report.html", "results.json", "trials"]);
    expect(readdirSync(join(folder, "first", "trials"))).toHaveLength(4);
    expect(readFileSync(join(folder, "first", "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
  });

  test("results.json holds every metric of every arm and seed, and what decided them", () => {
    const { schema, arms, experiment, missing, run } = readResults("first");
    expect(schema).toBe("softlabel.compare/2");
    expect(arms.map(({ epsilon }) => epsilon)).toEqual([0, 0.1]);
    expect(missing).toEqual([]);
    for (const { metrics, trials, figures } of arms) {
      expect(Object.keys(metrics)).toEqual([...metricNames]);
      for (const summary of Object.values(metrics)) expect(summary.perSeed).toHaveLength(2);
      expect(trials.map(({ seed }) => seed)).toEqual([1, 2]);
      expect(figures.history.map((points) => points.length)).toEqual([2, 2]);
      expect(figures.penultimate?.points.length).toBeGreaterThan(0);
    }
    expect(arms[0].difference).toBeNull();
    expect(Object.keys(arms[1].difference ?? {})).toEqual([...metricNames]);
    expect(experiment).toMatchObject({
      data: { name: "digits", classes: 10, trainRows: 300, validationRows: 300, testRows: 400 },
      trainer: { kind: "built-in", model: "softmax", parameters: 7_850, epochs: 2, batchSize: 50 },
      seeds: [1, 2],
    });
    expect(run).toMatchObject({ trialsReused: 0 });
    expect(Object.keys(run.trialSeconds)).toHaveLength(4);
  });

  test("an arm's accuracy is that of its predictions", () => {
    const { arms } = readResults("first");
    for (const { trials, metrics } of arms) {
      for (const [i, { id }] of trials.entries()) {
        const summary = JSON.parse(readFileSync(join(folder, "first", "trials", id, "summary.json"), "utf8"));
        expect(metrics.accuracy?.perSeed[i]).toBe(summary.test.accuracy);
        expect(metrics.nll?.perSeed[i]).toBeCloseTo(summary.test.nll, 6);
      }
    }
  });

  test("another folder and other jobs give the same results byte for byte; --json prints them alone", async () => {
    const { code, stdout, stderr } = await compare("second", "--jobs", "1", "--json");
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(folder, "second", "results.json"), "utf8"));
    expect(decided(JSON.parse(stdout))).toBe(decided(readResults("first")));
    expect(stderr).not.toBe("");
  });

  test("the same command again trains nothing and writes the same results", async () => {
    const before = decided(readResults("first"));
    const { code, stderr } = await compare("first");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "nothing to train: every trial was finished before\n" });
    expect(decided(readResults("first"))).toBe(before);
    expect(readResults("first").run.trialsReused).toBe(4);
  });

  test("the resolved configuration gives the same trials", async () => {
    const config = join(folder, "first", "config.resolved.json");
    const { code } = await runCli(["compare", "--config", config, "--out", join(folder, "first")]);
    expect(code).toBe(0);
    expect(readResults("first").run.trialsReused).toBe(4);
  });

  test("--from on the trials of a finished comparison gives the same arms, bit for bit, and trains nothing", async () => {
    const trials = join(folder, "first", "trials");
    const before = readdirSync(trials, { recursive: true }).sort();
    const { code, stdout, stderr } = await runCli([
      "compare",
      "--from",
      trials,
      "--out",
      join(folder, "given"),
      "--json",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const given: Results = JSON.parse(stdout);
    const trained = readResults("first");
    const withoutIds = ({ arms }: Results) => arms.map(({ trials: own, ...arm }) => [own.map(({ seed }) => seed), arm]);
    expect(withoutIds(given)).toEqual(withoutIds(trained));
    expect(given.arms[1].trials.map(({ id }) => id)).toEqual(trained.arms[1].trials.map(({ id }) => join(trials, id)));
    expect(given).toMatchObject({ missing: [], run: { trialSeconds: {}, trialsReused: 0 } });
    expect(given.experiment).toEqual({
      data: {
        ...{ name: "given predictions", hash: null, classes: 10, classNames: null },
        ...{ trainRows: null, validationRows: 300, testRows: 400 },
        testLabelsHash: trained.experiment.data.testLabelsHash,
      },
      seeds: [1, 2],
      trainer: { kind: "given" },
      versions: { softlabel: expect.any(String), "softlabel-cli": expect.any(String) },
      codeVersion: null,
      command: `npx softlabel compare --from ${trials}`,
    });
    expect(readdirSync(trials, { recursive: true }).sort()).toEqual(before);
    expect(readdirSync(join(folder, "given", "trials"))).toEqual([]);
  });

  test("predictions that one arm lacks are named and no failure", async () => {
    const from = join(folder, "lacking");
    for (const epsilon of [0, 0.1])
      for (const seed of [1, 2, 3]) writeRun(join(from, `${epsilon}/${seed}`), { epsilon, seed });
    rmSync(join(from, "0.1/2"), { recursive: true });
    const { code } = await runCli(["compare", "--from", from, "--out", join(folder, "given")]);
    expect(code).toBe(0);
    expect(readResults("given")).toMatchObject({
      experiment: { seeds: [1, 3] },
      missing: [{ arm: "ε = 0.1", seed: 2, reason: "there are no predictions of it" }],
    });
  });

  test("an arm that fails is left out of a report that is written all the same, and the exit code says so", async () => {
    const arms =
      "[{}, { epsilon: 0.1 }, { name: hasty, epsilon: 0.1, parameters: { optimizer: sgd, learning-rate: 1e+38 } }]";
    const { code, stdout, stderr } = await compare("first", "--arms", arms);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "softlabel: the report lacks trials without a result: hasty with seed 1, hasty with seed 2; finished trials are kept, and the same command tries those again that failed\n",
    );
    expect(stdout).toContain(`Report: ${join(folder, "first", "report.html")}\n`);
    const results = readResults("first");
    expect(results.arms.map(({ name }) => name)).toEqual(["ε = 0", "ε = 0.1"]);
    expect(results.missing.map(({ arm, seed }) => [arm, seed])).toEqual([
      ["hasty", 1],
      ["hasty", 2],
    ]);
    expect(results.missing[0].reason).toMatch(/^training diverged/);
    // Arms of a list that say nothing else are the trials of --epsilon.
    expect(results.run.trialsReused).toBe(4);
    expect(
      (
        await runCli([
          "compare",
          "--config",
          join(folder, "first", "config.resolved.json"),
          "--data",
          data,
          "--out",
          join(folder, "first"),
        ])
      ).code,
    ).toBe(1);
    expect(readResults("first").arms).toEqual(results.arms);
  });

  test("another list of ε trains only what is new, and the results are of this list", async () => {
    const { code } = await compare("first", "--epsilon", "0.3");
    expect(code).toBe(0);
    const { arms, run } = readResults("first");
    expect(arms.map(({ epsilon }) => epsilon)).toEqual([0, 0.3]);
    expect(run.trialsReused).toBe(2);
    expect(readdirSync(join(folder, "first", "trials")).filter(isFinished)).toHaveLength(6);
  });

  test("other data are other trials", async () => {
    const other = join(folder, "other-digits");
    mkdirSync(other);
    for (const name of readdirSync(data)) copyFileSync(join(data, name), join(other, name));
    const images = join(other, "train-images-idx3-ubyte");
    const bytes = readFileSync(images);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(images, bytes);
    const { code } = await compare("second", "--data", other);
    expect(code).toBe(0);
    expect(readResults("second").run.trialsReused).toBe(0);
    expect(readdirSync(join(folder, "second", "trials"))).toHaveLength(8);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s stops it, and the same command goes on from there", async (signal) => {
    const out = join(folder, signal);
    const args = ["compare", ...small.split(" "), "--epochs", "40", "--jobs", "1", "--data", data, "--out", out];
    const first = startCli(args);
    await until(() => existsSync(join(out, "trials")) && readdirSync(join(out, "trials")).some(isFinished));
    // Ctrl-C in a terminal reaches the children as well.
    const pid = first.process.pid as number;
    process.kill(signal === "SIGINT" ? -pid : pid, signal);
    const { code, stderr } = await first.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /softlabel: stopped: [1-3] of 4 trials are finished and kept; the same command goes on from there\n$/,
    );
    expect(readdirSync(join(out, "trials")).filter((name) => name.startsWith("."))).toEqual([]);
    expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
    expect((await runCli(args)).code).toBe(0);
    expect(readResults(signal).run.trialsReused).toBe(Number(/stopped: (\d)/.exec(stderr)?.[1]));
  });

  test.each<[string, string]>([
    ["--epsilon 0,1.5", '--epsilon must be numbers from 0 to 1 with commas between them, got "1.5" in "0,1.5"'],
    ["--epsilon nan", '--epsilon must be numbers from 0 to 1 with commas between them, got "nan"'],
    ["--seeds 0", '--seeds must be an integer from 1 to 40, got "0"'],
    [
      "--model resnet",
      '--model must be one of softmax, mlp, lenet, lenet5, cleverhans, got "resnet"; did you mean lenet?',
    ],
    [
      "--train-size 601",
      "trainSize must be an integer in [1, 600], the images that validation leaves, got 601; --train-size sets it, and all takes all of them",
    ],
    [
      "--validation-size 900",
      "validationSize must be a whole number below the 900 training images, got 900; --validation-size sets it",
    ],
    ["--prior 0.5,0.5", "prior must be one number for each of the 10 classes of digits, got 2"],
    ["--prior nowhere.json", "prior must name a readable file, got nowhere.json: there is no such file"],
    ["--prior unifrom", "prior must name a readable file, got unifrom: there is no such file; did you mean uniform?"],
    ["--config nowhere.yaml", "--config must name a readable file, got nowhere.yaml: there is no such file"],
    ["--data nowhere", `data must be a folder of IDX files or a Keras .npz; ${resolve("nowhere")} does not exist`],
    ["--epsilom 0.1", "unknown option '--epsilom'; did you mean --epsilon?"],
    [
      "--trainer ./train.mjs",
      "--data must be left out with --trainer, got \"DATA\"; --data is the laboratory's own: say it in the trainer's command, or as a parameter of an arm",
    ],
    [
      "--from runs",
      '--data must be left out with --from, got "DATA"; predictions are judged as they are, and nothing is trained',
    ],
    ["--arms nowhere.yaml", "--arms must name a readable file, got nowhere.yaml: there is no such file"],
    [
      "--pattern {seed}",
      '--pattern must be left out without --from, got "{seed}"; --pattern is about predictions that are there already',
    ],
  ])("%s is one sentence and exit code 2", async (typed, sentence) => {
    let stderr = "";
    const words = ["compare", "--data", data, ...small.split(" "), "--out", join(folder, "wrong"), ...typed.split(" ")];
    const code = await runCommandLine(words, { write: (text) => (stderr += text) });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `softlabel: ${sentence.replace("DATA", data)}\n` });
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test("training that diverged fails with a remedy", async () => {
    const { code, stderr } = await compare("diverged", "--optimizer", "sgd", "--learning-rate", "1e38");
    expect(code).toBe(1);
    expect(stderr).toContain("the trial ε = 0.1, seed 2 failed: training diverged");
    expect(stderr).toContain(
      "softlabel: no results yet, because ε = 0, the base, has no result; missing are ε = 0 with seed 1 (training diverged",
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("has a flag for every option", () => {
    const flags = compareCommand().options.map(({ long }) => long?.slice(2));
    expect(flags).toEqual(expect.arrayContaining(Object.keys(compareDefaults).map(kebabCase)));
  });
});

const isFinished = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}
