import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import type { Dataset } from "../data/dataset.ts";
import { type NpyArray, writeNpz } from "../data/npz.ts";
import type { Split } from "../data/split.ts";
import type { Model } from "../models/parameters.ts";
import { type Predictions, penultimate, predict, score } from "./evaluate.ts";
import type { TrainingSummary } from "./run.ts";

/**
 * Writes `predictions.npz`: `val_logits` and `test_logits` float32 [rows, classes], `val_labels` and `test_labels`
 * int32 [rows], the true labels, in the split's and the data set's order. Without validation rows it has no `val_`.
 *
 * @returns the test rows' score.
 */
export function writePredictions(
  folder: string,
  model: Model,
  dataset: Dataset,
  split: Split,
): TrainingSummary["test"] {
  const everyTestRow = Int32Array.from({ length: dataset.test.rows }, (_, row) => row);
  const test = predict(model, dataset, dataset.test, everyTestRow);
  const validation = predict(model, dataset, dataset.train, split.validation);
  writeNpz(join(folder, "predictions.npz"), {
    ...(split.validation.length > 0 && arraysOf("val", validation)),
    ...arraysOf("test", test),
  });
  return score(test);
}

function arraysOf(part: "val" | "test", { logits, labels, classes }: Predictions): Record<string, NpyArray> {
  return {
    [`${part}_logits`]: { data: logits, shape: [labels.length, classes] },
    [`${part}_labels`]: { data: labels, shape: [labels.length] },
  };
}

/** Enough to see a cluster's shape, few enough to draw each row. */
const rowsPerClass = 150;

/**
 * Writes `penultimate.npz`: `activations` [rows, width] and `labels` [rows] of the first test rows of the first three
 * classes, with the last layer's `weights` [width, classes] and `bias` [classes].
 */
export function writePenultimate(folder: string, model: Model, dataset: Dataset): void {
  const { labels } = dataset.test;
  const rows = [0, 1, 2].flatMap((label) =>
    [...labels.keys()].filter((row) => labels[row] === label).slice(0, rowsPerClass),
  );
  const [weights, bias] = model.parameters.slice(-2);
  const activations = penultimate(model, dataset, dataset.test, Int32Array.from(rows));
  writeNpz(join(folder, "penultimate.npz"), {
    activations: { data: activations, shape: [rows.length, weights.shape[0]] },
    labels: { data: Int32Array.from(rows, (row) => labels[row]), shape: [rows.length] },
    weights: { data: weights.values, shape: weights.shape },
    bias: { data: bias.values, shape: bias.shape },
  });
}

export function writeSummary(folder: string, identity: string, summary: TrainingSummary): void {
  writeJson(join(folder, "summary.json"), { ...summary, identity });
}

/**
 * The summary of a run that was finished here; `null` when none was.
 *
 * @throws {@link ArgumentError} when it was another run.
 */
export function readSummary(folder: string, identity: string): TrainingSummary | null {
  const path = join(folder, "summary.json");
  if (!existsSync(path)) return null;
  const { identity: found, ...summary } = JSON.parse(readFileSync(path, "utf8"));
  if (found !== identity) throw anotherRun(folder, "finished");
  return summary;
}

export function anotherRun(folder: string, state: "finished" | "stopped"): ArgumentError {
  const found = `where a run of another configuration, data or version was ${state}`;
  return new ArgumentError(
    `folder must be empty or of the same run, got ${folder}, ${found}; choose another or remove it`,
  );
}

/** In one piece: a reader finds the old file or the whole new one. */
export function writeJson(path: string, value: unknown): void {
  const temporary = `${path}.unfinished`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, path);
}
