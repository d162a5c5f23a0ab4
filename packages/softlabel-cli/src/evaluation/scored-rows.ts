import {
  type BinningOptions,
  type Evaluation,
  evaluatePredictions,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  type Outcomes,
  type Predictions,
  type RowScores,
  smoothCalibrationError,
  spiegelhalterTest,
} from "softlabel/calibration";
import { emptyLevelCounts } from "./level-counts.ts";
import { outcomeMetricNames, outcomeMetrics } from "./outcome-metrics.ts";
import { type SmoothCells, smoothCells } from "./smooth-cells.ts";
import { type SortedOutcomes, sortOutcomes } from "./sorted-outcomes.ts";

/** All that decides how rows are measured; plain data, so that another thread can measure the same. */
export interface MeasuredRows {
  /** Of a file with all classes its scores, or outcomes alone. */
  readonly given: RowScores | Outcomes;
  /** 0 where they are unknown. */
  readonly classes: number;
  readonly binning: BinningOptions & { readonly bins: number };
  /** Of the rows as they are. */
  readonly smoothEce: number;
}

/** Rows as they were judged, ready to be judged again in any resample. */
export interface ScoredRows {
  readonly measured: MeasuredRows;
  readonly rows: number;
  readonly outcomes: Outcomes;
  /** Scores of every row; null where only the first choice is known. */
  readonly scores: RowScores | null;
  /** What {@link ScoredRows.measure} writes: the names of metrics, then a smoothed accuracy for each point. */
  readonly names: readonly string[];
  /** Writes every metric of rows that are there `counts[i]` times. */
  readonly measure: (counts: Uint32Array, values: Float64Array, at: number) => void;
  /** Of the rows as they are. */
  readonly values: Readonly<Record<string, number>>;
  /** p of the metrics that are tests. */
  readonly tests: Readonly<Record<string, number>>;
  /** The smooth diagram: accuracy and density of rows along confidence, and the width of its Gaussian. */
  readonly smooth: Readonly<Record<"confidence" | "accuracy" | "density", Float64Array>> & { readonly width: number };
}

/** The name of the smooth diagram's point among the measured. */
export const smoothPoint = (at: number): string => `smooth accuracy ${at}`;

/**
 * Prepares rows for every metric that rows alone decide.
 *
 * @param scores - of a file with all classes; their outcomes, or those of a file that has only these.
 * @param classes - 0 where they are unknown.
 * @param smoothEce - where it is known already.
 */
export function scoreOutcomes(
  given: RowScores | Outcomes,
  classes: number,
  binning: BinningOptions & { readonly bins: number },
  smoothEce: number = smoothCalibrationError(given),
): ScoredRows {
  const measured: MeasuredRows = { given, classes, binning, smoothEce };
  const { metrics, names, cells, measure } = rowMeasure(measured);
  const rows = given.confidence.length;
  const once = new Float64Array(names.length);
  measure(new Uint32Array(rows).fill(1), once, 0);
  const values = Object.fromEntries(metrics.map((name, i) => [name, once[i]]));
  return {
    measured,
    rows,
    outcomes: given,
    scores: scoresOf(given),
    names,
    measure,
    values: { ...values, smoothEce },
    tests: {
      ks: kolmogorovSmirnovCalibration(given).p,
      kuiper: kuiperCalibration(given).p,
      spiegelhalterZ: spiegelhalterTest(given).p,
    },
    smooth: {
      confidence: cells.confidence,
      accuracy: once.slice(metrics.length),
      density: cells.density(),
      width: cells.drawnWidth,
    },
  };
}

/** Sorts the rows once, so that measuring them in a resample is counting them. */
export function rowMeasure({ given, classes, binning, smoothEce }: MeasuredRows): RowMeasure {
  const sorted = sortOutcomes(given, binning);
  const cells = smoothCells(sorted.confidence, given.confidence.length, smoothEce);
  const ofRows = rowQuantities(scoresOf(given), classes);
  const metrics = [...outcomeMetricNames, "smoothEce", ...Object.keys(ofRows)];
  const names = [...metrics, ...Array.from(cells.confidence, (_, i) => smoothPoint(i))];
  return { metrics, names, cells, measure: measureWith(sorted, cells, Object.values(ofRows), binning.bins) };
}

interface RowMeasure extends Pick<ScoredRows, "names" | "measure"> {
  /** With which `names` begin. */
  readonly metrics: readonly string[];
  readonly cells: SmoothCells;
}

function scoresOf(given: RowScores | Outcomes): RowScores | null {
  return "logLoss" in given ? given : null;
}

/** What metrics with the mean over rows have in each row. */
function rowQuantities(scores: RowScores | null, classes: number): Readonly<Record<string, ArrayLike<number>>> {
  if (scores === null) return {};
  const { logLoss: nll, squaredError: brier, labelRank } = scores;
  return { nll, brier, ...(classes > 5 && { top5: Uint8Array.from(labelRank, (rank) => (rank < 5 ? 1 : 0)) }) };
}

function measureWith(
  sorted: SortedOutcomes,
  cells: SmoothCells,
  means: readonly ArrayLike<number>[],
  bins: number,
): ScoredRows["measure"] {
  const drawn = emptyLevelCounts(sorted.confidence.length);
  const writeMeans = meansOf(means.map((contributions) => Float64Array.from(contributions)));
  return (counts, values, at) => {
    outcomeMetrics(sorted, counts, drawn, bins, values, at, cells);
    const to = at + outcomeMetricNames.length;
    values[to] = cells.error();
    writeMeans(counts, values, to + 1);
    cells.writeAccuracy(values, to + 1 + means.length);
  };
}

/** Writes the mean of each list, at most three, over rows that are there `counts[i]` times. */
function meansOf(lists: readonly Float64Array[]): ScoredRows["measure"] {
  // A row left out must not make 0 · ∞; where there is no ∞, nobody need ask.
  const areFinite = lists.every((list) => list.every(Number.isFinite));
  const [first = none, second = first, third = second] = lists;
  return (counts, values, at) => {
    const sums = areFinite ? finiteSums(first, second, third, counts) : lists.map((list) => sumOfDrawn(list, counts));
    for (let i = 0; i < lists.length; i++) values[at + i] = sums[i] / counts.length;
  };
}

const none = new Float64Array(0);

/** Three in one pass, since the additions of a sum wait for each other and those of several do not. */
function finiteSums(a: Float64Array, b: Float64Array, c: Float64Array, counts: Uint32Array): readonly number[] {
  let [sumA, sumB, sumC] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    const times = counts[row];
    sumA += times * a[row];
    sumB += times * b[row];
    sumC += times * c[row];
  }
  return [sumA, sumB, sumC];
}

function sumOfDrawn(contributions: Float64Array, counts: Uint32Array): number {
  let sum = 0;
  for (let row = 0; row < counts.length; row++) if (counts[row] > 0) sum += counts[row] * contributions[row];
  return sum;
}

/** By metric, the convention of its number under these bins. */
export function conventionsOf(binning: BinningOptions, classes: number): Readonly<Record<string, string>> {
  // One row of as many classes as matter: conventions do not depend on the rows. It is wrong, since the smooth error of
  // a right one is so small that finding it takes long.
  const some: Predictions = { data: [1, 0, 0, 0, 0, 0], shape: [1, 6], kind: "probabilities" };
  const { metrics }: Evaluation = evaluatePredictions([1], some, binning);
  const entries = Object.entries(metrics).map(([name, { convention }]) => [name, convention] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== "top5" || classes > 5));
}
