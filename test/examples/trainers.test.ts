import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readNpz } from "../../packages/softlabel-cli/src/data/npz.ts";
import { localQueue } from "../../packages/softlabel-cli/src/experiment/queue/local-queue.ts";
import { openTrainer } from "../../packages/softlabel-cli/src/experiment/trainers/open-trainer.ts";
import { trialFolder } from "../../packages/softlabel-cli/src/experiment/trial-store.ts";
import { type ExternalTrial, trialId } from "../../packages/softlabel-cli/src/experiment/trials.ts";
import { root } from "../house/imports.ts";
import { pythonWith } from "../optional-parts/optional-parts.ts";

/* The built laboratory (`npm test` builds it first) carries the examples out, as a user's command does. */
const worker = new URL("../../packages/softlabel-cli/dist/experiment/trial-worker.js", import.meta.url);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-trainers-"));
  folders.push(folder);
  return folder;
}

interface Predicted {
  readonly bytes: string;
  readonly accuracy: number;
  /** Mean of the largest probability. */
  readonly confidence: number;
}

function predictedBy(experiment: string, { id }: ExternalTrial): Predicted {
  const path = join(trialFolder(experiment, id), "predictions.npz");
  const { test_logits, test_labels } = readNpz(path, ["test_logits", "test_labels"]);
  const [rows, classes] = test_logits.shape as [number, number];
  let [correct, confidence] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const logits = Array.from(test_logits.data.subarray(row * classes, (row + 1) * classes), Number);
    const largest = Math.max(...logits);
    if (logits.indexOf(largest) === Number(test_labels.data[row])) correct++;
    confidence += 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0) / rows;
  }
  return { bytes: readFileSync(path, "base64"), accuracy: correct / rows, confidence };
}

/** Runs a trainer at ε = 0, 0.1 and, in another experiment, 0.1 again. */
async function carryOut(typed: string): Promise<readonly [plain: Predicted, smoothed: Predicted, again: Predicted]> {
  const trainer = openTrainer({ typed, shell: false, files: [], parameters: [] });
  const trialOf = (labelSmoothing: number): ExternalTrial => {
    const config = {
      labelSmoothing,
      prior: "uniform",
      convention: "all-classes",
      seed: 3,
      parameters: {},
    } as const;
    return { id: trialId(config, { dataHash: null, codeVersion: trainer.hash }), kind: "external", config };
  };
  const [plain, smoothed] = [trialOf(0), trialOf(0.1)];
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const queue = localQueue({ worker, jobs: 2 });
  for (const [experiment, trials] of [
    [first, [plain, smoothed]],
    [second, [smoothed]],
  ] as const) {
    const { failed } = await queue.run({ experiment, trials, trainer });
    expect(failed.map(({ reason }) => reason)).toEqual([]);
  }
  return [predictedBy(first, plain), predictedBy(first, smoothed), predictedBy(second, smoothed)];
}

function expectToLearn([plain, smoothed, again]: readonly Predicted[]): void {
  for (const { accuracy } of [plain, smoothed]) expect(accuracy).toBeGreaterThan(0.75);
  expect(smoothed.confidence).toBeLessThan(plain.confidence - 0.02);
  expect(again.bytes).toBe(smoothed.bytes);
}

const example = (name: string): string => join(root, "examples/trainers", name);

describe("examples/trainers", () => {
  it.skipIf(pythonWith("torch") === null)(
    "pytorch.py learns digits, is less certain with smoothing, and does the same each time [needs torch]",
    async () => {
      const words = `${example("pytorch.py")} --smoothing {epsilon} --seed {seed} --out {out} --epochs 3`;
      expectToLearn(await carryOut(`${pythonWith("torch")} ${words}`));
    },
  );

  it.skipIf(pythonWith("numpy") === null)(
    "numpy_softmax.py learns digits, is less certain with smoothing, and does the same each time [needs numpy]",
    async () => {
      expectToLearn(await carryOut(`${pythonWith("numpy")} ${example("numpy_softmax.py")} --seed {seed}`));
    },
  );

  it("tfjs.mjs learns digits, is less certain with smoothing, and does the same each time", async () => {
    expectToLearn(await carryOut(example("tfjs.mjs")));
  });

  it.skipIf(pythonWith("numpy") === null)("are compared by one command [needs numpy]", () => {
    const out = temporaryFolder();
    const python = pythonWith("numpy") ?? "python3";
    const trainer = `${python} ${example("numpy_softmax.py")} --seed {seed} --epochs 2`;
    const bin = join(root, "packages/softlabel-cli/bin/softlabel.js");
    const words = ["compare", "--trainer", trainer, "--epsilon", "0.1", "--seeds", "2", "--jobs", "2", "--out", out];
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words, "--json"], { encoding: "utf8" });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const { experiment, arms, missing } = JSON.parse(stdout);
    expect(experiment).toMatchObject({
      trainer: { kind: "command", typed: trainer },
      seeds: [1, 2],
      data: { hash: null, classes: 10, validationRows: 1000, testRows: 2000 },
    });
    expect(arms.map(({ epsilon }: { epsilon: number }) => epsilon)).toEqual([0, 0.1]);
    expect(missing).toEqual([]);
  });
});
