import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { confidenceLevels } from "./confidence-levels.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** Points of a risk–coverage curve, in the order of its coverages. */
export interface RiskCoverageCurve {
  /** Share of the rows that are answered, the most confident first; in (0, 1]. */
  readonly coverage: Float64Array;
  /** Share of the answered rows that are wrong; in [0, 1]. */
  readonly risk: Float64Array;
}

/**
 * Area under the risk–coverage curve: the mean error rate of a classifier that answers only when it is confident.
 *
 *     AURC = 1/N · Σᵢ risk(i/N)        risk(i/N) = share of errors among the i most confident rows, i = 1 … N
 *
 * Lower is better; it is never below that of an oracle that puts every right row first. Rows that tie in confidence
 * count as their mean over every order that they could have, so the order of the rows does not matter.
 * @param outcomes - One row at least.
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * aurc({ confidence: [0.9, 0.7, 0.5], correct: [1, 0, 1] }); // 0.27777777
 * @see Geifman et al. 2019, §2, https://arxiv.org/abs/1805.08206
 */
export function aurc(outcomes: Outcomes): number {
  requireOutcomes(outcomes);
  const errors = expectedErrors(outcomes);
  const rows = errors.length - 1;
  let sum = 0;
  for (let answered = 1; answered <= rows; answered++) sum += errors[answered] / answered;
  return sum / rows;
}

/**
 * Error rate among the most confident share of the rows, against that share.
 *
 * Ties as in {@link aurc}. A coverage that takes a part of a row takes that part of its error, so the curve is
 * continuous; below one row its risk is that of the first.
 * @param outcomes - One row at least.
 * @param options.coverage - Shares in (0, 1] at which to read the curve; by default 1/N, 2/N, … 1.
 * @throws {@link ArgumentError} if outcomes or coverages are out of range, or there is no outcome.
 * @see El-Yaniv and Wiener 2010, https://jmlr.org/papers/v11/el-yaniv10a.html
 */
export function riskCoverageCurve(
  outcomes: Outcomes,
  options: { readonly coverage?: ArrayLike<number> } = {},
): RiskCoverageCurve {
  requireOutcomes(outcomes);
  const errors = expectedErrors(outcomes);
  const rows = errors.length - 1;
  const coverage = options.coverage
    ? Float64Array.from(options.coverage)
    : Float64Array.from({ length: rows }, (_, i) => (i + 1) / rows);
  const risk = coverage.map((share, at) => {
    if (!(share > 0 && share <= 1)) {
      throw new ArgumentError(`coverage must be in (0, 1], got ${describe(share)} at index ${at}`);
    }
    const answered = share * rows;
    const whole = Math.floor(answered);
    const part = answered - whole;
    const inPart = part > 0 ? part * (errors[whole + 1] - errors[whole]) : 0;
    return (errors[whole] + inPart) / answered;
  });
  return { coverage, risk };
}

/** Errors to expect among the i most confident rows, i = 0 … N: linear across rows that tie. */
function expectedErrors(outcomes: Outcomes): Float64Array {
  const { length, right, wrong } = confidenceLevels(outcomes);
  const errors = new Float64Array(outcomes.confidence.length + 1);
  let above = 0;
  for (let level = length - 1; level >= 0; level--) {
    const tied = right[level] + wrong[level];
    for (let i = 1; i <= tied; i++) errors[above + i] = errors[above] + (wrong[level] * i) / tied;
    above += tied;
  }
  return errors;
}
