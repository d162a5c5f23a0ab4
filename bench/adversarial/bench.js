// Milliseconds of one step of cleverhans' MNIST tutorial (its net, batch 128, Adam, ε = 0.1, one thread), on clean images
// and against FGSM: the laboratory's engine beside PyTorch, as the training bench compares them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { contender } from "../measure.js";
import { compareSteps, printSteps, python, torchVersion } from "../training/compare-steps.js";

const model = "cleverhans";
const stepsPerTurn = { clean: 3, adversarial: 1 };
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function run() {
  const torch = torchVersion();
  if (torch === null) console.log(`PyTorch is skipped: ${python} has no torch (Debian: python3-torch)`);
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const given = join(folder, "given.npz");
  const results = {};
  try {
    execFileSync(process.execPath, [here("../training/given.js"), model, given]);
    for (const [training, steps] of Object.entries(stepsPerTurn)) {
      const contenders = {
        softlabel: contender(process.execPath, [here("./softlabel.js"), model, given, training]),
        ...(torch && { pytorch: contender(python, [here("./pytorch.py"), training, given]) }),
      };
      results[training] = await compareSteps(training, contenders, steps);
      printSteps(training, results[training]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { unit: "ms per step", batchSize: 128, versions: { ...versions(), ...(torch && { torch }) }, results };
}
