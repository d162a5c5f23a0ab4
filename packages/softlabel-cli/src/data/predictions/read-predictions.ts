import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import { type Contents, describeContents } from "./contents.ts";
import { findLabels, type LabelNames } from "./find-labels.ts";
import {
  type FoundPredictions,
  findPredictions,
  type PredictionKind,
  type PredictionNames,
} from "./find-predictions.ts";
import { findTopLabels, type TopLabels } from "./find-top-labels.ts";
import { namingRemedy, twoClasses } from "./naming-remedy.ts";
import { readContents } from "./read-contents.ts";
import { requireRowsOfKind } from "./rows-of-kind.ts";
import { sound } from "./sound-rows.ts";

/** Labelled predictions of one set of rows. */
export interface LabelledPredictions {
  readonly kind: PredictionKind;
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly [rows: number, classes: number];
  readonly labels: Int32Array;
  /** Names of the classes, where the file has them. */
  readonly classNames: readonly string[] | null;
  /** Rows of the file that were left out, since they hold no finite prediction. */
  readonly dropped: readonly number[];
}

/** A file's rows: those to judge, and, from one training run, those to fit a calibrator on. */
export interface PredictionsFile {
  readonly test: LabelledPredictions;
  readonly validation: LabelledPredictions | null;
}

/** The same of a file that says of each row only how sure the first choice was, and whether it was right. */
export interface TopLabelsFile {
  readonly test: TopLabels;
  readonly validation: TopLabels | null;
}

/** What cannot be told from a file alone. */
export interface PredictionsOptions extends PredictionNames, LabelNames {
  /** Leave rows out that hold NaN or +∞, or −∞ alone; without it they are an error. */
  readonly dropInvalid?: boolean | undefined;
}

/**
 * Reads labelled predictions from a file of any framework.
 *
 * `logits` or `probabilities` of shape [rows, classes] with `labels` [rows]; or the same twice with the prefixes `val_`
 * and `test_`; or a column for each class; or whatever the options name.
 *
 * @param path - a file, or `-` for standard input.
 * @throws {@link DataError} when it holds none, or rows that cannot be judged, or that are not of the kind said.
 */
export async function readPredictions(path: string, options: PredictionsOptions = {}): Promise<PredictionsFile> {
  const file = await readPredictionsOrTopLabels(path, options);
  if (isOfAllClasses(file)) return file;
  throw new DataError(
    `${nameOf(path)} must hold logits or probabilities of every class, got the confidence of one class in each row`,
  );
}

/** Whether a file has numbers for every class. */
export const isOfAllClasses = (file: PredictionsFile | TopLabelsFile): file is PredictionsFile =>
  file.test.kind !== "top-label";

/**
 * The same of a file that may have, in place of numbers for every class, `confidence` with `correct`, or with
 * `prediction` and `label`. The `kind` of its rows says what they are; numbers for every class come first where a file
 * has both.
 *
 * @param path - a file, or `-` for standard input.
 * @throws {@link DataError} when it holds neither, or rows that cannot be judged.
 */
export async function readPredictionsOrTopLabels(
  path: string,
  options: PredictionsOptions = {},
): Promise<PredictionsFile | TopLabelsFile> {
  const name = nameOf(path);
  const contents = await readContents(path);
  const file = (await allClasses(contents, options, name)) ?? (await topLabels(contents, options, name));
  if (file) return file;
  throw new DataError(
    `${name} must hold logits or probabilities [rows, classes], got ${describeContents(contents)}; ${namingRemedy(contents)}`,
  );
}

const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

async function allClasses(
  contents: Contents,
  options: PredictionsOptions,
  name: string,
): Promise<PredictionsFile | undefined> {
  const of = (split: string) => findPredictions(contents, split, options, name);
  const test = of("test_") ?? of("");
  if (test === undefined) return undefined;
  const split = test.taken.every((key) => key.startsWith("test_")) ? "test_" : "";
  const validation = split === "test_" && options.predictions === undefined ? of("val_") : undefined;
  return {
    test: await labelled(test, contents, split, options, name),
    validation: validation
      ? await labelled(validation, contents, "val_", { ...options, labels: undefined }, name)
      : null,
  };
}

async function topLabels(
  contents: Contents,
  options: PredictionsOptions,
  name: string,
): Promise<TopLabelsFile | undefined> {
  const of = (split: string, labels: LabelNames) =>
    findTopLabels(contents, split, labels, options.dropInvalid ?? false, name);
  const test = await of("test_", options);
  if (test) return { test, validation: (await of("val_", {})) ?? null };
  const only = await of("", options);
  return only && { test: only, validation: null };
}

async function labelled(
  { kind, array, classNames, firstClass, taken }: FoundPredictions,
  contents: Contents,
  split: string,
  options: PredictionsOptions,
  name: string,
): Promise<LabelledPredictions> {
  const [rows, classes] = array.shape;
  const what = taken.length === 1 ? `${taken[0]} in ${name}` : `the columns ${taken[0]}, … in ${name}`;
  if (!(rows > 0 && classes > 0)) {
    throw new DataError(`${what} must have at least one row and one class, got the shape [${array.shape.join(", ")}]`);
  }
  if (classes === 1) throw new DataError(`${what} must have a column for each class, got one; ${twoClasses}`);
  const { labels: labelsName, firstLabel = firstClass } = options;
  const names = { labels: labelsName, firstLabel };
  const labels = await findLabels(contents, split, names, rows, classes, classNames, name);
  const data = floats(array, what);
  const { dropInvalid = false, trustKind = false } = options;
  const judged = sound({ kind, data, rows, classes, labels }, dropInvalid, what);
  requireRowsOfKind({ kind, ...judged }, trustKind, what);
  return { kind, classNames, ...judged };
}

function floats({ data }: NpyArray, name: string): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new DataError(`${name} must be floats, got integers of 64 bits`);
  }
  return Float64Array.from(data);
}
