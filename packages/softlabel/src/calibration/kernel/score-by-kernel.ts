import type { ClassBins } from "../class-bins.ts";
import { areLabels, type Labels, type Predictions, requireForm } from "../predictions.ts";
import type { RowScores } from "../row-scores.ts";
import { noteScores } from "../score-logits.ts";
import { emptyScores } from "../score-rank.ts";
import { rowKernel } from "./module.ts";
import { rowsInMemory } from "./rows-in-memory.ts";

/** Numbers that are too few for a module to be compiled for them. */
const fewNumbers = 4096;
/** float64 numbers that the kernel writes of each row: top, classes ahead, rest, squares, e[label]. */
const record = 5;

/**
 * The scores of rows of logits by the WebAssembly kernel, to the same bits as {@link scoreLogits} gives.
 *
 * @returns null where that must do it: of probabilities or few numbers, without WebAssembly, and where labels or logits
 *   break their preconditions, so that it can say which.
 */
export function scoreByKernel(labels: Labels, predictions: Predictions, bins?: ClassBins): RowScores | null {
  requireForm(predictions);
  const { data, shape, kind } = predictions;
  const [rows, classes] = shape;
  if (kind !== "logits" || data.length < fewNumbers || !areLabels(labels, shape)) return null;
  const kernel = rowKernel();
  if (kernel === null) return null;

  const binning = bins !== undefined;
  const scratchBytes = 8 * (classes + 1);
  const listBytes = binning ? 12 * classes : 0;
  const plan = rowsInMemory(kernel, data, shape, {
    once: scratchBytes + (binning ? 8 * classes : 0),
    perRow: 8 * record + listBytes + 4,
  });
  if (plan === null) return null;
  const { once, perRow, blockRows, memory } = plan;
  const sumsAt = once + scratchBytes;
  const sharesAt = perRow + 8 * record * blockRows;
  const placesAt = sharesAt + (binning ? 8 * classes * blockRows : 0);
  const labelsAt = placesAt + (binning ? 4 * classes * blockRows : 0);
  const firstSums = new Float64Array(memory, sumsAt, binning ? classes : 0).fill(0);
  const records = new Float64Array(memory, perRow, record * blockRows);
  const shares = new Float64Array(memory, sharesAt, binning ? classes * blockRows : 0);
  const places = new Int32Array(memory, placesAt, binning ? classes * blockRows : 0);
  const blockLabels = new Int32Array(memory, labelsAt, blockRows);

  const scores = emptyScores(rows);
  const areLogits = plan.forEachBlock(({ from, count, address, wide }) => {
    for (let i = 0; i < count; i++) blockLabels[i] = labels[from + i];
    const listed = kernel.scoreRows(
      address,
      wide,
      once,
      labelsAt,
      perRow,
      count,
      classes,
      binning ? sumsAt : 0,
      bins?.firstEnd ?? 0,
      placesAt,
      sharesAt,
    );
    if (listed < 0) return false;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      const [at, label] = [i * record, blockLabels[i]];
      const top = records[at];
      const own = records[at + 4];
      scores.predicted[row] = top;
      scores.correct[row] = top === label ? 1 : 0;
      scores.labelRank[row] = records[at + 1];
      const start = row * classes;
      noteScores(scores, row, records[at + 2], records[at + 3], own, data[start + label] - data[start + top]);
      bins?.hit(label, own * scores.confidence[row]);
    }
    for (let i = 0; i < listed; i++) bins?.add(places[i], shares[i]);
    return true;
  });
  if (!areLogits) return null;
  bins?.addFirst(rows, firstSums);
  return scores;
}
