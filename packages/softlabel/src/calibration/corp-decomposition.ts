import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { inverseSums, outcomesOfClass } from "./class-outcomes.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { isotonicLevels } from "./isotonic-levels.ts";
import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** A mean score in parts: score = miscalibration − discrimination + uncertainty, each ≥ 0. */
export interface ScoreDecomposition {
  readonly score: number;
  /** What the best recalibration that keeps the order would save. */
  readonly miscalibration: number;
  /** What that recalibration is better than saying the base rate of every row. */
  readonly discrimination: number;
  /** The score of the base rate: how hard the rows are. */
  readonly uncertainty: number;
}

/**
 * CORP decomposition of the score of one event: how much of it is calibration, and how much is knowledge.
 *
 *     score S(c)            "brier"   mean of (c − y)²        "log"   mean of −ln c where y = 1, −ln(1 − c) where y = 0
 *     miscalibration        S(c) − S(f)        f the isotonic regression of y on c
 *     discrimination        S(r) − S(f)        r the mean of y
 *     uncertainty           S(r)
 *
 * Without bins or any other choice. Uncertainty − discrimination = S(f) is the refinement of the score. Under `"log"`
 * score and miscalibration are ∞ where an event of confidence 0 came true, or one of confidence 1 did not.
 * @param outcomes - One row at least.
 * @param options.score - `"brier"` by default.
 * @throws {@link ArgumentError} if outcomes or options are out of range.
 * @example
 * const parts = corpDecomposition({ confidence: [0.9, 0.6, 0.6, 0.2], correct: [1, 1, 0, 0] });
 * parts.score; // 0.1425
 * parts.miscalibration; // 0.0175
 * parts.discrimination; // 0.125
 * @see Dimitriadis, Gneiting and Jordan 2021, https://doi.org/10.1073/pnas.2016191118
 */
export function corpDecomposition(
  outcomes: Outcomes,
  options: { readonly score?: "brier" | "log" } = {},
): ScoreDecomposition {
  const { score = "brier" } = readOptions(options);
  requireOutcomes(outcomes);
  if (score !== "brier" && score !== "log") {
    throw new ArgumentError(`score must be "brier" or "log", got ${describe(score)}`);
  }
  return decompose(confidenceLevels(outcomes), score);
}

/**
 * CORP decomposition of the Brier score over all classes: the sum of those of "the label is k", k = 1 … K.
 *
 *     brierScore = miscalibration − discrimination + uncertainty
 *
 * Each class is recalibrated by itself. Sorts all rows for every class.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @returns Parts of the whole sum, in [0, 2].
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @see Dimitriadis, Gneiting and Jordan 2021, https://doi.org/10.1073/pnas.2016191118
 */
export function brierDecomposition(labels: Labels, predictions: Predictions): ScoreDecomposition {
  requireLabelled(labels, predictions);
  const sums = inverseSums(predictions);
  const whole = { score: 0, miscalibration: 0, discrimination: 0, uncertainty: 0 };
  for (let k = 0; k < predictions.shape[1]; k++) {
    const part = decompose(confidenceLevels(outcomesOfClass(labels, predictions, k, sums)), "brier");
    whole.score += part.score;
    whole.miscalibration += part.miscalibration;
    whole.discrimination += part.discrimination;
    whole.uncertainty += part.uncertainty;
  }
  return whole;
}

function decompose(levels: ConfidenceLevels, score: "brier" | "log"): ScoreDecomposition {
  const { length, right, wrong } = levels;
  const loss = score === "brier" ? brierLoss : logLoss;
  let rows = 0;
  let hits = 0;
  for (let level = 0; level < length; level++) {
    hits += right[level];
    rows += right[level] + wrong[level];
  }
  const recalibrated = isotonicLevels(levels);
  let own = 0;
  let best = 0;
  for (let level = 0; level < length; level++) {
    own += loss(levels.confidence[level], right[level], wrong[level]);
    best += loss(recalibrated[level], right[level], wrong[level]);
  }
  const base = loss(hits / rows, hits, rows - hits);
  // What is ≥ 0 in exact numbers may be a rounding below.
  const excess = (worse: number): number => Math.max(0, worse - best) / rows;
  return { score: own / rows, miscalibration: excess(own), discrimination: excess(base), uncertainty: base / rows };
}

function brierLoss(p: number, right: number, wrong: number): number {
  return right * (1 - p) ** 2 + wrong * p ** 2;
}

/** No row costs nothing, whatever p is: 0 · ∞ is no number. */
function logLoss(p: number, right: number, wrong: number): number {
  return (right === 0 ? 0 : -right * Math.log(p)) + (wrong === 0 ? 0 : -wrong * Math.log1p(-p));
}
