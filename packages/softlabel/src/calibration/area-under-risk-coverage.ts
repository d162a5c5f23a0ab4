import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { expectedErrors } from "./expected-errors.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** What is taken for the area under the risk–coverage curve. */
export interface AurcOptions {
  /**
   * - `"mean"` (default): the mean risk of every prefix, Geifman et al. 2019.
   * - `"trapezoid"`: ∫ from 0 to 1 by a straight line between the distinct confidences, level below the first:
   *   Traub et al. 2024 (whose code multiplies by 1,000).
   * - `"row-trapezoid"`: ∫ from 1/N to 1 by a straight line between rows, divided by 1 − 1/N: torch-uncertainty. Two
   *   rows at least.
   */
  readonly definition?: "mean" | "trapezoid" | "row-trapezoid";
}

/**
 * Area under the risk–coverage curve: the mean error rate of a classifier that answers only when it is confident.
 *
 *     AURC = 1/N · Σᵢ risk(i/N)        risk(i/N) = share of errors among the i most confident rows, i = 1 … N
 *
 * Lower is better; it is never below that of an oracle that puts every right row first. Rows that tie in confidence
 * count as their mean over every order that they could have, so the order of the rows does not matter; `"trapezoid"`
 * has nothing between distinct confidences and needs no order. The definitions differ by terms of the order 1/N.
 * @param outcomes - One row at least.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes or the definition are out of range, or there are too few rows.
 * @example
 * aurc({ confidence: [0.9, 0.7, 0.5], correct: [1, 0, 1] }); // 0.27777777
 * @see Geifman et al. 2019, §2, https://arxiv.org/abs/1805.08206
 * @see Traub et al. 2024, https://arxiv.org/abs/2407.01032
 */
export function aurc(outcomes: Outcomes, options: AurcOptions = {}): number {
  const { definition = "mean" } = readOptions(options);
  requireOutcomes(outcomes);
  const levels = confidenceLevels(outcomes);
  if (definition === "trapezoid") return betweenLevels(levels);
  const errors = expectedErrors(levels);
  const rows = errors.length - 1;
  if (definition === "mean") return meanRisk(errors);
  if (definition !== "row-trapezoid") {
    throw new ArgumentError(`definition must be "mean", "trapezoid" or "row-trapezoid", got ${describe(definition)}`);
  }
  if (rows === 1) throw new ArgumentError('outcomes must have at least two rows for "row-trapezoid", got 1');
  return (rows * meanRisk(errors) - (errors[1] + errors[rows] / rows) / 2) / (rows - 1);
}

/** The mean risk of every prefix, from {@link expectedErrors}. */
export function meanRisk(errors: Float64Array): number {
  const rows = errors.length - 1;
  let sum = 0;
  for (let answered = 1; answered <= rows; answered++) sum += errors[answered] / answered;
  return sum / rows;
}

/**
 * Area under the generalised risk–coverage curve: the mean share of rows that are wrong and answered nevertheless.
 *
 *     AUGRC = ∫₀¹ errors(coverage)/N d coverage = (1 − AUROC)·a·(1 − a) + (1 − a)²/2        a the accuracy
 *
 * By a straight line between the distinct confidences, so ties count as their mean over every order. It does not
 * weigh the most confident rows more than others, as AURC does. torch-uncertainty leaves out the piece below 1/N and
 * divides by 1 − 1/N; the authors' code multiplies by 1,000.
 * @param outcomes - One row at least.
 * @returns In [0, 1/2].
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * augrc({ confidence: [0.9, 0.7, 0.5], correct: [1, 0, 1] }); // 0.16666666
 * @see Traub et al. 2024, https://arxiv.org/abs/2407.01032
 */
export function augrc(outcomes: Outcomes): number {
  requireOutcomes(outcomes);
  return areaOfErrors(expectedErrors(confidenceLevels(outcomes)));
}

/** {@link augrc} from {@link expectedErrors}. */
export function areaOfErrors(errors: Float64Array): number {
  const rows = errors.length - 1;
  let area = 0;
  for (let answered = 1; answered <= rows; answered++) area += (errors[answered - 1] + errors[answered]) / 2;
  return area / (rows * rows);
}

function betweenLevels({ rows, length, right, wrong }: ConfidenceLevels): number {
  let answered = 0;
  let errors = 0;
  let area = 0;
  let before = wrong[length - 1] / (right[length - 1] + wrong[length - 1]);
  for (let level = length - 1; level >= 0; level--) {
    const tied = right[level] + wrong[level];
    answered += tied;
    errors += wrong[level];
    const risk = errors / answered;
    area += (tied * (before + risk)) / 2;
    before = risk;
  }
  return area / rows;
}
