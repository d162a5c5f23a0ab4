import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileMemory } from "../data/file-memory.ts";
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

/** @param memory - used again for trial after trial: the predictions read before are gone then. */
export function readPredictions(folder: string, memory?: FileMemory): TrialPredictions {
  const names = ["val_logits", "val_labels", "test_logits", "test_labels"] as const;
  const arrays = readNpz(join(folder, "predictions.npz"), names, memory);
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
    labels: asInt32(labels.data),
    predictions: { data: asFloat32(logits.data), shape: [rows, classes], kind: "logits" },
  };
}

/** What training writes is float32 and int32, and stays where it was read. */
function asFloat32(data: NpyArray["data"]): Float32Array {
  if (data instanceof Float32Array) return data;
  return isBig(data) ? Float32Array.from(data, Number) : new Float32Array(data);
}

function asInt32(data: NpyArray["data"]): Int32Array {
  if (data instanceof Int32Array) return data;
  return isBig(data) ? Int32Array.from(data, Number) : new Int32Array(data);
}

function isBig(data: NpyArray["data"]): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}
