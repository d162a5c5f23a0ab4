import { ArgumentError } from "softlabel";
import {
  type Labels,
  type Predictions,
  type Recalibrator,
  type RowScores,
  rowScores,
  stratifiedFolds,
} from "softlabel/calibration";

/** Labelled predictions of all classes. */
export interface LabelledRows extends Predictions {
  readonly data: Float32Array | Float64Array;
  readonly labels: Int32Array;
}

/**
 * The rows of these numbers, in their order.
 *
 * @param rows - indices of rows.
 * @param room - for as many numbers at least, overwritten; a copy of its own when left out.
 */
export function takeRows(
  { data, labels, shape, kind }: LabelledRows,
  rows: Uint32Array,
  room: Float32Array | Float64Array = data.slice(0, rows.length * shape[1]),
): LabelledRows {
  const classes = shape[1];
  const taken = room.subarray(0, rows.length * classes);
  rows.forEach((row, at) => {
    taken.set(data.subarray(row * classes, (row + 1) * classes), at * classes);
  });
  return { data: taken, labels: Int32Array.from(rows, (row) => labels[row]), shape: [rows.length, classes], kind };
}

/** Which rows a seeded, stratified draw takes, and which it leaves; both in ascending order. */
export interface Parts {
  readonly taken: Uint32Array;
  readonly left: Uint32Array;
}

/**
 * Draws a share of the rows, of every class alike.
 *
 * @param share - in (0, 1).
 * @throws {@link ArgumentError} where either part would be empty.
 */
export function drawShare(labels: Labels, share: number, seed: number): Parts {
  const rows = labels.length;
  if (rows < 2) throw new ArgumentError(`a file must have at least two rows to be split, got ${rows}`);
  const folds = share === 0.5 ? 2 : Math.min(rows, 100);
  const fold = stratifiedFolds(labels, { folds, seed });
  // Taken folds are spread evenly, so that a class of few rows has its share in both parts.
  const isTaken = (row: number): boolean => Math.floor((fold[row] + 1) * share) > Math.floor(fold[row] * share);
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const [taken, left] = [all.filter(isTaken), all.filter((row) => !isTaken(row))];
  if (taken.length === 0 || left.length === 0) {
    throw new ArgumentError(`--split must leave rows in both parts, got ${share} of ${rows} rows`);
  }
  return { taken, left };
}

/** Numbers that are mended at a time: a file of any size needs little memory beyond itself. */
const numbersAtOnce = 1 << 20;

/**
 * Scores rows after a recalibrator, some rows at a time.
 *
 * @param scores - where to write the scores of the rows that are named; all of them when left out.
 */
export function scoreMended(
  given: LabelledRows,
  recalibrator: Recalibrator,
  scores: RowScores = emptyScores(given.shape[0]),
  rows: Uint32Array = Uint32Array.from({ length: given.shape[0] }, (_, row) => row),
): RowScores {
  const atOnce = Math.max(1, Math.floor(numbersAtOnce / given.shape[1]));
  const room = given.data.slice(0, Math.min(rows.length, atOnce) * given.shape[1]);
  for (let start = 0; start < rows.length; start += atOnce) {
    const some = rows.subarray(start, start + atOnce);
    const part = takeRows(given, some, room);
    // The rows of the fit are others: that is for the caller to see to.
    const mended = rowScores(part.labels, recalibrator.apply(part, { inSample: true }));
    for (const name of scoreNames) for (let at = 0; at < some.length; at++) scores[name][some[at]] = mended[name][at];
  }
  return scores;
}

/** Room for the scores of so many rows. */
export function emptyScores(rows: number): RowScores {
  return {
    confidence: new Float64Array(rows),
    correct: new Uint8Array(rows),
    predicted: new Uint32Array(rows),
    logLoss: new Float64Array(rows),
    squaredError: new Float64Array(rows),
    labelRank: new Uint32Array(rows),
  };
}

const scoreNames = ["confidence", "correct", "predicted", "logLoss", "squaredError", "labelRank"] as const;
