import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NpyArray, readNpz } from "../data/npz.ts";
import type { LabelledPredictions, TrialPredictions } from "./judge-trial.ts";
import type { EpochPoint } from "./results.ts";

/** What enters a trained model's last layer, on a sample of rows, and that layer. */
export interface Penultimate {
  /** Shape [rows, features]. */
  readonly activations: NpyArray;
  /** Shape [rows]. */
  readonly labels: NpyArray;
  /** Shape [features, classes]: one template per column. */
  readonly weights: NpyArray;
}

export function readPredictions(folder: string): TrialPredictions {
  const arrays = readNpz(join(folder, "predictions.npz"), ["val_logits", "val_labels", "test_logits", "test_labels"]);
  return {
    validation: labelled(arrays.val_logits, arrays.val_labels),
    test: labelled(arrays.test_logits, arrays.test_labels),
  };
}

/** The test rows alone: what a trial without validation rows has. */
export function readTestPredictions(folder: string): LabelledPredictions {
  const arrays = readNpz(join(folder, "predictions.npz"), ["test_logits", "test_labels"]);
  return labelled(arrays.test_logits, arrays.test_labels);
}

/** The validation rows alone: all that something may be chosen on. */
export function readValidationPredictions(folder: string): LabelledPredictions {
  const arrays = readNpz(join(folder, "predictions.npz"), ["val_logits", "val_labels"]);
  return labelled(arrays.val_logits, arrays.val_labels);
}

export function readPenultimate(folder: string): Penultimate {
  return readNpz(join(folder, "penultimate.npz"), ["activations", "labels", "weights"]);
}

/** Of a trial with validation rows. */
export function readHistory(folder: string): readonly EpochPoint[] {
  const lines = readFileSync(join(folder, "history.jsonl"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const record = JSON.parse(line) as EpochPoint;
      const { epoch, trainLoss, trainFloor, trainCrossEntropy, validationNll, validationAccuracy } = record;
      return { epoch, trainLoss, trainFloor, trainCrossEntropy, validationNll, validationAccuracy };
    });
}

function labelled(logits: NpyArray, labels: NpyArray): LabelledPredictions {
  const [rows, classes] = logits.shape;
  return {
    labels: Int32Array.from(labels.data, Number),
    predictions: { data: Float32Array.from(logits.data, Number), shape: [rows, classes], kind: "logits" },
  };
}
