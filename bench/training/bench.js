// Milliseconds of one training step (batch 128, Adam, ε = 0.1, one thread): the laboratory's engine beside
// TensorFlow.js on WebAssembly as it is published and PyTorch. Every contender begins with the same weights and the
// same batch; their losses must agree before anything is timed. Then they take turns, each in a process of its own.
// CPU time is beside wall time, because other load on the machine stretches the one far more than the other.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { contender } from "../measure.js";
import { compareSteps, printSteps, python, torchVersion } from "./compare-steps.js";

const models = ["mlp", "lenet5", "lenet"];
const stepsPerTurn = { mlp: 8, lenet5: 8, lenet: 3 };
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function run() {
  const torch = torchVersion();
  if (torch === null) console.log(`PyTorch is skipped: ${python} has no torch (Debian: python3-torch)`);
  const contenders = {
    softlabel: (model, given) => contender(process.execPath, [here("./softlabel.js"), model, given]),
    "tfjs-wasm": (model, given) => contender(process.execPath, [here("./tfjs-wasm.js"), model, given]),
    ...(torch && { pytorch: (model, given) => contender(python, [here("./pytorch.py"), model, given]) }),
  };
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const results = {};
  try {
    for (const model of models) {
      const given = join(folder, `${model}.npz`);
      execFileSync(process.execPath, [here("./given.js"), model, given]);
      const sides = Object.entries(contenders).map(([name, start]) => [name, start(model, given)]);
      results[model] = await compareSteps(model, Object.fromEntries(sides), stepsPerTurn[model]);
      printSteps(model, results[model]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { unit: "ms per step", batchSize: 128, versions: { ...versions(), ...(torch && { torch }) }, results };
}
