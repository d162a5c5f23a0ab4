/*
 * Runs the built command line (`npm test` builds it first) on a few hundred real digits, with real training.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { chooseCommand } from "../../src/commands/choose.ts";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { chooseDefaults } from "../../src/experiment/choose/options.ts";
import type { ChooseResults } from "../../src/experiment/choose/results.ts";
import { kebabCase } from "../../src/experiment/kebab-case.ts";
import { type CliOutcome, runCli, startCli } from "../experiment/support/cli.ts";
import { writeMnistRows } from "../experiment/support/mnist-rows.ts";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-choose-"));
  data = join(folder, "digits");
  writeMnistRows(data, { train: 700, test: 200 });
  return () => rmSync(folder, { recursive: true });
});

const small = "--model softmax --seeds 2 --train-size 200 --validation-size 300 --epochs 2 --batch-size 50";
const words = (command: string, out: string, ...more: string[]): string[] => [
  command,
  ...small.split(" "),
  "--data",
  data,
  "--out",
  join(folder, out),
  ...more,
];
const run = (command: string, out: string, ...more: string[]): Promise<CliOutcome> =>
  runCli(words(command, out, ...more));
const readResults = (out: string): ChooseResults => JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
const decided = ({ run: _, ...rest }: ChooseResults): string => JSON.stringify(rest);

describe("softlabel choose", () => {
  test("in a folder that compare trained it trains only what is new, and compare then trains nothing", async () => {
    expect((await run("compare", "shared", "--epsilon", "0,0.1,0.2")).code).toBe(0);
    const { code, stdout, stderr } = await run("choose", "shared", "--epsilon", "0,0.1,0.2");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("choose: ") });
    const { run: card, experiment, arms, verdict } = readResults("shared");
    const refined = experiment.refined.length;
    expect(refined).toBeGreaterThan(0);
    expect(card.trialsReused).toBe(6);
    expect(readdirSync(join(folder, "shared", "trials"))).toHaveLength(6 + 2 * refined);
    expect(arms).toHaveLength(3 + refined);
    expect(stdout).toContain(verdict[0]);
    expect(stdout).toContain("On the validation rows, mean over seeds");
    expect(stdout).toContain(`Report: ${join(folder, "shared", "report.html")}\n`);
    const back = await run("compare", "shared", "--epsilon", "0,0.2");
    expect(back.stderr).toContain("nothing to train: every trial was finished before");
  });

  test("with a trainer of one's own its trials are those of compare, under the same names", async () => {
    const trainer = join(folder, "trainer.mjs");
    writeFileSync(
      trainer,
      `export const train = ({ epsilon, seed }) => {
  const labels = [0, 1, 2, 0, 1, 2, 1, 0];
  const logits = labels.map((label, row) => [0, 1, 2].map((j) => (j === label ? 2 - epsilon : Math.sin(row * seed + j))));
  return { validation: { logits, labels }, test: { logits, labels } };
};
`,
    );
    const out = join(folder, "own");
    const shared = ["--trainer", trainer, "--epsilon", "0,0.1", "--seeds", "2", "--out", out];
    expect((await runCli(["compare", ...shared])).code).toBe(0);
    const names = readdirSync(join(out, "trials")).sort();
    expect(names).toHaveLength(4);
    expect((await runCli(["choose", ...shared, "--no-refine"])).code).toBe(0);
    expect(readdirSync(join(out, "trials")).sort()).toEqual(names);
    expect(readResults("own").run.trialsReused).toBe(4);
  });

  test("one job or two give the same results, byte for byte but for the run", async () => {
    const [one, two] = await Promise.all([
      run("choose", "one", "--epsilon", "0,0.1", "--jobs", "1"),
      run("choose", "two", "--epsilon", "0,0.1", "--jobs", "2", "--json"),
    ]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(decided(readResults("two"))).toBe(decided(readResults("one")));
    expect(two.stdout).toBe(readFileSync(join(folder, "two", "results.json"), "utf8"));
    expect(readFileSync(join(folder, "one", "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
  });

  test("tunes another parameter for each ε, all with the same settings", async () => {
    const { code, stderr } = await run(
      "choose",
      "search",
      ...["--epsilon", "0,0.1", "--no-refine", "--search", "learning-rate=log:1e-3..1e-1", "--samples", "2"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.anything() });
    const { experiment, arms } = readResults("search");
    expect(experiment.search).toMatchObject({ candidates: 2, sampler: "sobol", trials: 4 });
    for (const { parameters, trials } of arms) {
      expect(Object.keys(parameters)).toEqual(["learning-rate"]);
      expect(trials).toHaveLength(2);
    }
  });

  test("Ctrl-C stops it, and the same command goes on from there", async () => {
    const typed = words("choose", "stopped", "--epsilon", "0,0.1", "--jobs", "1", "--epochs", "30");
    const first = startCli(typed);
    const trials = join(folder, "stopped", "trials");
    while (!(existsSync(trials) && readdirSync(trials).some((name) => /^[0-9a-f]{16}$/.test(name)))) await delay(10);
    process.kill(-(first.process.pid as number), "SIGINT");
    const { code, stderr } = await first.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /softlabel: stopped: \d of \d trials are finished and kept; the same command goes on from there\n$/,
    );
    expect((await runCli(typed)).code).toBe(0);
    expect(readResults("stopped").run.trialsReused).toBeGreaterThanOrEqual(1);
  });

  test.each<[string, string]>([
    [
      "--objective accurcy",
      "objective must be one of nll-after-temperature, accuracy, nll, ece, aurc, or several with weights such as " +
        'nll-after-temperature=1,accuracy=0.5, got "accurcy"; did you mean accuracy?',
    ],
    ["--samples 0", '--samples must be an integer from 1 to 1000, got "0"'],
    [
      "--search epochs=int:1..9",
      "--search must name another parameter than epochs: they are the budget, which early stopping divides; say it by --epochs",
    ],
    ["--arms arms.yaml", "unknown option '--arms'; --help lists what there is"],
  ])("%s is one sentence and exit code 2", async (typed, sentence) => {
    let stderr = "";
    const code = await runCommandLine([...words("choose", "wrong"), ...typed.split(" ")], {
      write: (text) => (stderr += text),
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `softlabel: ${sentence}\n` });
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test("has a flag for every option", () => {
    const flags = chooseCommand().options.map(({ long }) => long?.slice(2));
    expect(flags).toEqual(expect.arrayContaining(Object.keys(chooseDefaults).map(kebabCase)));
  });
});
