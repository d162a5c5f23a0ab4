import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adversarialCommand } from "../../packages/softlabel-cli/src/commands/adversarial.ts";
import { applyCommand } from "../../packages/softlabel-cli/src/commands/apply.ts";
import { chooseCommand } from "../../packages/softlabel-cli/src/commands/choose.ts";
import { compareCommand } from "../../packages/softlabel-cli/src/commands/compare.ts";
import { evaluateCommand } from "../../packages/softlabel-cli/src/commands/evaluate.ts";
import { explainCommand } from "../../packages/softlabel-cli/src/commands/explain.ts";
import { statusCommand } from "../../packages/softlabel-cli/src/commands/status.ts";
import { trainCommand } from "../../packages/softlabel-cli/src/commands/train.ts";
import { workerCommand } from "../../packages/softlabel-cli/src/commands/worker.ts";
import { root } from "../house/imports.ts";
import { asWritten, runExample } from "./run-example.ts";

const commands: Readonly<Record<string, ReturnType<typeof compareCommand>>> = {
  compare: compareCommand(),
  train: trainCommand(),
  explain: explainCommand(),
  evaluate: evaluateCommand(),
  apply: applyCommand(),
  adversarial: adversarialCommand(),
  choose: chooseCommand(),
  worker: workerCommand(),
  status: statusCommand(),
};

const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const { verdict }: { verdict: readonly string[] } = json("packages/softlabel-cli/test/fixtures/results-lenet5.json");
/** The verdict of the kept run of `softlabel adversarial`, out of which a script fills its section. */
const underAttack: readonly string[] = json("bench/results/adversarial-mnist.json").verdict;
/** Model → contender → wall time in milliseconds per step, of the committed run of `npm run bench`. */
const training: Record<string, Record<string, { wall?: { median: number } }>> = json(
  "bench/results/training.json",
).results;

/** The code blocks that use the library and nothing else. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/```(?:ts|js)\n([\s\S]*?)```/g)]
    .map(([, code = ""]) => code)
    .filter(
      (code) => /from "softlabel/.test(code) && !/from "(?!softlabel(?:"|\/(?:calibration|statistics)"))/.test(code),
    );
}

describe.each(["README.md", "README.zh-CN.md"])("%s", (file) => {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  const examples = examplesOf(text);

  it("has an example of the library", () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples.map((code, i) => ({ code, number: i + 1 })))(
    "example $number runs and gives what it shows",
    async ({ code }) => {
      for (const { values, written } of await runExample(code)) {
        expect(values.map((value, i) => asWritten(value, written[i] ?? ""))).toEqual(written);
      }
    },
  );

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });

  it("names only options that the commands have", () => {
    const named = [
      ...text.matchAll(/softlabel (compare|choose|train|explain|evaluate|apply|adversarial|worker|status)\b([^\n`]*)/g),
    ];
    expect(named).not.toEqual([]);
    for (const [, command = "", rest = ""] of named) {
      const known = ["--help", ...(commands[command]?.options.map(({ long }) => long) ?? [])];
      // What stands in quotes is a trainer's own.
      const options = [...rest.replaceAll(/"[^"]*"/g, "").matchAll(/(--[a-z-]+)/g)].map(([, option = ""]) => option);
      expect(options.filter((option) => !known.includes(option))).toEqual([]);
    }
  });

  it("quotes the verdicts of a run of the defaults and of the kept run under attack", () => {
    const quoted = [...text.matchAll(/(?:^> .*\n)+/gm)].map(([block]) =>
      block.replaceAll(/^> /gm, "").replaceAll(/\s+/g, " ").trim(),
    );
    expect(quoted.length).toBeGreaterThan(2);
    expect(quoted.filter((sentence) => ![...verdict, ...underAttack].includes(sentence))).toEqual([]);
  });

  it("gives the step times of the raw results, rounded to milliseconds", () => {
    for (const [model, sides] of Object.entries(training)) {
      const [, cells = ""] = new RegExp(`^\\| \`${model}\` +\\|(.*)\\|$`, "m").exec(text) ?? [];
      const shown = cells.split("|").map((cell) => (/^\d+$/.test(cell.trim()) ? Number(cell) : null));
      const measured = ["softlabel", "tfjs-wasm", "pytorch"].map((side) => {
        const median = sides[side]?.wall?.median;
        return median === undefined ? null : Math.round(median);
      });
      expect(shown).toEqual(measured);
    }
  });
});
