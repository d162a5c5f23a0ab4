import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPredictions } from "../../packages/softlabel-cli/src/data/predictions/read-predictions.ts";
import { root } from "../house/imports.ts";
import { pythonWith } from "../optional-parts/optional-parts.ts";

const page = readFileSync(join(root, "docs/predictions-files.md"), "utf8");
const snippets = new Map(
  [...page.matchAll(/```(?:python|js) (\w+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code]),
);
const folder = mkdtempSync(join(tmpdir(), "softlabel-snippets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands before the four lines: a model and data that give rows of different numbers. */
const before: Readonly<Record<string, string>> = {
  torch: `import torch
torch.manual_seed(1)
model = torch.nn.Linear(4, 3)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(10, 4), torch.arange(10) % 3), 4)
`,
  sklearn: `import numpy as np
from sklearn.linear_model import LogisticRegression
x_test = np.random.default_rng(1).normal(size=(10, 4))
y_test = np.array(["cat", "dog", "elk"])[np.arange(10) % 3]
model = LogisticRegression().fit(x_test, y_test)
`,
  tfjs: `import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
const xTest = tf.tensor2d(Array.from({ length: 40 }, (_, i) => Math.sin(i)), [10, 4]);
const yTest = tf.tensor1d(Array.from({ length: 10 }, (_, i) => i % 3), "int32");
const model = { predict: (x) => tf.matMul(x, tf.tensor2d(Array.from({ length: 12 }, (_, i) => i / 7), [4, 3])) };
`,
};

const labels = Int32Array.from({ length: 10 }, (_, i) => i % 3);

async function expectPredictions(file: string, kind: string): Promise<void> {
  const { test } = await readPredictions(join(folder, file));
  expect(test).toMatchObject({ kind, shape: [10, 3], labels, dropped: [] });
  expect(new Set(test.data).size).toBe(30);
}

function runPython(name: string): void {
  const code = `${before[name]}${snippets.get(name)}`;
  execFileSync(pythonWith(name) ?? "python3", ["-c", code], { cwd: folder, timeout: 60_000 });
}

describe("the four lines", () => {
  it.skipIf(pythonWith("torch") === null)("for PyTorch write a file that is read [needs torch]", async () => {
    runPython("torch");
    await expectPredictions("predictions.npz", "logits");
  });

  it.skipIf(pythonWith("sklearn") === null)("for scikit-learn write a file that is read [needs sklearn]", async () => {
    runPython("sklearn");
    await expectPredictions("predictions.npz", "probabilities");
  });

  it("for TensorFlow.js write a file that is read", async () => {
    const imports = [...(snippets.get("tfjs") ?? "").matchAll(/^import .*\n/gm)].join("");
    const rest = (snippets.get("tfjs") ?? "").replaceAll(/^import .*\n/gm, "");
    const program = join(folder, "write.mjs");
    const modules = before.tfjs?.replaceAll(/"(@tensorflow\/[\w-]+)"/g, (_, one) => `"${import.meta.resolve(one)}"`);
    writeFileSync(program, `${imports}${modules}${rest}`);
    execFileSync(process.execPath, [program], { cwd: folder, timeout: 60_000 });
    await expectPredictions("predictions.json", "logits");
  });

  it.skipIf(pythonWith("ast") === null).each(["keras", "huggingface", "jax"])(
    "for %s are Python [needs numpy]",
    (name) => {
      const python = pythonWith("ast") ?? "python3";
      const { status, stderr } = spawnSync(python, ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
        input: snippets.get(name) ?? "(",
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    },
  );

  it("are four, but for what holds them together, and marked where they are not run", () => {
    expect([...snippets.keys()]).toEqual(["torch", "sklearn", "keras", "huggingface", "jax", "tfjs"]);
    for (const code of snippets.values()) expect(code.trim().split("\n")).toHaveLength(4);
    expect(page.match(/\(checked for its syntax, not run\)/g)).toHaveLength(3);
  });
});
