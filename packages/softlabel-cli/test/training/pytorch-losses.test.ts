import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { missingParts, pythonWith } from "../../../../test/optional-parts/optional-parts.ts";
import { attack } from "../../src/attacks/attack.ts";
import { gatherPixels } from "../../src/data/batches.ts";
import { loadDataset } from "../../src/data/dataset.ts";
import { writeNpz } from "../../src/data/npz.ts";
import { createModel } from "../../src/models/parameters.ts";
import { createOptimizer } from "../../src/training/optimizer.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { type AdversarialHalf, trainStep } from "../../src/training/step.ts";
import { temporaryFolder } from "./support/tiny-dataset.ts";

beforeAll(startTensorFlow);

const needed = "[needs torch, numpy]";
const fgsm: AdversarialHalf = {
  coefficient: 0.5,
  perturb: (model, images) => attack(model, images, { kind: "fgsm", epsilon: 0.3, norm: "inf" }, () => 0),
};

describe.skipIf(missingParts(needed)?.length)(`beside PyTorch ${needed}`, () => {
  it.each([
    ["clean", null],
    ["adversarial", fgsm],
  ] as const)(`five %s steps of the tutorial's net have the same losses ${needed}`, (training, adversary) => {
    const mnist = loadDataset(null);
    const model = createModel("cleverhans", mnist, 1);
    const rows = Int32Array.from({ length: 128 }, (_, row) => row);
    const batch = { images: gatherPixels(mnist, mnist.train, rows), labels: mnist.train.labels.slice(0, 128) };
    const given = join(temporaryFolder(), "given.npz");
    writeNpz(given, {
      images: { data: batch.images, shape: [128, 28, 28, 1] },
      labels: { data: batch.labels, shape: [128] },
      ...Object.fromEntries(
        model.parameters.map(({ values, shape }, i) => [`parameter_${i}`, { data: values.slice(), shape }]),
      ),
    });
    const script = fileURLToPath(new URL("../../../../bench/adversarial/pytorch.py", import.meta.url));
    const { stdout, stderr } = spawnSync(pythonWith("torch") as string, [script, training, given], {
      input: "losses 5\n",
      encoding: "utf8",
    });
    const { losses } = JSON.parse(stdout || `"${stderr}"`) as { losses: number[] };
    const sizes = model.parameters.map(({ values }) => values.length);
    const optimizer = createOptimizer("adam", 1e-3, sizes);
    const ours = losses.map(() => trainStep(model, optimizer, batch, { labelSmoothing: 0.1 }, adversary).loss);
    expect(losses).toHaveLength(5);
    for (const [i, loss] of losses.entries()) {
      const error = Math.abs(ours[i] / loss - 1);
      // float32 sums in another order.
      if (i < 3) expect(error).toBeLessThan(1e-6);
      // The attack takes signs: one gradient that rounds to the other side of 0 moves the loss by some 1e-5.
      else expect(error).toBeLessThan(adversary ? 1e-3 : 1e-5);
    }
  });
});
