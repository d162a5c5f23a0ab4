import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { attack } from "../../src/attacks/attack.ts";
import type { AttackConfig } from "../../src/attacks/attack-config.ts";
import { gatherPixels } from "../../src/data/batches.ts";
import { loadDataset } from "../../src/data/dataset.ts";
import { createModel, type Model } from "../../src/models/parameters.ts";
import { differentiableModel } from "../../src/training/differentiable-model.ts";
import { type Adversary, type TrainingConfig, train } from "../../src/training/run.ts";
import { temporaryFolder } from "./support/tiny-dataset.ts";

const fgsm: AttackConfig = { kind: "fgsm", epsilon: 0.3, norm: "inf" };
const adversary: Adversary = { attack: fgsm, coefficient: 0.5 };
const rows = 5000;

/** What cleverhans 3.1.0 trains in tests_tf/test_mnist_tutorial_tf.py: the first 5,000 training images, two epochs. */
function tutorial(changes: Partial<TrainingConfig>): TrainingConfig {
  return {
    data: null,
    model: "cleverhans",
    labelSmoothing: 0.1,
    prior: "uniform",
    convention: "all-classes",
    seed: 1,
    trainSize: rows,
    trainRows: "first",
    validationSize: 0,
    epochs: 2,
    batchSize: 128,
    learningRate: 1e-3,
    optimizer: "adam",
    labelNoise: 0,
    adversary: null,
    ...changes,
  };
}

/** The model that a run left in its folder. */
function trained(folder: string): Model {
  const model = createModel("cleverhans", loadDataset(null), 0);
  const { buffer, byteOffset } = new Uint8Array(readFileSync(join(folder, "weights.bin")));
  let at = byteOffset;
  for (const { values } of model.parameters) {
    values.set(new Float32Array(buffer, at, values.length));
    at += values.byteLength;
  }
  return model;
}

/** Accuracy on the images that were trained on, as they are and attacked on the labels that the model predicts. */
function trainAccuracies(model: Model): { clean: number; adversarial: number } {
  const mnist = loadDataset(null);
  const classifier = differentiableModel(model);
  const right = { clean: 0, adversarial: 0 };
  for (let start = 0; start < rows; start += 128) {
    const batch = Int32Array.from({ length: Math.min(128, rows - start) }, (_, i) => start + i);
    const images = gatherPixels(mnist, mnist.train, batch);
    const inputs = { clean: images, adversarial: attack(classifier, images, fgsm, () => 0) };
    for (const kind of ["clean", "adversarial"] as const) {
      const logits = classifier.logits(inputs[kind]);
      for (const [i, row] of batch.entries()) {
        const z = logits.subarray(10 * i, 10 * i + 10);
        if (z.indexOf(Math.max(...z)) === mnist.train.labels[row]) right[kind]++;
      }
    }
  }
  return { clean: right.clean / rows, adversarial: right.adversarial / rows };
}

describe("the tutorial of cleverhans passes its own bars, which are read on the images that it trains on", () => {
  it("clean training: above 0.97 on clean images, below 0.05 on attacked ones", async () => {
    const folder = temporaryFolder();
    await train(tutorial({}), { folder });
    const { clean, adversarial } = trainAccuracies(trained(folder));
    expect(clean).toBeGreaterThan(0.97);
    expect(adversarial).toBeLessThan(0.05);
  }, 600_000);

  it("adversarial training: above 0.93 on clean images, above 0.4 on attacked ones", async () => {
    const folder = temporaryFolder();
    await train(tutorial({ adversary }), { folder });
    const { clean, adversarial } = trainAccuracies(trained(folder));
    expect(clean).toBeGreaterThan(0.93);
    expect(adversarial).toBeGreaterThan(0.4);
  }, 600_000);
});

describe("the tutorial's training in another process", () => {
  let runs: string[][];
  beforeAll(() => {
    const script = fileURLToPath(new URL("./support/train-process.js", import.meta.url));
    const config = JSON.stringify(tutorial({ adversary, trainSize: 700, epochs: 1 }));
    runs = [0, 1].map(() => {
      const folder = temporaryFolder();
      execFileSync(process.execPath, [script, config, folder], { stdio: "inherit" });
      return ["weights.bin", "history.jsonl"].map((name) => readFileSync(join(folder, name), "base64"));
    });
  }, 600_000);

  it("ends in the same bits, against the attack too", () => {
    expect(runs[1]).toEqual(runs[0]);
  });
});
