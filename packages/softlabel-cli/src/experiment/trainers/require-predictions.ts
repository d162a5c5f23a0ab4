import { DataError } from "../../data/data-error.ts";
import { type NpyArray, namesInNpz, readNpz } from "../../data/npz.ts";
import { nearestName } from "../nearest-name.ts";

/**
 * Checks that a file holds what one training run must leave: for validation and for test rows `logits`, or for
 * both `probabilities`, [rows, classes] and `labels` [rows], with the prefixes `val_` and `test_`.
 *
 * Logits are finite or −∞, one of each row finite; probabilities lie in [0, 1] and sum to 1 (±10⁻³); labels are integers
 * in [0, classes).
 * @throws DataError naming the array, and the row where one is wrong.
 */
export function requirePredictions(path: string): void {
  const names = namesInNpz(path);
  const hasProbabilities = names.includes("val_probabilities") && !names.includes("val_logits");
  const kind = hasProbabilities ? "probabilities" : "logits";
  const validation = requirePart("val", kind, names, path);
  const test = requirePart("test", kind, names, path);
  if (validation !== test) {
    throw new DataError(
      `${path} must have as many classes in validation as in test rows, got ${validation} and ${test}`,
    );
  }
}

/** @returns the number of classes. */
function requirePart(
  part: "val" | "test",
  kind: "logits" | "probabilities",
  names: readonly string[],
  path: string,
): number {
  const wanted = [`${part}_${kind}`, `${part}_labels`] as const;
  for (const name of wanted) if (!names.includes(name)) throw missing(name, names, path);
  const arrays = readNpz(path, wanted);
  const [scores, labels] = wanted.map((name) => arrays[name]);
  const [rows, classes] = scores.shape;
  const place = (name: string): string => `${name} in ${path}`;
  if (scores.shape.length !== 2) {
    throw new DataError(`${place(wanted[0])} must have the shape [rows, classes], got [${scores.shape.join(", ")}]`);
  }
  if (!(rows >= 1)) throw new DataError(`${place(wanted[0])} must have at least one row, got none`);
  if (!(classes >= 2)) throw new DataError(`${place(wanted[0])} must have at least 2 classes, got ${classes}`);
  if (labels.shape.length !== 1 || labels.shape[0] !== rows) {
    throw new DataError(
      `${place(wanted[1])} must have the shape [${rows}], one label for each row of ${wanted[0]}, got [${labels.shape.join(", ")}]`,
    );
  }
  requireLabels(labels, classes, place(wanted[1]));
  if (kind === "logits") requireLogits(scores, classes, place(wanted[0]));
  else requireProbabilities(scores, classes, place(wanted[0]));
  return classes;
}

function missing(name: string, names: readonly string[], path: string): DataError {
  const nearest = nearestName(name, names);
  const wanted = name === "val_logits" ? "val_logits or val_probabilities" : name;
  const found = names.length === 0 ? "no arrays" : names.join(", ");
  return new DataError(
    `${path} must hold the array ${wanted}, got ${found}${nearest === null ? "" : `; did you mean ${name} by ${nearest}?`}`,
  );
}

function requireLabels({ data }: NpyArray, classes: number, name: string): void {
  for (const [row, value] of data.entries()) {
    const label = Number(value);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const remedy = label === classes ? "; if labels start at 1, subtract 1" : "";
    throw new DataError(`${name} must hold integers in [0, ${classes}), got ${label} at row ${row}${remedy}`);
  }
}

function requireLogits({ data }: NpyArray, classes: number, name: string): void {
  for (let start = 0; start < data.length; start += classes) {
    let largest = -Infinity;
    for (let at = start; at < start + classes; at++) {
      const logit = Number(data[at]);
      if (!(logit < Infinity)) throw wrongEntry(`${name} must hold finite logits`, logit, at, classes);
      if (logit > largest) largest = logit;
    }
    if (largest === -Infinity) {
      throw new DataError(`${name} must hold a finite logit in every row, got −∞ alone at row ${start / classes}`);
    }
  }
}

const sumTolerance = 1e-3;

function requireProbabilities({ data }: NpyArray, classes: number, name: string): void {
  for (let start = 0; start < data.length; start += classes) {
    let sum = 0;
    for (let at = start; at < start + classes; at++) {
      const share = Number(data[at]);
      if (!(share >= 0 && share <= 1))
        throw wrongEntry(`${name} must hold probabilities in [0, 1]`, share, at, classes);
      sum += share;
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) {
      throw new DataError(
        `${name} must sum to 1 in every row (±${sumTolerance}), got ${sum} at row ${start / classes}`,
      );
    }
  }
}

function wrongEntry(sentence: string, value: number, at: number, classes: number): DataError {
  return new DataError(`${sentence}, got ${value} at row ${Math.floor(at / classes)}, class ${at % classes}`);
}
