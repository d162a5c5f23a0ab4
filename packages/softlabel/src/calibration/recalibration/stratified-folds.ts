import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { seededRandom, shuffle } from "../../statistics/random.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { requireNumbers } from "../../statistics/require-numbers.ts";
import type { Labels } from "../predictions.ts";

/** How rows are dealt into folds. */
export interface FoldOptions {
  /** k: an integer in [2, rows]; 5 by default. */
  readonly folds?: number;
  /** An integer in [0, 2³²); 0 by default. */
  readonly seed?: number;
}

/**
 * The fold of each row, so that every fold has about the same share of every class.
 *
 * The rows of each class are shuffled and dealt one by one, each class going on where the one before stopped: for any
 * class, and for all rows, the sizes of two folds differ by 1 at most.
 * @param labels - Integers of at least 0.
 * @returns Integers in [0, folds), one per row.
 * @throws {@link ArgumentError} if an option is out of range.
 */
export function stratifiedFolds(labels: Labels, options: FoldOptions = {}): Uint32Array {
  const { folds = 5, seed = 0 } = readOptions(options);
  requireNumbers("labels", labels);
  const rows = labels.length;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= rows)) {
    throw new ArgumentError(`folds must be an integer in [2, ${rows}], the number of rows, got ${describe(folds)}`);
  }
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  shuffle(order, random);
  order.sort((i, j) => labels[i] - labels[j]);
  const fold = new Uint32Array(rows);
  for (let at = 0; at < rows; at++) fold[order[at]] = at % folds;
  return fold;
}
