import { type Labels, type Predictions, requireLabelled } from "./predictions.ts";
import { type Margins, marginsOf, meanLogTies, type Slope, sampledRows, slopeAt } from "./recalibration/margins.ts";

/**
 * The temperature that makes the labels likeliest, and why there may be none.
 *
 * `status` says which case the data are:
 * - `"fitted"`: the optimum is a finite T > 0.
 * - `"separable"`: every label has the largest logit of its row, so the likelihood grows for ever as T → 0:
 *   `temperature` is 0, `inverseTemperature` ∞.
 * - `"uninformative"`: no T > 0 does better than uniform probabilities, so T → ∞: `temperature` is ∞,
 *   `inverseTemperature` 0. The optimum without the constraint is `unconstrainedInverseTemperature` ≤ 0.
 * - `"indifferent"`: the logits of every row are equal, so that every T gives the same: `temperature` is 1.
 * - `"impossible"`: a label has probability 0, so the NLL is ∞ at every T: `temperature` is 1.
 */
export interface TemperatureFit {
  readonly status: "fitted" | "separable" | "uninformative" | "indifferent" | "impossible";
  /** T: above 1 the predictions were over-confident, below 1 under-confident. */
  readonly temperature: number;
  /** β = 1/T ≥ 0. */
  readonly inverseTemperature: number;
  /** β where the NLL is least over all real β; below 0 where less confidence went with more accuracy, −∞ at worst. */
  readonly unconstrainedInverseTemperature: number;
  /** Nats per row at T = 1. */
  readonly nllBefore: number;
  /** Nats per row at `temperature`; its limit where that is 0 or ∞. */
  readonly nllAfter: number;
}

/**
 * Temperature scaling: the one number T that the logits are divided by, fitted by maximum likelihood.
 *
 *     minimise over β = 1/T   NLL(β) = mean over rows of lse(β·z) − β·z[label]
 *     NLL′(β) = mean of E_p[z] − z[label],   NLL″(β) = mean of Var_p[z] ≥ 0,   p = softmax(β·z)
 *
 * Convex in β, so the root of NLL′ is the optimum: Halley's method within a bracket, to 1e-12 relative in β. Nothing
 * is clamped; data without a finite positive optimum are told by `status`. Fit on validation rows, never on those that
 * will be judged.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least. Probabilities count as the logits ln p, and a class of
 *   probability 0 stays at 0 for every T.
 * @throws {@link ArgumentError} if labels or predictions are out of range or do not match.
 * @example
 * // Two of three rows are right at a margin of 4 logits, so the margin should be ln 2.
 * const fit = fitTemperature([0, 1, 1], { data: [4, 0, 0, 4, 4, 0], shape: [3, 2], kind: "logits" });
 * fit.temperature; // 5.77078016
 * fit.nllBefore; // 1.35148325
 * fit.nllAfter; // 0.63651416
 * @see Guo et al. 2017, §4.2, https://arxiv.org/abs/1706.04599
 */
export function fitTemperature(labels: Labels, predictions: Predictions): TemperatureFit {
  requireLabelled(labels, predictions);
  const margins = marginsOf(labels, predictions);
  const { own, scale } = margins;
  if (own.includes(-Infinity)) return everyTemperature("impossible", Infinity);

  const nllBefore = slopeAt(margins, scale).nll;
  if (scale === 0) return everyTemperature("indifferent", nllBefore);
  if (own.every((margin) => margin === 0)) {
    return { status: "separable", ...atInverse(Infinity, Infinity), nllBefore, nllAfter: meanLogTies(margins) };
  }

  const start = startOfSearch(margins);
  const first = slopeAt(margins, start);
  // The slope rises with β: where it is below 0 it was so at 0.
  if (!(first.slope < 0)) {
    const uniform = slopeAt(margins, 0);
    // What rounding leaves of a slope that is 0: the margins are scaled to [−1, 0].
    if (uniform.slope >= -predictions.shape[1] * Number.EPSILON) {
      const unconstrained = negativeOptimum(labels, predictions);
      return { status: "uninformative", ...atInverse(0, unconstrained), nllBefore, nllAfter: uniform.nll };
    }
  }
  const { beta, nll: nllAfter } = rootOfSlope(margins, start, first);
  const inverse = beta / scale;
  return { status: "fitted", ...atInverse(inverse, inverse), nllBefore, nllAfter };
}

function everyTemperature(status: "indifferent" | "impossible", nll: number): TemperatureFit {
  return { status, ...atInverse(1, 1), nllBefore: nll, nllAfter: nll };
}

function atInverse(
  inverseTemperature: number,
  unconstrainedInverseTemperature: number,
): Pick<TemperatureFit, "temperature" | "inverseTemperature" | "unconstrainedInverseTemperature"> {
  return { temperature: 1 / inverseTemperature, inverseTemperature, unconstrainedInverseTemperature };
}

/** β > 0 where the slope, known to rise from below 0 to above 0, is 0, and the NLL there. */
function rootOfSlope(
  margins: Margins,
  start: number = startOfSearch(margins),
  first: Slope = slopeAt(margins, start),
): { readonly beta: number; readonly nll: number } {
  const tolerance = 1e-12;
  let low = 0;
  let high = Infinity;
  let beta = start;
  let lastStep = Infinity;
  for (let at = first; ; at = slopeAt(margins, beta)) {
    const { nll, slope, curvature, bend } = at;
    if (slope === 0) return { beta, nll };
    if (slope < 0) low = beta;
    else high = beta;
    if (high - low <= tolerance * low) return { beta, nll };

    const newton = slope / curvature;
    let next = beta - newton / (1 - (newton * bend) / (2 * curvature));
    // Where Halley leaves the bracket or stops converging, the bracket is halved, or widened while it has no end.
    const converging = next >= low && next <= high && Math.abs(next - beta) <= lastStep / 2;
    if (high === Infinity) next = converging ? Math.min(next, 4 * beta) : 4 * beta;
    else if (!converging) next = low + (high - low) / 2;
    lastStep = Math.abs(next - beta);
    // Halley's steps cube the error, so after one so small it is below the tolerance.
    const smallStep = converging ? Math.cbrt(tolerance) / 10 : tolerance;
    // Over so small a step the NLL is the parabola of its slope and curvature, to the last digit.
    if (lastStep <= smallStep * beta) return { beta: next, nll: nll + (slope * (next - beta)) / 2 };
    beta = next;
  }
}

/** A β near the root: that of some of the rows, where there are many. */
function startOfSearch(margins: Margins): number {
  const every = sampledRows(margins);
  if (every === 1) return margins.scale;
  let beta = margins.scale;
  for (let step = 0; step < 12; step++) {
    const { slope, curvature } = slopeAt(margins, beta, every);
    const next = beta - slope / curvature;
    // Wherever this ends is only a start.
    if (!(next > beta / 4)) beta /= 4;
    // Some of the rows have an optimum no nearer to that of all.
    else if (Math.abs(next - beta) <= 1e-2 * beta) return next;
    else beta = Math.min(next, 4 * beta);
  }
  return beta > 0 && beta < Infinity ? beta : margins.scale;
}

/** The optimum over β ≤ 0, where the slope at 0 is at least 0: that over β ≥ 0 of the logits turned round. */
function negativeOptimum(labels: Labels, predictions: Predictions): number {
  const margins = marginsOf(labels, predictions, -1);
  if (margins.own.every((margin) => margin === 0)) return -Infinity;
  if (slopeAt(margins, 0).slope >= -margins.classes * Number.EPSILON) return 0;
  return -rootOfSlope(margins).beta / margins.scale;
}
