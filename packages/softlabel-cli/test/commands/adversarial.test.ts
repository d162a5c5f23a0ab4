/*
 * Runs the built command line (`npm test` builds it first) on a few hundred real digits, with real training and real
 * attacks.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { adversarialCommand } from "../../src/commands/adversarial.ts";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { writeNpz } from "../../src/data/npz.ts";
import { adversarialDefaults } from "../../src/experiment/adversarial/options.ts";
import type { AdversarialResults } from "../../src/experiment/adversarial/results.ts";
import { kebabCase } from "../../src/experiment/kebab-case.ts";
import { runCli, startCli } from "../experiment/support/cli.ts";
import { writeMnistRows } from "../experiment/support/mnist-rows.ts";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-adversarial-"));
  data = join(folder, "digits");
  writeMnistRows(data, { train: 600, test: 200 });
  return () => rmSync(folder, { recursive: true });
});

const small =
  "--model softmax --seeds 2 --train-size 400 --epochs 4 --batch-size 50 --attack-size 60 --steps 5 --attack-epsilon 0.09";
const argsOf = (out: string, ...more: string[]): string[] => [
  "adversarial",
  ...small.split(" "),
  "--data",
  data,
  "--out",
  join(folder, out),
  ...more,
];
const readResults = (out: string): AdversarialResults =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
const decided = ({ run: _, ...rest }: AdversarialResults): string => JSON.stringify(rest);
const finishedIn = (out: string): string[] => {
  const trials = join(folder, out, "trials");
  return existsSync(trials) ? readdirSync(trials).filter((name) => /^[0-9a-f]{16}$/.test(name)) : [];
};

describe("softlabel adversarial", () => {
  test("leaves a whole experiment, and says the verdict, the table and where the report is", async () => {
    const { code, stdout, stderr } = await runCli(argsOf("first"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("18 of 18 trials") });
    const { verdict } = readResults("first");
    for (const sentence of verdict) expect(stdout).toContain(sentence);
    expect(stdout).toMatch(/FGSM/);
    expect(stdout).toContain(`Report: ${join(folder, "first", "report.html")}\n`);
    expect(
      readdirSync(join(folder, "first"))
        .filter((name) => !["plots", "data"].includes(name))
        .sort(),
    ).toEqual(["config.resolved.json", "plan.json", "report.html", "results.json", "trials"]);
    expect(finishedIn("first")).toHaveLength(18);
  });

  test("results.json holds every arm, and what decided them", () => {
    const { schema, arms, experiment, comparisons, checks, digits, run } = readResults("first");
    expect(schema).toBe("softlabel.adversarial/1");
    expect(arms.map(({ labelSmoothing, training }) => [labelSmoothing, training])).toEqual([
      [0, "clean"],
      [0, "adversarial"],
      [0.1, "clean"],
      [0.1, "adversarial"],
    ]);
    expect(experiment).toMatchObject({
      data: { name: "digits", trainRows: 400, testRows: 200, attackedRows: 60, height: 28, width: 28, channels: 1 },
      model: "softmax",
      strengths: [0, 0.03, 0.06, 0.09, 0.12],
      attack: { name: "fgsm", norm: "inf", epsilon: 0.09, steps: 5, stepSize: 0.045, restarts: 1, coefficient: 0.5 },
      seeds: [1, 2],
    });
    expect(comparisons.map(({ training }) => training)).toEqual(["clean", "adversarial"]);
    expect(checks).toHaveLength(12);
    // The first 8 of MNIST's test images is the 62nd.
    expect(digits.map(({ label }) => label).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9]);
    expect(run.trialsReused).toBe(0);
    expect(Object.keys(run.trialSeconds)).toHaveLength(18);
  });

  test("attacks weaken, training against them helps, and PGD leaves no more rows right than FGSM", () => {
    const { arms } = readResults("first");
    for (const { test: of, curves } of arms) {
      expect(of.fgsm).toBeLessThan(of.clean);
      expect(of.pgd).toBeLessThanOrEqual(of.fgsm);
      expect(of.transfer).toBeGreaterThanOrEqual(of.pgd);
      for (const curve of Object.values(curves)) expect(curve[0].accuracy.mean).toBeGreaterThan(curve[4].accuracy.mean);
      const [atZero] = new Set(Object.values(curves).map((curve) => curve[0].accuracy.mean));
      expect(Object.values(curves).map((curve) => curve[0].accuracy.mean)).toEqual([atZero, atZero, atZero]);
    }
    const [clean, adversarial] = arms;
    expect(adversarial.test.fgsm).toBeGreaterThan(clean.test.fgsm);
    expect(adversarial.test.pgd).toBeGreaterThan(clean.test.pgd);
  });

  test("an attacked digit is within the ball around its clean one, pixel by pixel", () => {
    for (const { clean, seenBy } of readResults("first").digits) {
      for (const { attacked } of seenBy) {
        const farthest = Math.max(...attacked.map((pixel, i) => Math.abs(pixel - clean[i])));
        expect(farthest).toBe(Math.round(255 * 0.09));
      }
    }
  });

  test("the rows whose calibration is told are the rows of the curves", () => {
    for (const { calibration, test: of, curves } of readResults("first").arms) {
      expect(calibration.fgsm.rows).toBe(120);
      expect(calibration.clean.accuracy).toBeCloseTo(curves.fgsm[0].accuracy.mean, 12);
      expect(calibration.fgsm.accuracy).toBeCloseTo(of.fgsm, 12);
      // A row that some point of the attack got wrong may be right again at its last.
      expect(calibration.pgd.accuracy).toBeGreaterThanOrEqual(of.pgd);
    }
  });

  test("clean accuracy is that of the trained model's own predictions", () => {
    for (const { trials, perSeed } of readResults("first").arms) {
      for (const [i, { train }] of trials.entries()) {
        const summary = JSON.parse(readFileSync(join(folder, "first", "trials", train, "summary.json"), "utf8"));
        expect(perSeed.test.clean[i]).toBe(summary.test.accuracy);
      }
    }
  });

  test("kill −9 in the middle, again and again, changes nothing but the run card; --json prints it alone", async () => {
    const args = argsOf("killed", "--jobs", "1", "--json");
    for (const enough of [2, 9, 12]) {
      const command = startCli(args);
      while (finishedIn("killed").length < enough) await delay(5);
      process.kill(-(command.process.pid as number), "SIGKILL");
      await command.ended;
    }
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(folder, "killed", "results.json"), "utf8"));
    expect(decided(JSON.parse(stdout))).toBe(decided(readResults("first")));
    expect(readResults("killed").run.trialsReused).toBeGreaterThanOrEqual(12);
  });

  test("the same command again does nothing; more strengths attack anew and train nothing", async () => {
    const again = await runCli(argsOf("first"));
    expect(again).toMatchObject({ code: 0, stderr: "nothing to train: every trial was finished before\n" });
    expect((await runCli(argsOf("first", "--strengths", "0.3"))).code).toBe(0);
    const { run, experiment } = readResults("first");
    expect([run.trialsReused, experiment.strengths]).toEqual([8, [0, 0.09, 0.3]]);
  });

  test("the resolved configuration gives the same trials", async () => {
    const config = join(folder, "killed", "config.resolved.json");
    expect((await runCli(["adversarial", "--config", config, "--out", join(folder, "killed")])).code).toBe(0);
    expect(readResults("killed").run.trialsReused).toBe(18);
  });

  test("one seed without ε = 0, PGD in L2 and no adversarial training: sources are trained, nothing is compared", async () => {
    const more = "--seeds 1 --label-smoothing 0.1 --attack none --norm 2 --attack-epsilon 1.5";
    const { code, stdout } = await runCli(argsOf("lone", ...more.split(" "), "--cleverhans-double-smoothing"));
    expect(code).toBe(0);
    const { arms, comparisons, experiment } = readResults("lone");
    expect(arms.map(({ labelSmoothing, training }) => [labelSmoothing, training])).toEqual([[0.1, "clean"]]);
    expect([comparisons, experiment.strengths]).toEqual([[], [0, 0.5, 1, 1.5, 2]]);
    expect(finishedIn("lone")).toHaveLength(4);
    expect(stdout).toContain("ε = 0.1 trained as 0.19");
  });

  test.each<[string, string]>([
    ["--attack-epsilon -0.1", '--attack-epsilon must be a number above 0, got "-0.1"'],
    [
      "--attack-epsilon 1.5",
      "attackEpsilon must be at most 1 with norm inf, where 1 turns any pixel in [0, 1] into any other, got 1.5",
    ],
    [
      "--norm 2 --attack-epsilon 40",
      "attackEpsilon must be at most 28 with norm 2, the distance between opposite images of digits, got 40; --attack-epsilon sets it",
    ],
    [
      "--norm 2 --attack-epsilon 24",
      "strengths must be at most 28 with norm 2, the distance between opposite images of digits, got 32; --strengths sets them",
    ],
    ["--norm 3", '--norm must be inf or 2, got "3"'],
    ["--steps 0", '--steps must be an integer of at least 1, got "0"'],
    ["--restarts 0", '--restarts must be an integer of at least 1, got "0"'],
    ["--attack pdg", '--attack must be one of fgsm, pgd, none, got "pdg"; did you mean pgd?'],
    ["--attack-size 201", "attackSize must be at most 200, the test images of digits, got 201; --attack-size sets it"],
    [
      "--label-smoothing 0,1.1",
      '--label-smoothing must be numbers from 0 to 1 with commas between them, got "1.1" in "0,1.1"',
    ],
    ["--validation-size 5", "unknown option '--validation-size'; --help lists what there is"],
  ])("%s is one sentence and exit code 2", async (typed, sentence) => {
    let stderr = "";
    const code = await runCommandLine(argsOf("wrong", ...typed.split(" ")), { write: (text) => (stderr += text) });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `softlabel: ${sentence}\n` });
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test("pixels outside [0, 1] are one sentence and exit code 2", async () => {
    const path = join(folder, "bytes-as-floats.npz");
    const images = (rows: number) => ({ data: new Float32Array(rows * 4).fill(255), shape: [rows, 2, 2] });
    const labels = (rows: number) => ({ data: Int32Array.from({ length: rows }, (_, i) => i % 2), shape: [rows] });
    writeNpz(path, { x_train: images(6), y_train: labels(6), x_test: images(4), y_test: labels(4) });
    let stderr = "";
    const code = await runCommandLine(argsOf("wrong", "--data", path), { write: (text) => (stderr += text) });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `softlabel: x_train in ${path} must hold floats in [0, 1], got 255; save bytes in [0, 255], or divide by the largest value\n`,
    });
  });

  test("the folder of a comparison is refused, and stays as it is", async () => {
    const out = join(folder, "comparison");
    const config = `{ "command": "npx softlabel compare --model softmax" }\n`;
    mkdirSync(out);
    writeFileSync(join(out, "config.resolved.json"), config);
    let stderr = "";
    const code = await runCommandLine(argsOf("comparison"), { write: (text) => (stderr += text) });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `softlabel: out must not hold the experiment of another command, got ${out} with one of softlabel compare; choose another --out\n`,
    });
    expect(readdirSync(out)).toEqual(["config.resolved.json"]);
    expect(readFileSync(join(out, "config.resolved.json"), "utf8")).toBe(config);
  });

  test("a training accuracy is of images that trained, though more are attacked", async () => {
    expect((await runCli(argsOf("few", "--train-size", "20", "--seeds", "1", "--attack", "none"))).code).toBe(0);
    for (const { perSeed } of readResults("few").arms) {
      for (const accuracy of Object.values(perSeed.train).flat())
        expect(20 * accuracy).toBeCloseTo(Math.round(20 * accuracy), 9);
    }
  });

  test("training that diverged fails, names the trials and attacks nothing", async () => {
    const { code, stderr } = await runCli(argsOf("diverged", "--optimizer", "sgd", "--learning-rate", "1e38"));
    expect(code).toBe(1);
    expect(stderr).toContain("the trial ε = 0.1, seed 2 failed: training diverged");
    expect(stderr).toContain("the trial ε = 0.1 trained adversarially, seed 2 failed: training diverged");
    expect(stderr).toContain(
      "softlabel: no results yet, because trials failed: ε = 0 trained adversarially with seed 1, ",
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("has a flag for every option", () => {
    const flags = adversarialCommand().options.map(({ long }) => long?.slice(2));
    expect(flags).toEqual(expect.arrayContaining(Object.keys(adversarialDefaults).map(kebabCase)));
  });
});
