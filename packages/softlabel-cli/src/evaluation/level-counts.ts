import type { SortedOutcomes } from "./sorted-outcomes.ts";

/** How often each level is drawn; those that are drawn lie side by side, ascending, so that loops over them branch little. */
export interface LevelCounts {
  /** How many levels are drawn. */
  length: number;
  /** Right rows of all levels, each as often as it is drawn. */
  rightRows: number;
  /** The place of each drawn level among all. */
  readonly level: Uint32Array;
  /** Rows of each drawn level, and the right ones of them; as the numbers that they are multiplied with. */
  readonly tied: Float64Array;
  readonly right: Float64Array;
}

/** Room for the counts of so many levels. */
export function emptyLevelCounts(levels: number): LevelCounts {
  const list = (): Float64Array => new Float64Array(levels);
  return { length: 0, rightRows: 0, level: new Uint32Array(levels), tied: list(), right: list() };
}

/** Counts the levels of rows that are there `counts[i]` times. */
export function countLevels(sorted: SortedOutcomes, counts: Uint32Array, drawn: LevelCounts): void {
  const { levelEnd } = sorted;
  drawn.length = 0;
  drawn.rightRows = 0;
  const levels = levelEnd.length;
  for (let from = 0; from < levels; from += someLevels) {
    countSome(sorted, counts, drawn, from, Math.min(from + someLevels, levels));
  }
}

/** An engine compiles a function that is called often better than one with a long loop. */
const someLevels = 500;

function countSome(
  { order, correct, levelEnd }: SortedOutcomes,
  counts: Uint32Array,
  drawn: LevelCounts,
  from: number,
  to: number,
): void {
  const { level, tied, right } = drawn;
  let { length, rightRows } = drawn;
  for (let at = from, rank = from === 0 ? 0 : levelEnd[from - 1]; at < to; at++) {
    // A level has one row at least, and most have no other.
    let all = counts[order[rank]] | 0;
    let hits = Math.imul(all, correct[rank]);
    rank++;
    for (const end = levelEnd[at]; rank < end; rank++) {
      const times = counts[order[rank]] | 0;
      all = (all + times) | 0;
      hits = (hits + Math.imul(times, correct[rank])) | 0;
    }
    level[length] = at;
    tied[length] = all;
    right[length] = hits;
    rightRows = (rightRows + hits) | 0;
    // What is not drawn is written over by the next. The sign bit is 1 where one is drawn, without a branch to mispredict.
    length += (0 - all) >>> 31;
  }
  drawn.length = length;
  drawn.rightRows = rightRows;
}
