import { ArgumentError } from "softlabel";
import { type AttackConfig, requireAttackConfig } from "./attack-config.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { fgsm } from "./fgsm.ts";
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
  requireBatchSize(running.batchSize);
  const rows = requireInputs(model, inputs, [0, 1]);
  requireLabels(model, labels, rows);
  const { inputSize } = model;
  const starts = seededStarts(running.seed);
  const pace = createPace(running);
  const attacked = new Float32Array(inputs.length);
  for (let first = 0; first < rows; first += running.batchSize) {
    const end = Math.min(first + running.batchSize, rows);
    const batch = inputs.subarray(first * inputSize, end * inputSize);
    const options = { ...config, labels: labels.subarray(first, end) };
    const points =
      options.kind === "fgsm"
        ? fgsm(model, batch, options)
        : pgdFrom(model, batch, options, (restart, row) => starts(restart, first + row));
    attacked.set(points, first * inputSize);
    await pace({ done: end, total: rows });
  }
  return attacked;
}

/** @throws {@link ArgumentError} when it is not an integer of at least 1. */
export function requireBatchSize(batchSize: number): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    throw new ArgumentError(`batchSize must be an integer of at least 1, got ${batchSize}`);
  }
}
