import { calibrationNames, calibrationOfLevels } from "./calibration-of-levels.ts";
import { countLevels, type LevelCounts } from "./level-counts.ts";
import { selectionNames, selectionOfLevels } from "./selection-of-levels.ts";
import type { SmoothCells } from "./smooth-cells.ts";
import type { SortedOutcomes } from "./sorted-outcomes.ts";

/** What {@link outcomeMetrics} computes, in its order. */
export const outcomeMetricNames: readonly OutcomeMetricName[] = ["accuracy", ...calibrationNames, ...selectionNames];

/** The name of a metric that the confidence and the rightness of the rows decide. */
type OutcomeMetricName = "accuracy" | (typeof calibrationNames)[number] | (typeof selectionNames)[number];

/**
 * Every metric of outcomes that `evaluatePredictions` has, but the smooth error, from rows that were sorted once.
 *
 * The same numbers as the library's functions give, of rows that are there `counts[i]` times; what has no value is NaN.
 * Rows that tie are one level: its rows stand in every order, so that errors grow along them by a straight line.
 *
 * @param drawn - room for the counts of the levels.
 * @param bins - how many bins of equal mass the adaptive error has.
 * @param values - written from `at` on, in the order of {@link outcomeMetricNames}.
 * @param cells - filled with the same rows.
 */
export function outcomeMetrics(
  sorted: SortedOutcomes,
  counts: Uint32Array,
  drawn: LevelCounts,
  bins: number,
  values: Float64Array,
  at: number,
  cells: SmoothCells,
): void {
  countLevels(sorted, counts, drawn);
  values[at] = drawn.rightRows / sorted.rows;
  calibrationOfLevels(sorted, drawn, bins, values, at + 1, cells);
  selectionOfLevels(sorted.harmonic, drawn, values, at + 1 + calibrationNames.length);
}
