import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import { type Contents, describeContents } from "./contents.ts";
import { isUsualLabel } from "./find-labels.ts";
import { arrayName } from "./read-contents.ts";

/** What the numbers for each class are; never guessed by their range. */
export type PredictionKind = "logits" | "probabilities";

/** What a caller says of a file whose names do not say it. */
export interface PredictionNames {
  readonly kind?: PredictionKind | undefined;
  /** The array, or the columns' common beginning before `*`, that holds the predictions. */
  readonly predictions?: string | undefined;
  /** Take numbers for logits even where every row could pass for probabilities. */
  readonly trustKind?: boolean | undefined;
}

/** Predictions as they were found in a file. */
export interface FoundPredictions {
  readonly kind: PredictionKind;
  /** Shape [rows, classes]. */
  readonly array: NpyArray;
  /** The columns' names without what they share; null where they only count. */
  readonly classNames: readonly string[] | null;
  /** The number of the first class, where the columns' names say it. */
  readonly firstClass: number;
  /** The names that were taken, so that nobody else takes them. */
  readonly taken: readonly string[];
}

/** Names that say what an array is, as softlabel and others write them. */
const kindOf: Readonly<Record<string, PredictionKind>> = {
  logits: "logits",
  logit: "logits",
  probabilities: "probabilities",
  probability: "probabilities",
  probs: "probabilities",
  prob: "probabilities",
};

/**
 * Finds the predictions: an array or lists of a telling name, or a column for each class. Where the caller says another
 * kind than every such name, the caller is right.
 *
 * @param split - the prefix of one of several sets in the file: `"test_"`, `"val_"` or `""`.
 * @returns undefined where nothing is called so.
 * @throws {@link DataError} where what is there could be several things, or of a kind that nobody said.
 */
export function findPredictions(
  contents: Contents,
  split: string,
  { kind, predictions }: PredictionNames,
  name: string,
): FoundPredictions | undefined {
  const { arrays } = contents;
  if (predictions !== undefined) return findByName(contents, predictions, kind, name);
  const matrices = [...arrays].filter(([, { shape }]) => shape.length === 2);
  const told = matrices.filter(([key]) => key.startsWith(split) && kindNamed(key.slice(split.length)) !== undefined);
  const wanted = ofKind(told, kind, ([key]) => kindNamed(key.slice(split.length)));
  if (wanted.length > 1)
    throw ambiguous(
      wanted.map(([key]) => key),
      name,
    );
  for (const [key, array] of wanted) {
    return {
      kind: kind ?? (kindNamed(key.slice(split.length)) as PredictionKind),
      array,
      classNames: null,
      firstClass: 0,
      taken: [key],
    };
  }
  const columns = findColumns(contents, split, kind, name);
  if (columns || split !== "") return columns;
  const others = matrices.filter(([key]) => !isUsualLabel(key));
  if (others.length > 1)
    throw ambiguous(
      others.map(([key]) => key),
      name,
    );
  for (const [key, array] of others) {
    return {
      kind: requireKind(kind, key === arrayName ? "its array" : key, name),
      array,
      classNames: null,
      firstClass: 0,
      taken: [key],
    };
  }
  return undefined;
}

/** Those that are called by the wanted kind; all where none is, or no kind is wanted. */
function ofKind<One>(
  all: readonly One[],
  wanted: PredictionKind | undefined,
  kindOfOne: (one: One) => PredictionKind | undefined,
): readonly One[] {
  const found = all.filter((one) => kindOfOne(one) === wanted);
  return found.length > 0 ? found : all;
}

/** What a name says that its numbers are; undefined where it says neither. */
export const kindNamed = (key: string): PredictionKind | undefined =>
  Object.hasOwn(kindOf, key.toLowerCase()) ? kindOf[key.toLowerCase()] : undefined;

function requireKind(kind: PredictionKind | undefined, what: string, name: string): PredictionKind {
  if (kind !== undefined) return kind;
  throw new DataError(
    `${name} must say whether ${what} holds logits or probabilities, got a name that tells neither; add --kind logits or --kind probabilities`,
  );
}

