import { ArgumentError } from "softlabel";
import { type AttackConfig, requireAttackConfig } from "./attack-config.ts";
import { logitsOf } from "./compute.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { fgsm } from "./fgsm.ts";
import { predictedClass } from "./judge-logits.ts";
import { createPace, type Running } from "./pace.ts";
import { pgdFrom } from "./pgd.ts";
import { requireInputs, requireLabels } from "./require.ts";
import { seededStarts } from "./starts.ts";

/**
 * Adversarial inputs of as many images as there are, batch by batch; PGD starts at random, and gives the last point of
 * each row's strongest run.
 *
 * Every row has random starts of its own, the same as in `survives`: the batch size changes none.
 * @param inputs - pixels in [0, 1]; [rows, inputSize]; is not changed.
 * @param labels - the classes to lead away from; [rows].
 * @returns [rows, inputSize].
 * @throws {@link ArgumentError} as `attack` does; the signal's reason when it stops the work.
 */
export async function attackInBatches(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array,
  config: AttackConfig,
  running: Running,
): Promise<Float32Array> {
  requireAttackConfig(config);
  const starts = seededStarts(running.seed);
  const attacked = new Float32Array(inputs.length);
  await eachBatch(model, inputs, labels, running, (first, batch, batchLabels) => {
    const options = { ...config, labels: batchLabels };
    const points =
      options.kind === "fgsm"
        ? fgsm(model, batch, options)
        : pgdFrom(model, batch, options, (restart, row) => starts(restart, first + row));
    attacked.set(points, first * model.inputSize);
  });
  return attacked;
}

/**
 * Which rows the model predicts right: 1, else 0.
 *
 * @param inputs - in [0, 1]; [rows, inputSize].
 * @param labels - the true classes; [rows].
 * @throws {@link ArgumentError} when inputs, labels and model do not fit; the signal's reason when it stops the work.
 */
export async function correctRows(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array,
  running: Running,
): Promise<Uint8Array> {
  const correct = new Uint8Array(labels.length);
  await eachBatch(model, inputs, labels, running, (first, batch, batchLabels) => {
    const logits = logitsOf(model, batch);
    for (const [i, label] of batchLabels.entries()) {
      correct[first + i] = predictedClass(logits, i, model.classes) === label ? 1 : 0;
    }
  });
  return correct;
}

/** @throws {@link ArgumentError} when it is not an integer of at least 1. */
export function requireBatchSize(batchSize: number): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    throw new ArgumentError(`batchSize must be an integer of at least 1, got ${batchSize}`);
  }
}

async function eachBatch(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array,
  running: Running,
  work: (first: number, batch: Float32Array, labels: Int32Array) => void,
): Promise<void> {
  const { inputSize } = model;
  const { batchSize } = running;
  requireBatchSize(batchSize);
  const rows = requireInputs(model, inputs, [0, 1]);
  requireLabels(model, labels, rows);
  const pace = createPace(running);
  for (let start = 0; start < rows; start += batchSize) {
    const end = Math.min(start + batchSize, rows);
    work(start, inputs.subarray(start * inputSize, end * inputSize), labels.subarray(start, end));
    await pace({ done: end, total: rows });
  }
}
