/*
 * Every example that a --help shows can be typed: each is parsed, and of each command one at least is run as it stands,
 * with sizes added that make it short, by the built command line in a folder that has the files it names.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { fitTemperatureScaling } from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { entries, examples } from "../../src/commands/command-line.ts";
import { writeNpz } from "../../src/data/npz.ts";
import { writePlanFile } from "../../src/experiment/queue/plan-file.ts";
import { fakeTrials } from "../experiment/queue/support/fake-experiment.ts";
import { predictionsOf } from "../experiment/support/arms.ts";
import { madePredictions, writeRun } from "../experiment/support/runs.ts";

interface ExampleRun {
  /** As it stands in the help, without the description behind it. */
  readonly example: string;
  /** Options that make it short. */
  readonly more?: string;
  /** Makes the files that it names. */
  readonly prepare?: (folder: string) => void;
  /** What it leaves in the folder where it was typed. */
  readonly leaves?: readonly string[];
  readonly prints: RegExp;
  /** What it says on stderr when it ends with code 1, as it must where what it needs is not there. */
  readonly fails?: string;
}

const short = "--train-size 200 --epochs 1 --batch-size 50 --jobs 1";

/** A command without a run here fails. */
const runs: Readonly<Record<string, readonly ExampleRun[]>> = {
  compare: [
    {
      example: "softlabel compare",
      more: `--model softmax --seeds 1 --validation-size 100 ${short}`,
      leaves: ["softlabel-compare/report.html", "softlabel-compare/results.json"],
      prints: /Report: softlabel-compare/,
    },
    {
      example: "softlabel compare --from runs/",
      prepare: (folder) => {
        for (const epsilon of [0, 0.1]) {
          for (const seed of [1, 2]) writeRun(join(folder, `runs/${epsilon}/${seed}`), { epsilon, seed });
        }
      },
      leaves: ["softlabel-compare/report.html"],
      prints: /Report: softlabel-compare/,
    },
  ],
  choose: [
    {
      example: "softlabel choose --epsilon 0,0.1,0.2 --no-refine",
      more: `--model softmax --seeds 1 --validation-size 100 ${short}`,
      leaves: ["softlabel-choose/report.html", "softlabel-choose/results.json"],
      prints: /One seed cannot choose ε/,
    },
    {
      example: "softlabel choose --search learning-rate=log:1e-4..1e-2 --samples 16",
      more: `--samples 2 --epsilon 0,0.1 --no-refine --model softmax --seeds 1 --validation-size 100 ${short}`,
      leaves: ["softlabel-choose/report.html"],
      prints: /tried with the same 2 settings of learning-rate/,
    },
  ],
  worker: [
    {
      // What it does with a server, experiment/queue/servers.test.ts runs.
      example: "softlabel worker --out /shared/run --jobs 4 --until-idle",
      more: "--out run --queue redis://127.0.0.1:1 --wait 0",
      prints: /^/,
      fails: "run does not exist here: is the folder that compare was given mounted on this machine?",
    },
  ],
  status: [
    {
      example: "softlabel status --out /shared/run",
      more: "--out run",
      prepare: (folder) => {
        mkdirSync(join(folder, "run"));
        writePlanFile(join(folder, "run"), "ended", fakeTrials(2));
      },
      prints: /^run: 0 of 4 trials done, 0 running, 4 waiting, 0 failed/,
    },
  ],
  adversarial: [
    {
      example: "softlabel adversarial",
      more: `--model softmax --seeds 1 --attack-size 20 --steps 2 --restarts 1 ${short}`,
      leaves: ["softlabel-adversarial/report.html"],
      prints: /Report: softlabel-adversarial/,
    },
  ],
  train: [
    {
      example: "softlabel train --epsilon 0 --out plain",
      more: "--model softmax --train-size 200 --validation-size 100 --epochs 1 --batch-size 50",
      leaves: ["plain/predictions.npz", "plain/model.json"],
      prints: /training loss/,
    },
  ],
  evaluate: [
    {
      example: "softlabel evaluate predictions.npz",
      more: "--resamples 20",
      prepare: (folder) => writeNpz(join(folder, "predictions.npz"), madePredictions({ epsilon: 0.1, seed: 1 })),
      leaves: ["softlabel-evaluate/report.html"],
      prints: /Report: softlabel-evaluate/,
    },
  ],
  apply: [
    {
      example: "softlabel apply softlabel-evaluate/calibrator-temperature.json new.npz -o mended.npz",
      prepare: (folder) => {
        const { labels, predictions } = predictionsOf(40, 3, 2, 4);
        const calibrator = JSON.stringify(fitTemperatureScaling(labels, predictions));
        mkdirSync(join(folder, "softlabel-evaluate"));
        writeFileSync(join(folder, "softlabel-evaluate/calibrator-temperature.json"), calibrator);
        writeNpz(join(folder, "new.npz"), { logits: { data: Float32Array.of(3, 1, 0, 2, 0, 1), shape: [2, 3] } });
      },
      leaves: ["mended.npz"],
      prints: /^mended\.npz: logits \[2, 3\], by temperature/,
    },
  ],
  explain: [
    { example: "softlabel explain --logits 2,1,0 --label 0 --epsilon 0.1", prints: /0\.1/ },
    { example: "softlabel explain --logits 2,1,0 --label 0 --json", prints: /"schema": "softlabel\.explain\/1"/ },
  ],
};

