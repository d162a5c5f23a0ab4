import type { LevelCounts } from "./level-counts.ts";
import type { SmoothCells } from "./smooth-cells.ts";
import type { SortedOutcomes } from "./sorted-outcomes.ts";

/** What {@link calibrationOfLevels} writes, in its order. */
export const calibrationNames = [
  "ece",
  "rmsCe",
  "debiasedCe",
  "mce",
  "adaptiveEce",
  "overconfidence",
  "ks",
  "kuiper",
  "spiegelhalterZ",
] as const;

/**
 * How far confidence is from accuracy, from one pass over the drawn levels.
 *
 * @param bins - how many bins of equal mass the adaptive error has.
 * @param values - written from `at` on, in the order of {@link calibrationNames}.
 * @param cells - filled with the same rows.
 */
export function calibrationOfLevels(
  sorted: SortedOutcomes,
  drawn: LevelCounts,
  bins: number,
  values: Float64Array,
  at: number,
  cells: SmoothCells,
): void {
  const { rows, confidence } = sorted;
  cells.right.fill(0);
  cells.total.fill(0);
  sums.fill(0);
  let absolute = 0;
  let squared = 0;
  let chance = 0;
  let largest = 0;
  for (let i = 0; i < drawn.length; ) {
    i = sumOfBin(sorted, drawn, i, cells);
    const [count, hits] = [sums[COUNT], sums[HITS]];
    const miss = Math.abs(hits - sums[EXPECTED]);
    absolute += miss;
    squared += (miss * miss) / count;
    // A bin of one row tells nothing of its own variance and counts 0.
    chance += count > 1 ? (hits * (1 - hits / count)) / (count - 1) : miss * miss;
    largest = Math.max(largest, miss / count);
  }
  const [gap, lowest, highest] = [sums[GAP], sums[LOWEST], sums[HIGHEST]];
  const [excess, variance] = [sums[EXCESS], sums[VARIANCE]];

  values[at++] = absolute / rows;
  values[at++] = Math.sqrt(squared / rows);
  values[at++] = Math.sqrt(Math.max(0, (squared - chance) / rows));
  values[at++] = largest;
  values[at++] = adaptiveError(rows, confidence, drawn, bins);
  values[at++] = gap / rows;
  values[at++] = Math.max(-lowest, highest) / rows;
  values[at++] = (highest - lowest) / rows;
  values[at] = excess === 0 ? 0 : excess / Math.sqrt(variance);
}

/** What {@link sumOfBin} adds up: over one bin, then over all rows so far. */
const sums = new Float64Array(8);
const [COUNT, HITS, EXPECTED, GAP, LOWEST, HIGHEST, EXCESS, VARIANCE] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * Adds up the levels of the bin that begins at `from`, and returns where the next begins. Called once for each bin: an
 * engine compiles a function that is called often better than one with a long loop.
 */
function sumOfBin(
  { confidence, bin }: SortedOutcomes,
  { length, level, tied, right }: LevelCounts,
  from: number,
  { cellOf, upperShare, right: cellRight, total: cellTotal }: SmoothCells,
): number {
  const binNow = bin[level[from]];
  let i = from;
  let count = 0;
  let hits = 0;
  let sum = 0;
  let gap = sums[GAP];
  let lowest = sums[LOWEST];
  let highest = sums[HIGHEST];
  let excess = sums[EXCESS];
  let variance = sums[VARIANCE];
  for (; i < length && bin[level[i]] === binNow; i++) {
    const place = level[i];
    const c = confidence[place];
    const all = tied[i];
    const passed = right[i];
    const expected = all * c;
    count += all;
    hits += passed;
    sum += expected;

    const cell = cellOf[place];
    const upper = upperShare[place];
    cellRight[cell] += (1 - upper) * passed;
    cellRight[cell + 1] += upper * passed;
    cellTotal[cell] += (1 - upper) * all;
    cellTotal[cell + 1] += upper * all;

    const residual = passed - expected;
    gap -= residual;
    if (gap < lowest) lowest = gap;
    if (gap > highest) highest = gap;
    const lean = 1 - 2 * c;
    excess += residual * lean;
    variance += expected * lean * lean * (1 - c);
  }
  sums.set([count, hits, sum, gap, lowest, highest, excess, variance]);
  return i;
}

/** The l1 error over bins of equal mass, a level wholly in one of them. */
function adaptiveError(
  rows: number,
  confidence: Float64Array,
  { length, level, tied, right }: Omit<LevelCounts, "rightRows">,
  bins: number,
): number {
  const wholeSize = Math.floor(rows / bins);
  const larger = rows % bins;
  let absolute = 0;
  let miss = 0;
  let below = 0;
  let cut = 0;
  let nextCut = wholeSize + (larger > 0 ? 1 : 0);
  for (let i = 0; i < length; i++) {
    below += tied[i];
    miss += right[i] - tied[i] * confidence[level[i]];
    if (below < nextCut) continue;
    absolute += Math.abs(miss);
    miss = 0;
    while (nextCut <= below && cut < bins) {
      cut++;
      nextCut = (cut + 1) * wholeSize + Math.min(cut + 1, larger);
    }
  }
  return (absolute + Math.abs(miss)) / rows;
}
