import type { SortedOutcomes } from "./sorted-outcomes.ts";

/** How often each level is drawn; those that are drawn lie side by side, ascending, so that loops over them branch little. */
export interface LevelCounts {
  /** How many levels are drawn. */
  length: number;
  /** Right rows of all levels, each as often as it is drawn. */
  rightRows: number;
  /** The place of each drawn level among all. */
  readonly level: Uint32Array;
  /** Rows of each drawn level, and the right ones of them. */
  readonly tied: Uint32Array;
  readonly right: Uint32Array;
}

/** Room for the counts of so many levels. */
export function emptyLevelCounts(levels: number): LevelCounts {
  const list = (): Uint32Array => new Uint32Array(levels);
  return { length: 0, rightRows: 0, level: list(), tied: list(), right: list() };
}

/** Counts the levels of rows that are there `counts[i]` times. */
export function countLevels(
  { order, correct, levelEnd }: SortedOutcomes,
  counts: Uint32Array,
  drawn: LevelCounts,
): void {
  const { level, tied, right } = drawn;
  let length = 0;
  let rightRows = 0;
  for (let at = 0, rank = 0; at < levelEnd.length; at++) {
    let all = 0;
    let hits = 0;
    for (const end = levelEnd[at]; rank < end; rank++) {
      const times = counts[order[rank]];
      all += times;
      hits += times * correct[rank];
    }
    level[length] = at;
    tied[length] = all;
    right[length] = hits;
    rightRows += hits;
    // What is not drawn is written over by the next. The sign bit is 1 where one is drawn, without a branch to mispredict.
    length += (0 - all) >>> 31;
  }
  drawn.length = length;
  drawn.rightRows = rightRows;
}
