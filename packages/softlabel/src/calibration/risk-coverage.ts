import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { requireNumbers } from "../statistics/require-numbers.ts";
import { confidenceLevels } from "./confidence-levels.ts";
import { expectedErrors } from "./expected-errors.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/** Points of a risk–coverage curve, in the order of its coverages. */
export interface RiskCoverageCurve {
  /** Share of the rows that are answered, the most confident first; in (0, 1]. */
  readonly coverage: Float64Array;
  /** Share of the answered rows that are wrong; in [0, 1]. */
  readonly risk: Float64Array;
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
  const { coverage: asked } = readOptions(options);
  requireOutcomes(outcomes);
  const errors = expectedErrors(confidenceLevels(outcomes));
  const rows = errors.length - 1;
  if (asked !== undefined) requireNumbers("coverage", asked);
  const coverage = asked ? Float64Array.from(asked) : Float64Array.from({ length: rows }, (_, i) => (i + 1) / rows);
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

/**
 * Error rate when the most confident share of the rows is answered, and no row fewer.
 *
 *     errors among the n most confident rows / n        n = ⌈coverage · N⌉
 *
 * Whole rows, as torch-uncertainty counts them; {@link riskCoverageCurve} takes parts of rows. Ties as in {@link aurc}.
 * @param outcomes - One row at least.
 * @param coverage - In (0, 1].
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * riskAtCoverage({ confidence: [0.9, 0.8, 0.7, 0.6], correct: [1, 0, 1, 0] }, 0.6); // 0.33333333
 */
export function riskAtCoverage(outcomes: Outcomes, coverage: number): number {
  requireOutcomes(outcomes);
  if (!(typeof coverage === "number" && coverage > 0 && coverage <= 1)) {
    throw new ArgumentError(`coverage must be in (0, 1], got ${describe(coverage)}`);
  }
  return riskOfErrors(expectedErrors(confidenceLevels(outcomes)), coverage);
}

/** {@link riskAtCoverage} from {@link expectedErrors}. */
export function riskOfErrors(errors: Float64Array, coverage: number): number {
  // 0.07 · 100 is rounded to just above 7, which is 7 rows.
  const answered = Math.max(1, Math.ceil(coverage * (errors.length - 1) * (1 - 2 * Number.EPSILON)));
  return errors[answered] / answered;
}

/**
 * The largest share of the rows, most confident first, that can be answered at an error rate of at most `risk`.
 *
 *     max n/N with errors among the n most confident rows / n ≤ risk
 *
 * The risk need not rise with the coverage: the largest coverage counts, also where a smaller one has more risk. 0 if
 * none has so little; torch-uncertainty has NaN there. Ties as in {@link aurc}: part of a tie is a random part.
 * @param outcomes - One row at least.
 * @param risk - In [0, 1].
 * @returns In [0, 1].
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * coverageAtRisk({ confidence: [0.9, 0.8, 0.7, 0.6], correct: [1, 0, 1, 0] }, 0.4); // 0.75
 */
export function coverageAtRisk(outcomes: Outcomes, risk: number): number {
  requireOutcomes(outcomes);
  if (!(typeof risk === "number" && risk >= 0 && risk <= 1))
    throw new ArgumentError(`risk must be in [0, 1], got ${describe(risk)}`);
  return coverageOfErrors(expectedErrors(confidenceLevels(outcomes)), risk);
}

/** {@link coverageAtRisk} from {@link expectedErrors}. */
export function coverageOfErrors(errors: Float64Array, risk: number): number {
  const rows = errors.length - 1;
  let answered = rows;
  while (answered > 0 && errors[answered] / answered > risk) answered--;
  return answered / rows;
}
