import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";
import { type BinEdges, uniformBins } from "./uniform-bins.ts";

/** How confidences are sorted into bins. */
export interface BinningOptions {
  /** How many bins, or how many at most under `"equal-mass"`: an integer ≥ 1; 15 by default. 2¹⁶ at most if uniform. */
  readonly bins?: number;
  /**
   * - `"uniform"` (default): bins of equal width on [0, 1].
   * - `"equal-mass"`: as equal a number of rows in each as rows that tie allow, by {@link BinningOptions.cuts}; bins
   *   that ties empty are left out. With as many bins as rows, each distinct confidence is a bin.
   */
  readonly binning?: "uniform" | "equal-mass";
  /**
   * Where `"equal-mass"` cuts the N sorted rows, and which way a cut through rows that tie goes.
   *
   * - `"array_split"` (default): as NumPy's function: the first N mod bins bins have one row more. A cut moves up, past
   *   the rows that tie.
   * - `"rounded"`: below row i·N/bins, rounded half to even, as uncertainty-metrics. A cut moves down, below them.
   */
  readonly cuts?: "array_split" | "rounded";
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
export function equalMassDiagram(
  levels: ConfidenceLevels,
  bins: number,
  cuts: Cuts = "array_split",
): readonly ReliabilityBin[] {
  return shares(fillEqualMass(levels, bins, cuts));
}

type Cuts = NonNullable<BinningOptions["cuts"]>;

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
  high: number;
  right: number;
  wrong: number;
  /** Σ confidence of the rows. */
  sum: number;
}

function fill(outcomes: Outcomes, options: BinningOptions): FilledBin[] {
  requireOutcomes(outcomes);
  const { bins, binning, edges, cuts } = readBinning(options);
  return binning === "uniform"
    ? fillUniform(outcomes, bins, edges)
    : fillEqualMass(confidenceLevels(outcomes), bins, cuts);
}

/** Every one is held in memory, empty or not, and of every class in the classwise error. */
const mostUniformBins = 2 ** 16;

/** @throws {@link ArgumentError} if the options are out of range. */
export function readBinning(options: BinningOptions): Required<BinningOptions> {
  const { bins = 15, binning = "uniform", edges, cuts } = readOptions(options);
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
  if (cuts !== undefined && cuts !== "array_split" && cuts !== "rounded") {
    throw new ArgumentError(`cuts must be "array_split" or "rounded", got ${describe(cuts)}`);
  }
  if (binning === "uniform" && cuts !== undefined) {
    throw new ArgumentError(`cuts must be left out with binning "uniform", got ${describe(cuts)}`);
  }
  if (binning === "uniform" && bins > mostUniformBins) {
    throw new ArgumentError(`bins must be at most ${mostUniformBins} with binning "uniform", got ${describe(bins)}`);
  }
  return { bins, binning, edges: edges ?? "(lo,hi]", cuts: cuts ?? "array_split" };
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

function fillEqualMass(levels: ConfidenceLevels, bins: number, cuts: Cuts): FilledBin[] {
  const { rows } = levels;
  const filled: FilledBin[] = [];
  // More bins than rows make every level a bin, as many as rows do.
  const parts = Math.min(bins, rows);
  const rowsBelow = cuts === "rounded" ? roundedCuts(rows, parts) : splitCuts(rows, parts);
  let below = 0;
  let cut = 1;
  for (let level = 0; level < levels.length; level++) {
    const [right, wrong, high] = [levels.right[level], levels.wrong[level], levels.confidence[level]];
    const count = right + wrong;
    // A cut lies below this level if it has moved there, up from the level before or down from within this one.
    const reach = cuts === "rounded" ? below + count - 1 : below;
    let isCut = level === 0;
    for (; cut < parts && rowsBelow(cut) <= reach; cut++) isCut = true;
    if (isCut) filled.push(emptyBin(filled.at(-1)?.high ?? 0, high));
    const bin = filled[filled.length - 1];
    bin.high = high;
    bin.right += right;
    bin.wrong += wrong;
    bin.sum += high * count;
    below += count;
  }
  return filled;
}

/** How many rows lie below cut i, 0 < i < bins: the first rows % bins bins have one row more than the others. */
function splitCuts(rows: number, bins: number): (cut: number) => number {
  const size = Math.floor(rows / bins);
  const larger = rows % bins;
  return (cut) => cut * size + Math.min(cut, larger);
}

/** The same by NumPy's `round` of its `linspace`, halves to the even number. */
function roundedCuts(rows: number, bins: number): (cut: number) => number {
  const step = rows / bins;
  return (cut) => {
    const at = cut * step;
    const floor = Math.floor(at);
    const part = at - floor;
    return part < 0.5 || (part === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  };
}

function emptyBin(low: number, high: number): FilledBin {
  return { low, high, right: 0, wrong: 0, sum: 0 };
}
