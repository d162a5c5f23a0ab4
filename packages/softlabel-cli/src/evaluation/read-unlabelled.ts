import type { Predictions } from "softlabel/calibration";
import { DataError } from "../data/data-error.ts";
import type { NpyArray } from "../data/npy.ts";
import { describeContents } from "../data/predictions/contents.ts";
import { findPredictions, type PredictionNames } from "../data/predictions/find-predictions.ts";
import { namingRemedy } from "../data/predictions/naming-remedy.ts";
import { readContents } from "../data/predictions/read-contents.ts";
import { requireRowsOfKind } from "../data/predictions/rows-of-kind.ts";

/** Predictions of one set of a file, with its labels as they stand there if it has any. */
export interface UnlabelledPredictions extends Predictions {
  /** `"test_"`, `"val_"` or nothing: what the names of its arrays begin with. */
  readonly split: string;
  readonly labels: NpyArray | null;
}

/**
 * Reads every set of predictions in a file, whether it has labels or not.
 *
 * @param path - a file, or `-` for standard input.
 * @throws {@link DataError} when it holds none, or rows that are not of the kind said.
 */
export async function readUnlabelled(path: string, names: PredictionNames): Promise<readonly UnlabelledPredictions[]> {
  const name = path === "-" ? "standard input" : path;
  const contents = await readContents(path);
  const of = (split: string): UnlabelledPredictions[] => {
    const found = findPredictions(contents, split, names, name);
    if (found === undefined) return [];
    const { array, kind, taken } = found;
    const shape = [array.shape[0], array.shape[1]] as const;
    const data = numbersOf(array, name);
    const what = taken.length === 1 ? `${taken[0]} in ${name}` : `the columns ${taken[0]}, … in ${name}`;
    requireRowsOfKind({ kind, data, shape }, names.trustKind ?? false, what);
    const labels = contents.arrays.get(`${split}labels`) ?? null;
    return [{ split, labels, kind, data, shape }];
  };
  const named = names.predictions === undefined ? [...of("test_"), ...of("val_")] : [];
  const sets = named.length > 0 ? named : of("");
  if (sets.length > 0) return sets;
  throw new DataError(
    `${name} must hold logits or probabilities [rows, classes], got ${describeContents(contents)}; ${namingRemedy(contents)}`,
  );
}

function numbersOf({ data }: NpyArray, name: string): Float32Array | Float64Array {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new DataError(`${name} must hold predictions in floats, got integers of 64 bits`);
  }
  return Float64Array.from(data);
}