function ambiguous(keys: readonly string[], name: string): DataError {
  return new DataError(
    `${name} must hold one array of predictions, got ${keys.join(", ")}; name one with --predictions`,
  );
}

function findByName(
  contents: Contents,
  wanted: string,
  kind: PredictionKind | undefined,
  name: string,
): FoundPredictions {
  const array = contents.arrays.get(wanted);
  if (array?.shape.length === 2) {
    const known = kind ?? kindNamed(wanted.replace(/^(?:test|val)_/, ""));
    return { kind: requireKind(known, wanted, name), array, classNames: null, firstClass: 0, taken: [wanted] };
  }
  if (wanted.endsWith("*")) {
    const start = wanted.slice(0, -1);
    const keys = columnNames(contents).filter((key) => key.startsWith(start));
    if (keys.length > 1) {
      return columnsAsMatrix(contents, keys, start, requireKind(kind ?? kindOfPrefix(start), wanted, name), name);
    }
  }
  throw new DataError(
    `${name} must hold predictions [rows, classes] called ${wanted}, got ${describeContents(contents)}; end the name in * for the columns that begin so`,
  );
}

const columnNames = ({ arrays }: Contents): readonly string[] =>
  [...arrays].filter(([, { shape }]) => shape.length === 1).map(([key]) => key);

const kindOfPrefix = (prefix: string): PredictionKind | undefined => kindNamed(prefix.replace(/[_. -]+$/, ""));

/** A column for each class, called `logit_…` or `prob_…`. */
function findColumns(
  contents: Contents,
  split: string,
  kind: PredictionKind | undefined,
  name: string,
): FoundPredictions | undefined {
  const groups = new Map<string, string[]>();
  for (const key of columnNames(contents)) {
    if (!key.startsWith(split)) continue;
    const [, prefix = ""] = /^([a-z]+[_. -]?)./i.exec(key.slice(split.length)) ?? [];
    if (kindOfPrefix(prefix) === undefined) continue;
    const group = groups.get(prefix);
    if (group) group.push(key);
    else groups.set(prefix, [key]);
  }
  const several = ofKind(
    [...groups].filter(([, keys]) => keys.length > 1),
    kind,
    ([prefix]) => kindOfPrefix(prefix),
  );
  if (several.length > 1)
    throw ambiguous(
      several.map(([prefix]) => `${prefix}*`),
      name,
    );
  for (const [prefix, keys] of several) {
    return columnsAsMatrix(contents, keys, split + prefix, kind ?? (kindOfPrefix(prefix) as PredictionKind), name);
  }
  return undefined;
}

/** Columns side by side, in the order of their numbers, which are those of the classes, where all have one. */
function columnsAsMatrix(
  { arrays }: Contents,
  keys: readonly string[],
  prefix: string,
  kind: PredictionKind,
  name: string,
): FoundPredictions {
  const endings = keys.map((key) => key.slice(prefix.length));
  const numbered = endings.every((ending) => /^\d+$/.test(ending));
  const order = [...keys.keys()];
  if (numbered) order.sort((a, b) => Number(endings[a]) - Number(endings[b]));
  const numbers = numbered ? order.map((at) => Number(endings[at])) : [];
  const [firstClass = 0] = numbers;
  if (numbers.some((number, k) => number !== firstClass + k)) {
    throw new DataError(
      `${name} must number the columns of its classes without gaps, got ${prefix}* with the numbers ${numbers.slice(0, 20).join(", ")}`,
    );
  }
  const columns = order.map((at) => (arrays.get(keys[at]) as NpyArray).data as Float64Array);
  const [{ length: rows }] = columns as [Float64Array, ...Float64Array[]];
  const data = new Float64Array(rows * columns.length);
  columns.forEach((column, k) => {
    for (let row = 0; row < rows; row++) data[row * columns.length + k] = column[row];
  });
  const classNames = numbered ? null : order.map((at) => endings[at]);
  return { kind, array: { data, shape: [rows, columns.length] }, classNames, firstClass, taken: keys };
}
