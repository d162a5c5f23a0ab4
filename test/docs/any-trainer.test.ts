import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { placeholders, variableName } from "../../packages/softlabel-cli/src/experiment/trainers/placeholders.ts";
import { writePredictionsFile } from "../../packages/softlabel-cli/src/experiment/trainers/predictions-file.ts";
import { trainerPatienceMs } from "../../packages/softlabel-cli/src/experiment/trainers/process-group.ts";
import { readProgressLine } from "../../packages/softlabel-cli/src/experiment/trainers/progress-lines.ts";
import { requirePredictions } from "../../packages/softlabel-cli/src/experiment/trainers/require-predictions.ts";
import { root } from "../house/imports.ts";
import { pythonWith } from "../optional-parts/optional-parts.ts";

const page = readFileSync(join(root, "docs/any-trainer.md"), "utf8");
const snippets = new Map(
  [...page.matchAll(/```(?:python|js) (\w+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code]),
);
const folder = mkdtempSync(join(tmpdir(), "softlabel-any-trainer-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands before the lines: a model and data that give rows of different numbers. */
const before: Readonly<Record<string, string>> = {
  torch: `import torch
torch.manual_seed(1)
model = torch.nn.Linear(4, 3)
x_val, x_test, y_val, y_test = torch.randn(6, 4), torch.randn(9, 4), torch.arange(6) % 3, torch.arange(9) % 3
`,
  numpy: `import numpy as np
random = np.random.default_rng(1)
x_val, x_test, weights, bias = (random.normal(size=shape) for shape in [(6, 4), (9, 4), (4, 3), 3])
y_val, y_test = np.arange(6) % 3, np.arange(9) % 3
`,
  tfjs: `const rows = (n) => Array.from({ length: n }, (_, i) => [Math.sin(i), Math.cos(i), i]);
const [xVal, xTest, yVal, yTest] = [rows(6), rows(9), [0, 1, 2, 0, 1, 2], [2, 1, 0, 2, 1, 0, 2, 1, 0]];
const fitMyModel = async (epsilon, seed) => (x) => x.map((row) => row.map((value) => value * seed - epsilon));
`,
};

function runPython(name: string): string {
  const out = join(folder, `${name}.npz`);
  execFileSync(pythonWith(name) ?? "python3", ["-c", `${before[name]}${snippets.get(name)}`], {
    env: { ...process.env, SOFTLABEL_OUT: out },
    timeout: 60_000,
  });
  return out;
}

describe("the five lines", () => {
  it.skipIf(pythonWith("torch") === null)("for PyTorch leave predictions that are taken [needs torch]", () => {
    expect(() => requirePredictions(runPython("torch"))).not.toThrow();
  });

  it.skipIf(pythonWith("numpy") === null)("for NumPy leave predictions that are taken [needs numpy]", () => {
    expect(() => requirePredictions(runPython("numpy"))).not.toThrow();
  });

  it("for TensorFlow.js return predictions that are taken", async () => {
    const module = join(folder, "trainer.mjs");
    writeFileSync(module, `${before.tfjs}${snippets.get("tfjs")}`);
    const { train } = await import(/* @vite-ignore */ pathToFileURL(module).href);
    const out = join(folder, "tfjs.npz");
    writePredictionsFile(out, await train({ epsilon: 0.1, seed: 3 }));
    expect(() => requirePredictions(out)).not.toThrow();
  });

  it("are five each", () => {
    expect([...snippets.keys()]).toEqual(["torch", "numpy", "tfjs"]);
    for (const code of snippets.values()) expect(code.trim().split("\n")).toHaveLength(5);
  });
});

describe("docs/any-trainer.md", () => {
  it("lists every placeholder with its variable", () => {
    const rows = [...page.matchAll(/^\| `\{(\w+)\}` +\| `(\w+)`/gm)].map(([, name, variable]) => [name, variable]);
    expect(rows).toEqual(placeholders.map((name) => [name, variableName(name)]));
    expect(page).toContain(`\`{weight-decay}\`, the variable \`${variableName("weight-decay")}\``);
  });

  it("shows a line of progress that is one, and names what else is read", () => {
    const line = /^ {4}(\{"epoch".*\})$/m.exec(page)?.[1] as string;
    expect(readProgressLine(line)?.progress).toEqual({
      step: 3,
      totalSteps: 10,
      measures: { epoch: 3, epochs: 10, validationNll: 0.31, validationAccuracy: 0.95 },
    });
    const names = ["validation_nll", "train_loss", "train_floor", "train_cross_entropy"];
    for (const name of names) expect(page).toContain(`\`${name}\``);
    const told = readProgressLine(`{"epoch": 1, ${names.map((name, i) => `"${name}": ${i}`).join(", ")}}`);
    expect(told?.point).toMatchObject({ validationNll: 0, trainLoss: 1, trainFloor: 2, trainCrossEntropy: 3 });
  });

  it("says for how long a trainer that is asked to stop may go on", () => {
    expect(page).toContain(`${trainerPatienceMs / 1000} seconds later`);
  });

  it("quotes the verdict of the PyTorch example as its kept results have it", () => {
    const kept = readFileSync(join(root, "packages/softlabel-cli/test/fixtures/results-pytorch.json"), "utf8");
    const { verdict }: { verdict: readonly string[] } = JSON.parse(kept);
    const quoted = [...page.matchAll(/^> (.+)$/gm)].map(([, sentence]) => sentence);
    expect(quoted).toEqual(verdict.slice(0, 4));
  });
});
