import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataError } from "../../../src/data/data-error.ts";
import { type NpzArrays, writeNpz } from "../../../src/data/npz.ts";
import { requirePredictions } from "../../../src/experiment/trainers/require-predictions.ts";
import { temporaryFolder } from "../support/worker.ts";

const logits = { data: Float32Array.from({ length: 6 }, (_, i) => Math.sin(i)), shape: [2, 3] };
const labels = { data: Uint8Array.of(2, 0), shape: [2] };
const sound = { val_logits: logits, val_labels: labels, test_logits: logits, test_labels: labels };

function file(arrays: NpzArrays): string {
  const path = join(temporaryFolder(), "predictions.npz");
  writeNpz(path, arrays);
  return path;
}

const withLogits = (values: Float32Array | Float64Array, shape: readonly number[]): NpzArrays => ({
  ...sound,
  test_logits: { data: values, shape },
});
const withLabels = (values: Float64Array | Int32Array, shape: readonly number[]): NpzArrays => ({
  ...sound,
  test_labels: { data: values, shape },
});
const withShares = (...values: readonly number[]): NpzArrays => {
  const probabilities = { data: Float64Array.from(values), shape: [2, 3] };
  return {
    val_probabilities: probabilities,
    val_labels: labels,
    test_probabilities: probabilities,
    test_labels: labels,
  };
};

describe("requirePredictions", () => {
  test("takes logits or probabilities of every float, labels of every kind of integer, and arrays besides", () => {
    const kinds: NpzArrays[] = [
      sound,
      withShares(0.2, 0.3, 0.5, 1, 0, 0),
      { ...sound, test_logits: { data: Float64Array.from(logits.data), shape: [2, 3] } },
      { ...sound, test_labels: { data: BigInt64Array.of(2n, 0n), shape: [2] } },
      withLabels(Float64Array.of(2, 0), [2]),
      { ...sound, features: { data: Float32Array.of(Number.NaN), shape: [1] } },
      withLogits(Float32Array.of(1, -Infinity, -Infinity, 0, 2, 1), [2, 3]),
    ];
    for (const arrays of kinds) expect(() => requirePredictions(file(arrays))).not.toThrow();
  });

  const place = (name: string): string => `${name} in PATH`;
  test.each<[string, NpzArrays, string]>([
    [
      "without test labels",
      { val_logits: logits, val_labels: labels, test_logits: logits, test_label: labels },
      "PATH must hold the array test_labels, got val_logits, val_labels, test_logits, test_label; did you mean test_labels by test_label?",
    ],
    [
      "of one part alone",
      { logits, labels },
      "PATH must hold the array val_logits or val_probabilities, got logits, labels",
    ],
    [
      "of logits in one part and probabilities in the other",
      { val_logits: logits, val_labels: labels, test_probabilities: logits, test_labels: labels },
      "PATH must hold the array test_logits, got val_logits, val_labels, test_probabilities, test_labels",
    ],
    [
      "of flat logits",
      withLogits(logits.data, [6]),
      `${place("test_logits")} must have the shape [rows, classes], got [6]`,
    ],
    [
      "without rows",
      withLogits(new Float32Array(), [0, 3]),
      `${place("test_logits")} must have at least one row, got none`,
    ],
    [
      "of one class",
      withLogits(Float32Array.of(1, 2), [2, 1]),
      `${place("test_logits")} must have at least 2 classes, got 1`,
    ],
    [
      "of fewer labels",
      withLabels(Int32Array.of(1), [1]),
      `${place("test_labels")} must have the shape [2], one label for each row of test_logits, got [1]`,
    ],
    [
      "of a column of labels",
      withLabels(Int32Array.of(1, 2), [2, 1]),
      `${place("test_labels")} must have the shape [2], one label for each row of test_logits, got [2, 1]`,
    ],
    [
      "of labels from 1",
      withLabels(Int32Array.of(1, 3), [2]),
      `${place("test_labels")} must hold integers in [0, 3), got 3 at row 1; if labels start at 1, subtract 1`,
    ],
    [
      "of negative labels",
      withLabels(Int32Array.of(1, -1), [2]),
      `${place("test_labels")} must hold integers in [0, 3), got -1 at row 1`,
    ],
    [
      "of halves for labels",
      withLabels(Float64Array.of(0.5, 1), [2]),
      `${place("test_labels")} must hold integers in [0, 3), got 0.5 at row 0`,
    ],
    [
      "with NaN",
      withLogits(Float32Array.of(1, 2, 3, 4, Number.NaN, 6), [2, 3]),
      `${place("test_logits")} must hold finite logits, got NaN at row 1, class 1`,
    ],
    [
      "with infinity",
      withLogits(Float32Array.of(1, 2, Infinity, 4, 5, 6), [2, 3]),
      `${place("test_logits")} must hold finite logits, got Infinity at row 0, class 2`,
    ],
    [
      "with −∞ alone in a row",
      withLogits(Float32Array.of(1, 2, 3, -Infinity, -Infinity, -Infinity), [2, 3]),
      `${place("test_logits")} must hold a finite logit in every row, got −∞ alone at row 1`,
    ],
    [
      "of other classes in validation",
      { ...sound, val_logits: { data: Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)), shape: [2, 4] } },
      "PATH must have as many classes in validation as in test rows, got 4 and 3",
    ],
    [
      "of logits as probabilities",
      withShares(0.2, 0.3, 0.5, 0.5, -0.5, 1),
      `${place("val_probabilities")} must hold probabilities in [0, 1], got -0.5 at row 1, class 1`,
    ],
    [
      "of probabilities that do not sum to 1",
      withShares(0.2, 0.3, 0.5, 0.5, 0.25, 0),
      `${place("val_probabilities")} must sum to 1 in every row (±0.001), got 0.75 at row 1`,
    ],
  ])("refuses a file %s", (_, arrays, message) => {
    const path = file(arrays);
    expect(() => requirePredictions(path)).toThrow(new DataError(message.replaceAll("PATH", path)));
  });

  test("refuses a file that is none", () => {
    const path = join(temporaryFolder(), "predictions.npz");
    expect(() => requirePredictions(path)).toThrow(`${path} does not exist`);
    writeFileSync(path, "PK, or so");
    expect(() => requirePredictions(path)).toThrow(/must be a whole \.npz file/);
  });
});