describe("the examples of every --help", () => {
  test("every command has a run", () => {
    expect(Object.keys(runs).sort()).toEqual(entries.map(({ name }) => name).sort());
  });

  test.each(entries.map(({ name }) => name))(
    "softlabel %s: each can be typed, and those that run are among them",
    async (name) => {
      const shown = examplesIn(await helpOf(name));
      expect(shown.length).toBeGreaterThan(0);
      for (const example of shown) await parse(example);
      expect(shown).toEqual(expect.arrayContaining((runs[name] ?? []).map(({ example }) => example)));
    },
  );

  test("softlabel: each can be typed", async () => {
    const shown = examplesIn(examples);
    expect(shown.length).toBeGreaterThan(0);
    for (const example of shown) await parse(example);
  });

  test.each(Object.values(runs).flat())(
    "$example runs",
    async ({ example, more = "", prepare, leaves = [], prints, fails }) => {
      const folder = mkdtempSync(join(tmpdir(), "softlabel-example-"));
      try {
        prepare?.(folder);
        const { code, stdout, stderr } = await run([...wordsOf(example), ...wordsOf(more)], folder);
        const said = fails === undefined ? expect.not.stringContaining("softlabel:") : expect.stringContaining(fails);
        expect({ code, stderr }).toEqual({ code: fails === undefined ? 0 : 1, stderr: said });
        expect(stdout).toMatch(prints);
        expect(leaves.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe("the parser of examples", () => {
  const lines = [
    "Usage: softlabel x",
    "",
    "Examples:",
    "  softlabel x                  what it does",
    "  softlabel x --to \"a  b {c}\" --of 'd e' > out.json",
    "                               goes on here",
    "",
    "  softlabel y                  is no example any more",
  ];

  test("takes a command without its description, and double spaces in quotes", () => {
    expect(examplesIn(lines.join("\n"))).toEqual([
      "softlabel x",
      "softlabel x --to \"a  b {c}\" --of 'd e' > out.json",
    ]);
  });

  test("takes quotes away as a shell does, and what is written to a file", () => {
    expect(wordsOf("softlabel x --to \"a  b {c}\" --of 'd e' > out.json")).toEqual([
      "x",
      "--to",
      "a  b {c}",
      "--of",
      "d e",
    ]);
  });

  test("an example with an unknown option or a wrong value cannot be typed", async () => {
    await expect(parse("softlabel explain --logits 1,2 --lable 0")).rejects.toThrow("unknown option '--lable'");
    await expect(parse("softlabel compare --epsilon 2")).rejects.toThrow("--epsilon must be numbers from 0 to 1");
    await expect(parse("softlabel evalute a.npz")).rejects.toThrow("evalute is no command");
  });
});

async function load(name: string) {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`${name} is no command`);
  return (await entry.load()).exitOverride();
}

async function helpOf(name: string): Promise<string> {
  let help = "";
  const command = await load(name);
  command.configureOutput({ writeOut: (more) => (help += more) }).outputHelp();
  return help;
}

/** The lines below `Examples:` that begin with the program's name, each as far as its description. */
function examplesIn(help: string): readonly string[] {
  const [, after = ""] = help.split("\nExamples:\n");
  const [block] = after.split("\n\n");
  return block
    .split("\n")
    .map((line) => /^ {2}(softlabel(?:"[^"]*"|'[^']*'|[^ "']| (?! ))*)/.exec(line)?.[1].trimEnd())
    .filter((example) => example !== undefined);
}

/** What follows the program's name, as a shell would give it to the program. */
function wordsOf(example: string): readonly string[] {
  const words: readonly string[] = example.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const redirected = words.indexOf(">");
  const own = redirected < 0 ? words : words.slice(0, redirected);
  return own.slice(own[0] === "softlabel" ? 1 : 0).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/** Reads options and arguments without doing what they say. */
async function parse(example: string): Promise<void> {
  const [name = "", ...words] = wordsOf(example);
  const command = (await load(name)).action(() => {});
  await command.configureOutput({ writeErr: () => {} }).parseAsync(words, { from: "user" });
}

const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));

async function run(words: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [bin, ...words], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = await once(child, "close");
  return { code, stdout: await stdout, stderr: await stderr };
}
