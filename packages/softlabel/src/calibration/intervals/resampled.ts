import { ArgumentError } from "../../core/argument-error.ts";
import { requireNumbers } from "../../statistics/require-numbers.ts";
import { type Outcomes, requireOutcomes } from "../top-label.ts";

/**
 * A quantity of N rows that can be asked again with each row counted several times or not at all.
 *
 * A resample is a count for each row, never a copy of the rows: counting makes the draw cheap, and one draw serves every
 * quantity of the same rows.
 */
export interface Resampled {
  readonly rows: number;
  /** The quantity when row i is there `counts[i]` times; the counts sum to `rows`. */
  readonly of: (counts: Uint32Array) => number;
}

/**
 * The mean of one number per row: NLL, Brier score, accuracy, overconfidence, any proper score.
 *
 * @param contributions - Finite or ∞, one per row, one at least.
 * @throws {@link ArgumentError} if there is none, or one is NaN.
 * @example
 * const interval = bootstrapInterval(meanOfRows([1, 1, 0, 1, 1, 0, 1, 1]));
 * interval.estimate; // 0.75
 * interval.standardError; // 0.15764782
 */
export function meanOfRows(contributions: ArrayLike<number>): Resampled {
  requireNumbers("contributions", contributions);
  const values = Float64Array.from(contributions);
  if (values.length === 0) throw new ArgumentError("contributions must have at least one row, got 0");
  const at = values.findIndex(Number.isNaN);
  if (at >= 0) throw new ArgumentError(`contributions must be numbers, got NaN at row ${at}`);
  return {
    rows: values.length,
    of(counts) {
      let sum = 0;
      // A row left out must not make 0 · ∞.
      for (let row = 0; row < values.length; row++) if (counts[row] > 0) sum += counts[row] * values[row];
      return sum / values.length;
    },
  };
}

/**
 * Any metric of outcomes: ECE of every kind, AURC, smooth ECE, AUROC.
 *
 * A resample reaches the metric in ascending order of confidence, where sorting it again costs least; so the metric
 * must not depend on the order of the rows.
 * @param outcomes - One row at least.
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * const outcomes = { confidence: [0.95, 0.95, 0.85, 0.65], correct: [1, 0, 1, 1] };
 * const error = bootstrapInterval(metricOfOutcomes(outcomes, expectedCalibrationError), { range: [0, 1] });
 * error.estimate; // 0.35
 */
export function metricOfOutcomes(outcomes: Outcomes, metric: (outcomes: Outcomes) => number): Resampled {
  requireOutcomes(outcomes);
  const rows = outcomes.confidence.length;
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  order.sort((i, j) => outcomes.confidence[i] - outcomes.confidence[j]);
  const sortedConfidence = Float64Array.from(order, (row) => outcomes.confidence[row]);
  const sortedCorrect = Uint8Array.from(order, (row) => outcomes.correct[row]);
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  return {
    rows,
    of(counts) {
      for (let rank = 0, to = 0; rank < rows; rank++) {
        for (let left = counts[order[rank]]; left > 0; left--, to++) {
          confidence[to] = sortedConfidence[rank];
          correct[to] = sortedCorrect[rank];
        }
      }
      return metric({ confidence, correct });
    },
  };
}

/**
 * Anything else, from the indices of the rows: row i appears `counts[i]` times, in ascending order.
 *
 * @param rows - N, an integer of at least 1.
 * @param quantity - Must not keep the list, which is written anew for the next resample.
 * @throws {@link ArgumentError} if `rows` is out of range.
 */
export function quantityOfRows(rows: number, quantity: (rows: Uint32Array) => number): Resampled {
  if (!(Number.isInteger(rows) && rows >= 1)) {
    throw new ArgumentError(`rows must be an integer of at least 1, got ${rows}`);
  }
  const indices = new Uint32Array(rows);
  return {
    rows,
    of(counts) {
      for (let row = 0, to = 0; row < rows; row++) for (let left = counts[row]; left > 0; left--) indices[to++] = row;
      return quantity(indices);
    },
  };
}
