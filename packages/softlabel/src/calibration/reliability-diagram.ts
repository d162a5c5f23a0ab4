import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";
import { type BinEdges, uniformBins } from "./uniform-bins.ts";

/** How confidences are sorted into bins. */
export interface BinningOptions {
  /** How many bins, or how many at most under `"equal-mass"`: an integer ≥ 1; 15 by default. */
  readonly bins?: number;
  /**
   * - `"uniform"` (default): bins of equal width on [0, 1].
   * - `"equal-mass"`: as equal a number of rows in each as rows that tie allow. The sorted rows are cut as NumPy's
   *   `array_split` cuts, then each cut moves up past the rows that tie with the one below it; bins that this
   *   empties are left out. With as many bins as rows, each distinct confidence is a bin.
   */
  readonly binning?: "uniform" | "equal-mass";
  /**
   * Which of its two edges a uniform bin holds.
   *
   * - `"(lo,hi]"` (default): Guo et al. 2017. 0 is in the first bin.
   * - `"[lo,hi)"`: TensorFlow, net:cal. 1 is in the last bin.
   * - `"[lo,hi),{1}"`: 1 has a bin of its own, the last of `bins` + 1: torchmetrics, uncertainty-metrics in NumPy.
   */
  readonly edges?: BinEdges;
}

/** The rows whose confidence lies between `low` and `high`. */
export interface ReliabilityBin {
  /** Lower edge; of an equal-mass bin the upper edge of the one below. */
  readonly low: number;
  /** Upper edge; of an equal-mass bin its largest confidence. */
  readonly high: number;
  readonly count: number;
  /** Mean confidence of the rows; 0 in an empty bin. */
  readonly confidence: number;
  /** Share of the rows that are right; 0 in an empty bin. */
  readonly accuracy: number;
}

/** The rows whose confidence lies between `low` and `high`, by whether they are right. */
export interface ConfidenceBin {
  readonly low: number;
  readonly high: number;
  readonly right: number;
  readonly wrong: number;
}

/**
 * Confidence against accuracy, bin by bin, in ascending order: a calibrated classifier has them equal in every bin.
 *
 * Uniform binning returns every bin, empty ones too; equal-mass binning only bins with rows. An edge is the float64
 * nearest to i / bins, and a confidence is compared with it exactly.
 * @param outcomes - One row at least.
 * @returns One entry per bin; the counts sum to the number of rows.
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @see Guo et al. 2017, §2, https://arxiv.org/abs/1706.04599
 */
export function reliabilityDiagram(outcomes: Outcomes, options: BinningOptions = {}): readonly ReliabilityBin[] {
  return shares(fill(outcomes, options));
}

/** The {@link reliabilityDiagram} of bins of equal mass, of the rows of these levels. */
export function equalMassDiagram(levels: ConfidenceLevels, bins: number): readonly ReliabilityBin[] {
  return shares(fillEqualMass(levels, bins));
}

function shares(bins: readonly FilledBin[]): readonly ReliabilityBin[] {
  return bins.map(({ low, high, right, wrong, sum }) => {
    const count = right + wrong;
    return count === 0
      ? { low, high, count, confidence: 0, accuracy: 0 }
      : { low, high, count, confidence: sum / count, accuracy: right / count };
  });
}

/**
 * How many rows were right and how many wrong in each bin of confidence, in ascending order.
 *
 * @param outcomes - One row at least.
 * @param options - As in {@link reliabilityDiagram}.
 * @returns One entry per bin; all counts sum to the number of rows.
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 */
export function confidenceHistogram(outcomes: Outcomes, options: BinningOptions = {}): readonly ConfidenceBin[] {
  return fill(outcomes, options).map(({ low, high, right, wrong }) => ({ low, high, right, wrong }));
}

interface FilledBin extends ConfidenceBin {
  right: number;
  wrong: number;
  /** Σ confidence of the rows. */
  sum: number;
}

function fill(outcomes: Outcomes, options: BinningOptions): FilledBin[] {
  requireOutcomes(outcomes);
  const { bins, binning, edges } = readBinning(options);
  return binning === "uniform" ? fillUniform(outcomes, bins, edges) : fillEqualMass(confidenceLevels(outcomes), bins);
}

/** @throws {@link ArgumentError} if the options are out of range. */
export function readBinning({ bins = 15, binning = "uniform", edges }: BinningOptions): Required<BinningOptions> {
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new ArgumentError(`bins must be an integer of at least 1, got ${describe(bins)}`);
  }
  if (edges !== undefined && edges !== "(lo,hi]" && edges !== "[lo,hi)" && edges !== "[lo,hi),{1}") {
    throw new ArgumentError(`edges must be "(lo,hi]", "[lo,hi)" or "[lo,hi),{1}", got ${describe(edges)}`);
  }
  if (binning !== "uniform" && binning !== "equal-mass") {
    throw new ArgumentError(`binning must be "uniform" or "equal-mass", got ${describe(binning)}`);
  }
  if (binning === "equal-mass" && edges !== undefined) {
    throw new ArgumentError(`edges must be left out with binning "equal-mass", got ${describe(edges)}`);
  }
  return { bins, binning, edges: edges ?? "(lo,hi]" };
}

function fillUniform({ confidence, correct }: Outcomes, bins: number, edges: BinEdges): FilledBin[] {
  const { count, low, high, indexOf } = uniformBins(bins, edges);
  const filled = Array.from({ length: count }, (_, i) => emptyBin(low[i], high[i]));
  for (let row = 0; row < confidence.length; row++) {
    const c = confidence[row];
    const bin = filled[indexOf(c)];
    bin.sum += c;
    if (correct[row] === 1) bin.right++;
    else bin.wrong++;
  }
  return filled;
}

function fillEqualMass(levels: ConfidenceLevels, bins: number): FilledBin[] {
  const { rows } = levels;
  const filled: FilledBin[] = [];
  // array_split gives the first rows % bins bins one row more than the others.
  const size = Math.floor(rows / bins);
  const larger = rows % bins;
  const cutAfter = (bin: number): number => (bin + 1) * size + Math.min(bin + 1, larger);
  let below = 0;
  let cut = 0;
  let bin = emptyBin(0, 0);
  for (let level = 0; level < levels.length; level++) {
    const count = levels.right[level] + levels.wrong[level];
    below += count;
    bin.right += levels.right[level];
    bin.wrong += levels.wrong[level];
    bin.sum += levels.confidence[level] * count;
    if (below < cutAfter(cut)) continue;
    const high = levels.confidence[level];
    filled.push({ ...bin, high });
    bin = emptyBin(high, high);
    while (cutAfter(cut) <= below && cut < bins) cut++;
  }
  return filled;
}

function emptyBin(low: number, high: number): FilledBin {
  return { low, high, right: 0, wrong: 0, sum: 0 };
}
