import { type BinningOptions, type Outcomes, reliabilityDiagram } from "softlabel/calibration";

/** Rows in ascending order of confidence, with the levels on which they tie and the bins that they lie in. */
export interface SortedOutcomes {
  readonly rows: number;
  /** The row of each rank. */
  readonly order: Uint32Array;
  /** Of each rank. */
  readonly correct: Uint8Array;
  /** The distinct confidences. */
  readonly confidence: Float64Array;
  /** The rank behind the last of each level. */
  readonly levelEnd: Uint32Array;
  /** The bin of each level. */
  readonly bin: Uint32Array;
  /** The harmonic numbers 1 + 1/2 + … + 1/n of n = 0 … rows. */
  readonly harmonic: Float64Array;
}

/** Sorts outcomes once, so that a resample of them is only counted. */
export function sortOutcomes(outcomes: Outcomes, binning: BinningOptions): SortedOutcomes {
  const rows = outcomes.confidence.length;
  const order = rankRows(outcomes.confidence);
  const levels: number[] = [];
  const ends: number[] = [];
  for (let rank = 0; rank < rows; rank++) {
    const c = outcomes.confidence[order[rank]];
    if (c !== levels[levels.length - 1]) levels.push(c);
    ends[levels.length - 1] = rank + 1;
  }
  return {
    rows,
    order,
    correct: Uint8Array.from(order, (row) => outcomes.correct[row]),
    confidence: Float64Array.from(levels),
    levelEnd: Uint32Array.from(ends),
    bin: binsOfLevels(outcomes, binning, ends),
    harmonic: harmonicNumbers(rows),
  };
}

function harmonicNumbers(most: number): Float64Array {
  const sums = new Float64Array(most + 1);
  for (let n = 1; n <= most; n++) sums[n] = sums[n - 1] + 1 / n;
  return sums;
}

function rankRows(confidence: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(confidence, (_, row) => row).sort((i, j) => confidence[i] - confidence[j]);
}

/** The bins hold the rows in the same order, so how many are in each tells which levels are. */
function binsOfLevels(outcomes: Outcomes, binning: BinningOptions, ends: readonly number[]): Uint32Array {
  const bin = new Uint32Array(ends.length);
  let level = 0;
  let rank = 0;
  reliabilityDiagram(outcomes, binning).forEach(({ count }, at) => {
    rank += count;
    for (; level < ends.length && ends[level] <= rank; level++) bin[level] = at;
  });
  return bin;
}
