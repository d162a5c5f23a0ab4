import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import type { Contents } from "./contents.ts";
import { allUsualLabels, findLabelValues, type LabelNames, type LabelValues, type NamedLabels } from "./find-labels.ts";

/** Of each row only how sure the model was of its first choice, and whether that was right. */
export interface TopLabels {
  readonly kind: "top-label";
  /** In [0, 1]. */
  readonly confidence: Float64Array;
  /** 1 where the first choice is the true class, else 0. */
  readonly correct: Uint8Array;
  /** The class predicted and the true one, as the file calls them; null where it does not say. */
  readonly predicted: RowClasses | null;
  readonly labels: RowClasses | null;
  /** Rows of the file that were left out, since they hold no finite confidence. */
  readonly dropped: readonly number[];
}

/** A class for each row: its number, or its word. */
export type RowClasses = Float64Array | readonly string[];

/** What the confidence of the first choice is called. */
export const confidenceNames: readonly string[] = ["confidence", "confidences", "conf"];
const correctNames = ["correct", "is_correct", "hit"];
const predictionNames = ["prediction", "predicted", "pred", "y_pred", "predicted_label", "predicted_class"];

/**
 * Finds a confidence in each row with whether it was right, or with the class predicted and the true one.
 *
 * @param split - the prefix of one of several sets in the file.
 * @param dropInvalid - leave rows without a finite confidence out.
 * @returns undefined where nothing is called so.
 * @throws {@link DataError} where what is called so cannot be that.
 */
export async function findTopLabels(
  contents: Contents,
  split: string,
  labels: LabelNames,
  dropInvalid: boolean,
  name: string,
): Promise<TopLabels | undefined> {
  const found = column(contents, split, confidenceNames);
  if (found === undefined) return undefined;
  const [key, values] = found;
  const told = column(contents, split, correctNames);
  const predicted = column(contents, split, predictionNames);
  const actual = await findActual(contents, split, labels, told !== undefined, name);
  if (!(told || (predicted && actual))) return undefined;
  const correct = told ? toldCorrect(told, name) : agreement(predicted as NamedLabels, actual as NamedLabels, name);
  const confidence = numbers(values, `${key} in ${name}`);
  if (confidence.length === 0) throw new DataError(`${key} in ${name} must have at least one row, got none`);
  if (confidence.length !== correct.length) {
    throw new DataError(
      `${key} in ${name} must be one number for each of ${correct.length} rows, got ${confidence.length}`,
    );
  }
  const rows = {
    confidence,
    correct,
    predicted: classesOf(predicted, correct.length),
    labels: classesOf(actual, correct.length),
  };
  return soundTopLabels(rows, dropInvalid, `${key} in ${name}`);
}

function column({ arrays, words }: Contents, split: string, names: readonly string[]): NamedLabels | undefined {
  for (const key of names.map((one) => split + one)) {
    const values = arrays.get(key) ?? words.get(key);
    if (values && (!isNumbers(values) || values.shape.length === 1)) return [key, values];
  }
  return undefined;
}

const isNumbers = (values: LabelValues): values is NpyArray => !Array.isArray(values);

function numbers(values: LabelValues, name: string): Float64Array {
  if (isNumbers(values)) return Float64Array.from(values.data as ArrayLike<number | bigint>, Number);
  throw new DataError(`${name} must be numbers, got the word ${JSON.stringify(values[0])}`);
}

/** The true classes; beside a column that says what is right they need not be found, nor be clear. */
async function findActual(
  contents: Contents,
  split: string,
  labels: LabelNames,
  isTold: boolean,
  name: string,
): Promise<NamedLabels | undefined> {
  if (!isTold || labels.labels !== undefined) return findLabelValues(contents, split, labels, name);
  const usual = allUsualLabels(contents, split);
  return usual.length === 1 ? usual[0] : undefined;
}

function toldCorrect([key, values]: NamedLabels, name: string): Uint8Array {
  return Uint8Array.from(numbers(values, `${key} in ${name}`), (value, row) => {
    if (value === 0 || value === 1) return value;
    throw new DataError(`${key} in ${name} must be 0 or 1, got ${value} at row ${row}`);
  });
}

/** null where there is no class for each row. */
function classesOf(found: NamedLabels | undefined, rows: number): RowClasses | null {
  const values = found?.[1];
  if (values === undefined) return null;
  const classes = isNumbers(values) ? numbers(values, "") : values;
  return classes.length === rows && !classes.some(Number.isNaN) ? classes : null;
}

function agreement([key, predicted]: NamedLabels, [labelKey, labels]: NamedLabels, name: string): Uint8Array {
  const both = `${key} and ${labelKey} in ${name}`;
  if (isNumbers(predicted) !== isNumbers(labels)) throw new DataError(`${both} must both be numbers or both be words`);
  const [a, b] = [predicted, labels].map(
    (values): ArrayLike<string | number> => (isNumbers(values) ? numbers(values, both) : values),
  ) as [ArrayLike<string | number>, ArrayLike<string | number>];
  if (a.length !== b.length) throw new DataError(`${both} must have the same rows, got ${a.length} and ${b.length}`);
  return Uint8Array.from(a, (value, row) => {
    if (Number.isNaN(value) || Number.isNaN(b[row]))
      throw new DataError(`${both} must have a class in row ${row}, got none`);
    return value === b[row] ? 1 : 0;
  });
}

function soundTopLabels(given: Omit<TopLabels, "kind" | "dropped">, dropInvalid: boolean, name: string): TopLabels {
  const { confidence, correct } = given;
  const rows = confidence.length;
  const dropped = [...confidence.keys()].filter((row) => !Number.isFinite(confidence[row]));
  if (dropped.length > 0 && !dropInvalid) {
    throw new DataError(
      `${name} must be a number in every row, got ${dropped.length} of ${rows} rows with NaN or ±∞ (the first is row ${dropped[0]}); add --drop-invalid to leave them out`,
    );
  }
  if (dropped.length === rows) throw new DataError(`${name} must hold a number in some row, got ${rows} without one`);
  const gone = new Set(dropped);
  const kept = Int32Array.from(confidence.keys()).filter((row) => !gone.has(row));
  const keptOf = (classes: RowClasses | null): RowClasses | null =>
    classes === null || dropped.length === 0 ? classes : takeClasses(classes, kept);
  for (const row of kept) {
    if (confidence[row] >= 0 && confidence[row] <= 1) continue;
    const remedy = confidence[row] > 1 && confidence[row] <= 100 ? "; if they are percent, divide by 100" : "";
    throw new DataError(`${name} must be in [0, 1], got ${confidence[row]} at row ${row}${remedy}`);
  }
  return {
    kind: "top-label",
    confidence: Float64Array.from(kept, (row) => confidence[row]),
    correct: Uint8Array.from(kept, (row) => correct[row]),
    predicted: keptOf(given.predicted),
    labels: keptOf(given.labels),
    dropped,
  };
}

function takeClasses(classes: RowClasses, rows: Int32Array): RowClasses {
  if (classes instanceof Float64Array) return Float64Array.from(rows, (row) => classes[row]);
  return Array.from(rows, (row) => classes[row]);
}
