import type { SmoothCells } from "./smooth-cells.ts";
import type { SortedOutcomes } from "./sorted-outcomes.ts";

/** What {@link outcomeMetrics} computes, in its order. */
export const outcomeMetricNames = [
  "accuracy",
  "ece",
  "rmsCe",
  "debiasedCe",
  "mce",
  "adaptiveEce",
  "overconfidence",
  "ks",
  "kuiper",
  "spiegelhalterZ",
  "aurc",
  "augrc",
  "auroc",
  "fpr95",
  "riskAt80Coverage",
  "coverageAt5Risk",
] as const;

const answeredShare = 0.8;
const recall = 0.95;
const risk = 0.05;

/**
 * Every metric of outcomes that `evaluatePredictions` has, but the smooth error, in one pass over the sorted rows.
 *
 * The same numbers as the library's functions give, of rows that are there `counts[i]` times; what has no value is NaN.
 * Rows that tie are one level: its rows stand in every order, so that errors grow along them by a straight line.
 *
 * @param bins - how many bins of equal mass the adaptive error has.
 * @param values - written from `at` on, in the order of {@link outcomeMetricNames}.
 * @param cells - filled with the same rows.
 */
export function outcomeMetrics(
  sorted: SortedOutcomes,
  counts: Uint32Array,
  bins: number,
  values: Float64Array,
  at: number,
  cells: SmoothCells,
): void {
  const { rows, order, correct, levelEnd, confidence, bin, inverse } = sorted;
  const rightRows = rightRowsOf(sorted, counts);
  const wrongRows = rows - rightRows;
  const answered80 = Math.max(1, Math.ceil(answeredShare * rows * (1 - 2 * Number.EPSILON)));
  const wholeSize = Math.floor(rows / bins);
  const larger = rows % bins;
  const { cellOf, upperShare, right: cellRight, total: cellTotal } = cells;
  cellRight.fill(0);
  cellTotal.fill(0);

  // Of the rows below the level.
  let below = 0;
  let belowRight = 0;
  let belowWrong = 0;
  // Calibration: sums over all rows, over the uniform bin, over the bin of equal mass.
  let gap = 0;
  let lowest = 0;
  let highest = 0;
  let excess = 0;
  let variance = 0;
  let count = 0;
  let hits = 0;
  let sum = 0;
  let binNow = 0;
  let absolute = 0;
  let squared = 0;
  let chance = 0;
  let largest = 0;
  let massHits = 0;
  let massSum = 0;
  let massAbsolute = 0;
  let cut = 0;
  let nextCut = wholeSize + (larger > 0 ? 1 : 0);
  // Selection, as it was above the level.
  let riskSum = 0;
  let errorArea = 0;
  let pairs = 0;
  let passedWrong = Number.NaN;
  let errorsAt80 = 0;
  let coverage = 0;

  for (let level = 0, rank = 0; level < confidence.length; level++) {
    let right = 0;
    let wrong = 0;
    for (const end = levelEnd[level]; rank < end; rank++) {
      const times = counts[order[rank]];
      if (correct[rank] === 1) right += times;
      else wrong += times;
    }
    const tied = right + wrong;
    if (tied === 0) continue;
    const c = confidence[level];
    const cell = cellOf[level];
    const upper = upperShare[level];
    cellRight[cell] += (1 - upper) * right;
    cellRight[cell + 1] += upper * right;
    cellTotal[cell] += (1 - upper) * tied;
    cellTotal[cell + 1] += upper * tied;

    if (bin[level] !== binNow) {
      if (count > 0) {
        const miss = Math.abs(hits - sum);
        absolute += miss;
        squared += (miss * miss) / count;
        // A bin of one row tells nothing of its own variance and counts 0.
        chance += count > 1 ? (hits * (1 - hits / count)) / (count - 1) : miss * miss;
        if (miss / count > largest) largest = miss / count;
      }
      count = 0;
      hits = 0;
      sum = 0;
      binNow = bin[level];
    }
    count += tied;
    hits += right;
    sum += tied * c;

    massHits += right;
    massSum += tied * c;
    if (below + tied >= nextCut) {
      massAbsolute += Math.abs(massHits - massSum);
      massHits = 0;
      massSum = 0;
      while (nextCut <= below + tied && cut < bins) {
        cut++;
        nextCut = (cut + 1) * wholeSize + Math.min(cut + 1, larger);
      }
    }

    gap += tied * c - right;
    if (gap < lowest) lowest = gap;
    if (gap > highest) highest = gap;
    const lean = 1 - 2 * c;
    excess += (right - tied * c) * lean;
    variance += tied * lean * lean * c * (1 - c);

    const above = rows - below - tied;
    const errors = wrongRows - belowWrong - wrong;
    const share = wrong / tied;
    for (let i = tied; i > 0; i--) {
      const expected = errors + share * i;
      const errorRate = expected * inverse[above + i];
      riskSum += errorRate;
      if (coverage === 0 && errorRate <= risk) coverage = above + i;
    }
    errorArea += tied * (errors + wrong / 2);
    pairs += right * (belowWrong + wrong / 2);
    if (above < answered80 && above + tied >= answered80) errorsAt80 = errors + share * (answered80 - above);
    const passed = rightRows - belowRight;
    if ((passed - right) / rightRows < recall && passed / rightRows >= recall) passedWrong = errors + wrong;

    below += tied;
    belowRight += right;
    belowWrong += wrong;
  }
  const miss = Math.abs(hits - sum);
  absolute += miss;
  squared += (miss * miss) / count;
  chance += count > 1 ? (hits * (1 - hits / count)) / (count - 1) : miss * miss;
  massAbsolute += Math.abs(massHits - massSum);
  const isOneSided = rightRows === 0 || wrongRows === 0;

  values[at++] = rightRows / rows;
  values[at++] = absolute / rows;
  values[at++] = Math.sqrt(squared / rows);
  values[at++] = Math.sqrt(Math.max(0, (squared - chance) / rows));
  values[at++] = Math.max(largest, miss / count);
  values[at++] = massAbsolute / rows;
  values[at++] = gap / rows;
  values[at++] = Math.max(-lowest, highest) / rows;
  values[at++] = (highest - lowest) / rows;
  values[at++] = excess === 0 ? 0 : excess / Math.sqrt(variance);
  values[at++] = riskSum / rows;
  values[at++] = errorArea / (rows * rows);
  values[at++] = isOneSided ? Number.NaN : pairs / (rightRows * wrongRows);
  values[at++] = isOneSided ? Number.NaN : passedWrong / wrongRows;
  values[at++] = errorsAt80 / answered80;
  values[at] = coverage / rows;
}

function rightRowsOf({ order, correct }: SortedOutcomes, counts: Uint32Array): number {
  let right = 0;
  for (let rank = 0; rank < order.length; rank++) if (correct[rank] === 1) right += counts[order[rank]];
  return right;
}
