import { existsSync } from "node:fs";
import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import { type Contents, describeContents } from "./contents.ts";
import { readContents } from "./read-contents.ts";

/** What the true classes are called. */
const usual = ["labels", "label", "label_ids", "targets", "target", "y_true", "y_test", "y", "ground_truth", "class"];

/** Whether that is how true classes are called. */
export const isUsualLabel = (key: string): boolean => usual.includes(key.toLowerCase());

/** What a caller says of the labels. */
export interface LabelNames {
  /** An array or column of the file, or another file that holds the labels alone. */
  readonly labels?: string | undefined;
  /** The number of the first class, 0 unless said otherwise. */
  readonly firstLabel?: number | undefined;
}

/**
 * Finds the true class of each row: integers, words that name the classes, or one-hot rows.
 *
 * @param split - the prefix of one of several sets in the file.
 * @param classNames - of the predictions' columns, where they have names.
 * @returns labels from 0, and the names that words gave the classes.
 * @throws {@link DataError} when there are none, or they do not fit the predictions.
 */
export async function findLabels(
  contents: Contents,
  split: string,
  { labels, firstLabel = 0 }: LabelNames,
  rows: number,
  classes: number,
  classNames: readonly string[] | null,
  name: string,
): Promise<Int32Array> {
  const found = await findLabelValues(contents, split, { labels }, name);
  if (found === undefined) {
    throw new DataError(
      `${name} must hold the true class of each row, got ${describeContents(contents)}; name it with --labels (an array, a column or another file)`,
    );
  }
  const [key, values] = found;
  if (!isWords(values)) return classesOf(values, rows, classes, firstLabel, `${key} in ${name}`);
  return classesOfWords(values, rows, classNames, `${key} in ${name}`);
}

/** Labels as a file has them. */
export type LabelValues = NpyArray | readonly string[];

/** … with what they are called there. */
export type NamedLabels = readonly [name: string, values: LabelValues];

const isWords = (values: LabelValues): values is readonly string[] => Array.isArray(values);

/** The labels as they stand in the file, with what they are called there; undefined where nothing is called so. */
export async function findLabelValues(
  contents: Contents,
  split: string,
  { labels }: LabelNames,
  name: string,
): Promise<NamedLabels | undefined> {
  return labels === undefined ? usualLabels(contents, split, name) : labelsNamed(contents, labels, name);
}

function usualLabels(contents: Contents, split: string, name: string): NamedLabels | undefined {
  const found = allUsualLabels(contents, split);
  if (found.length > 1) {
    const keys = found.map(([key]) => key).join(", ");
    throw new DataError(`${name} must hold one array of true classes, got ${keys}; name one with --labels`);
  }
  return found[0];
}

/** Everything in the file that is called as true classes are. */
export function allUsualLabels({ arrays, words }: Contents, split: string): readonly NamedLabels[] {
  const all: readonly NamedLabels[] = [...arrays, ...words];
  return all.filter(([key]) => key.startsWith(split) && isUsualLabel(key.slice(split.length)));
}

async function labelsNamed(
  { arrays, words }: Contents,
  wanted: string,
  name: string,
): Promise<NamedLabels | undefined> {
  const values = arrays.get(wanted) ?? words.get(wanted);
  if (values) return [wanted, values];
  if (!existsSync(wanted)) return undefined;
  const other = await readContents(wanted);
  const [only, ...more] = [...other.arrays, ...other.words];
  const found = more.length === 0 ? only : usualLabels(other, "", wanted);
  if (found === undefined) {
    throw new DataError(`${wanted} must hold the labels of ${name} alone, got ${describeContents(other)}`);
  }
  return [wanted, found[1]];
}

function classesOf(
  { data, shape }: NpyArray,
  rows: number,
  classes: number,
  firstLabel: number,
  name: string,
): Int32Array {
  if (shape.length === 2 && shape[1] === classes && classes > 1) return classesOfOneHot(data, shape[0], classes, name);
  const single = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!single || data.length !== rows) {
    throw new DataError(`${name} must be one label for each of ${rows} rows, got the shape [${shape.join(", ")}]`);
  }
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const label = Number(data[row]) - firstLabel;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      const range = `integers in [${firstLabel}, ${classes + firstLabel})`;
      const remedy = label === classes ? "; if labels start at 1, add --first-label 1" : "";
      throw new DataError(`${name} must be ${range}, got ${Number(data[row])} at row ${row}${remedy}`);
    }
    labels[row] = label;
  }
  return labels;
}

function classesOfOneHot(data: NpyArray["data"], rows: number, classes: number, name: string): Int32Array {
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const of = data.subarray(row * classes, (row + 1) * classes);
    const numbers = Array.from(of as ArrayLike<number | bigint>, Number);
    const label = numbers.indexOf(1);
    if (label < 0 || numbers.some((value, k) => value !== (k === label ? 1 : 0))) {
      throw new DataError(`${name} must be class numbers or one-hot rows, got another row at row ${row}`);
    }
    labels[row] = label;
  }
  return labels;
}

function classesOfWords(
  words: readonly string[],
  rows: number,
  classNames: readonly string[] | null,
  name: string,
): Int32Array {
  if (words.length !== rows) {
    throw new DataError(`${name} must be one label for each of ${rows} rows, got ${words.length}`);
  }
  if (classNames === null) {
    throw new DataError(
      `${name} must be class numbers, got the word ${JSON.stringify(words[0])} while the predictions' columns have no names`,
    );
  }
  const classOf = new Map(classNames.map((word, k) => [word, k]));
  return Int32Array.from(words, (word, row) => {
    const found = classOf.get(word);
    if (found === undefined) {
      throw new DataError(
        `${name} must be one of ${classNames.slice(0, 10).join(", ")}${classNames.length > 10 ? ", …" : ""}, got ${JSON.stringify(word)} at row ${row}`,
      );
    }
    return found;
  });
}
