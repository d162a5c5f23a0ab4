import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../data/data-error.ts";
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

/** What the predictions of one run are called, wherever they lie. */
export const predictionsName = "predictions.npz";

/**
 * The predictions of a trial: `val_logits` and `test_logits` [rows, classes], or both as `probabilities`, with
 * `val_labels` and `test_labels` [rows].
 *
 * @param folder - where the file is.
 * @param memory - used again for trial after trial: the predictions read before are gone then.
 * @param name - the file's name.
 * @throws {@link DataError} when the file is not whole, or shapes and labels do not fit each other. Values are not
 * looked at: whoever judges them does.
 */
export function readPredictions(folder: string, memory?: FileMemory, name: string = predictionsName): TrialPredictions {
  const path = join(folder, name);
  return ofEitherKind((kind) => {
    const names = [`val_${kind}`, "val_labels", `test_${kind}`, "test_labels"] as const;
    const arrays = readNpz(path, names, memory);
    const of = (part: "val" | "test"): LabelledPredictions =>
      labelled(arrays[`${part}_${kind}`], arrays[`${part}_labels`], kind, part, path);
    const [validation, test] = [of("val"), of("test")];
    const [own, other] = [test.predictions.shape[1], validation.predictions.shape[1]];
    if (own !== other) {
      throw new DataError(`val_${kind} in ${path} must have the ${own} classes of test_${kind}, got ${other}`);
    }
    return { validation, test };
  });
}

/** The validation rows of {@link readPredictions} alone: all that something may be chosen on. */
export function readValidationPredictions(folder: string, memory?: FileMemory): LabelledPredictions {
  const path = join(folder, predictionsName);
  return ofEitherKind((kind) => {
    const arrays = readNpz(path, [`val_${kind}`, "val_labels"] as const, memory);
    return labelled(arrays[`val_${kind}`], arrays.val_labels, kind, "val", path);
  });
}

function ofEitherKind<Found>(read: (kind: Kind) => Found): Found {
  try {
    return read("logits");
  } catch (error) {
    if (!lacksArrays(error)) throw error;
    try {
      return read("probabilities");
    } catch (other) {
      if (!lacksArrays(other)) throw other;
      throw new DataError(`${error.message}; both logits may be probabilities instead`);
    }
  }
}

function lacksArrays(error: unknown): error is DataError {
  return error instanceof DataError && error.message.includes("must hold the arrays");
}

/** The test rows alone: what a trial without validation rows has. */
export function readTestPredictions(folder: string): LabelledPredictions {
  const path = join(folder, predictionsName);
  const arrays = readNpz(path, ["test_logits", "test_labels"]);
  return labelled(arrays.test_logits, arrays.test_labels, "logits", "test", path);
}

/** `null` where the trial has none. */
export function readPenultimate(folder: string): Penultimate | null {
  const path = join(folder, "penultimate.npz");
  return existsSync(path) ? readNpz(path, ["activations", "labels", "weights"]) : null;
}

/**
 * A trial's epochs; `null` where it has none, or the file of that name is of another kind: in folders that are not the
 * laboratory's it may be.
 */
export function readHistory(folder: string): readonly EpochPoint[] | null {
  const path = join(folder, "history.jsonl");
  if (!existsSync(path)) return null;
  const lines = readFileSync(path, "utf8").split("\n");
  const points = lines.filter((line) => line.trim() !== "").map(readPoint);
  return points.length > 0 && points.every((point) => point !== null) ? points : null;
}

/** How many epochs the training had in all, where its trainer told; its history need not say. */
export function readEpochs(folder: string): number | undefined {
  const path = join(folder, "history.jsonl");
  const last = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").at(-1) : undefined;
  const [, epochs] = /"epochs": ?(\d+)/.exec(last ?? "") ?? [];
  return epochs === undefined ? undefined : Number(epochs);
}

function readPoint(line: string): EpochPoint | null {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof record !== "object" || record === null) return null;
  const of = (name: keyof EpochPoint): number | null => {
    const value = (record as Partial<Record<string, unknown>>)[name];
    return typeof value === "number" ? value : null;
  };
  const epoch = of("epoch");
  if (epoch === null) return null;
  return {
    epoch,
    trainLoss: of("trainLoss"),
    trainFloor: of("trainFloor"),
    trainCrossEntropy: of("trainCrossEntropy"),
    validationNll: of("validationNll"),
    validationAccuracy: of("validationAccuracy"),
  };
}

type Kind = "logits" | "probabilities";

function labelled(
  predictions: NpyArray,
  labels: NpyArray,
  kind: Kind,
  part: "val" | "test",
  path: string,
): LabelledPredictions {
  const { shape } = predictions;
  const [rows, classes] = shape;
  if (!(shape.length === 2 && rows > 0 && classes > 1)) {
    throw new DataError(
      `${part}_${kind} in ${path} must have the shape [rows, classes], one row and two classes at least, got ${shapeText(shape)}`,
    );
  }
  if (!(labels.shape.length === 1 && labels.shape[0] === rows)) {
    throw new DataError(
      `${part}_labels in ${path} must have the shape [${rows}], one for each row of ${part}_${kind}, got ${shapeText(labels.shape)}`,
    );
  }
  return {
    labels: asLabels(labels.data, `${part}_labels in ${path}`),
    predictions: { data: asFloats(predictions.data, kind), shape: [rows, classes], kind },
  };
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** What training writes is float32 and stays where it was read; probabilities keep what makes them sum to 1. */
function asFloats(data: NpyArray["data"], kind: Kind): Float32Array | Float64Array {
  if (data instanceof Float32Array || (data instanceof Float64Array && kind === "probabilities")) return data;
  return isBig(data) ? Float32Array.from(data, Number) : new Float32Array(data);
}

function isBig(data: NpyArray["data"]): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** Which numbers are classes is known to whoever judges; here a number that is no whole one would lose its fraction. */
function asLabels(data: NpyArray["data"], name: string): Int32Array {
  if (data instanceof Int32Array) return data;
  const labels = isBig(data) ? Int32Array.from(data, Number) : new Int32Array(data);
  const wrong = labels.findIndex((label, row) => label !== Number(data[row]));
  if (wrong >= 0) throw new DataError(`${name} must be whole numbers of 32 bits, got ${data[wrong]} at row ${wrong}`);
  return labels;
}
