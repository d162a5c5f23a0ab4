import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { chiSquaredQuantile } from "../../statistics/chi-squared.ts";
import { readOptions } from "../../statistics/read-options.ts";
import type { TemperatureFit } from "../fit-temperature.ts";
import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import { type Margins, marginsOf, meanLogTies, sampledRows, slopeAt } from "./margins.ts";

/** The temperatures that the labels do not speak against. */
export interface TemperatureInterval {
  /** T, at least 0. */
  readonly low: number;
  /** T, at most ∞. */
  readonly high: number;
  readonly level: number;
}

/**
 * Likelihood interval of the temperature: every T whose likelihood comes close enough to the largest.
 *
 *     { T : 2N·(NLL(T) − NLL(T̂)) ≤ χ²₁(level) }
 *
 * From the likelihood and not by Wald's T̂ ± z·se, since it is the same interval in T and in 1/T, is not symmetric where
 * the likelihood is not, and bounds T on one side where T̂ is 0 or ∞. It takes the rows as independent. Where T says
 * nothing (`"indifferent"`, `"impossible"`) it is [0, ∞].
 * @param labels - Those of the fit.
 * @param predictions - Those of the fit.
 * @param fit - What {@link fitTemperature} made of them.
 * @param options.level - In (0, 1); 0.95 by default.
 * @throws {@link ArgumentError} if an argument is out of range, or the fit is of other rows.
 */
export function temperatureInterval(
  labels: Labels,
  predictions: Predictions,
  fit: TemperatureFit,
  options: { readonly level?: number } = {},
): TemperatureInterval {
  requireLabelled(labels, predictions);
  const margins = marginsOf(labels, predictions);
  if (!isFitOf(margins, fit)) {
    const got = describe((fit as TemperatureFit | null)?.status ?? fit);
    throw new ArgumentError(`fit must be what fitTemperature made of these labels and predictions, got ${got}`);
  }
  return likelihoodInterval(margins, fit, options);
}

/** The same of a fit that was just made of these margins. */
export function likelihoodInterval(
  margins: Margins,
  fit: TemperatureFit,
  options: { readonly level?: number },
): TemperatureInterval {
  const { level = 0.95 } = readOptions(options);
  if (!(typeof level === "number" && level > 0 && level < 1)) {
    throw new ArgumentError(`level must be in (0, 1), got ${describe(level)}`);
  }
  if (fit.status === "indifferent" || fit.status === "impossible") return { low: 0, high: Infinity, level };

  const { scale, own } = margins;
  const highestNll = fit.nllAfter + chiSquaredQuantile(level, 1) / (2 * own.length);
  const best = fit.inverseTemperature * scale;
  const reachesZero = slopeAt(margins, 0).nll <= highestNll;
  const width = halfWidth(margins, best, highestNll - fit.nllAfter);
  const low = reachesZero ? 0 : crossing(margins, 0, best, highestNll, width);
  const high = fit.status === "separable" ? Infinity : crossing(margins, Infinity, best, highestNll, width);
  return { low: scale / high, high: low === 0 ? Infinity : scale / low, level };
}

/** Whether the rows have the NLL that the fit says, at its optimum; otherwise the search below has no bracket. */
function isFitOf(margins: Margins, fit: TemperatureFit): boolean {
  const { own, scale } = margins;
  const status: unknown = (fit as TemperatureFit | null)?.status;
  const isImpossible = own.includes(-Infinity);
  if (status === "impossible" || isImpossible) return status === "impossible" && isImpossible;
  if (status === "indifferent" || scale === 0) return status === "indifferent" && scale === 0;
  const isSeparable = own.every((margin) => margin === 0);
  if (status === "separable" || isSeparable) {
    return status === "separable" && isSeparable && isClose(fit.nllAfter, meanLogTies(margins));
  }
  if (status === "uninformative") return isClose(fit.nllAfter, slopeAt(margins, 0).nll);
  return (
    status === "fitted" &&
    typeof fit.inverseTemperature === "number" &&
    fit.inverseTemperature > 0 &&
    fit.inverseTemperature < Infinity &&
    isClose(fit.nllAfter, slopeAt(margins, fit.inverseTemperature * scale).nll)
  );
}

/** But for the rounding of rows in another order. */
function isClose(nll: number, ofRows: number): boolean {
  return typeof nll === "number" && Math.abs(nll - ofRows) <= 1e-9 * Math.abs(ofRows) + 1e-12;
}

/** The β between `best`, where the NLL is below `level`, and `end`, where it is above, that has the NLL `level`. */
function crossing(margins: Margins, end: number, best: number, level: number, width: number): number {
  const tolerance = 1e-10;
  let outside = end;
  let inside = best;
  let beta = startOfSearch(margins, end, best, width);
  for (;;) {
    const { nll, slope, curvature } = slopeAt(margins, beta);
    if (nll > level) outside = beta;
    else inside = beta;
    let next = beta + stepOfParabola(nll - level, slope, curvature);
    const [least, most] = outside < inside ? [outside, inside] : [inside, outside];
    const isWithin = next > least && next < most;
    if (!isWithin) next = middle(least, most);
    // The parabola's steps cube the error.
    const smallStep = isWithin ? 1e-5 : tolerance;
    if (Math.abs(next - beta) <= smallStep * beta || most - least <= tolerance * least) return next;
    beta = next;
  }
}

/** The nearer root of height + slope·x + curvature·x²/2; NaN where there is none. */
function stepOfParabola(height: number, slope: number, curvature: number): number {
  return (-2 * height) / (slope + Math.sign(slope) * Math.sqrt(slope * slope - 2 * curvature * height));
}

/** About how far from `best` a parabola of the NLL's curvature reaches so much above it; Wald's interval. */
function halfWidth(margins: Margins, best: number, rise: number): number {
  if (!(best > 0 && best < Infinity)) return Infinity;
  return Math.sqrt((2 * rise) / slopeAt(margins, best, sampledRows(margins)).curvature);
}

function startOfSearch(margins: Margins, end: number, best: number, width: number): number {
  if (end === 0) return best === Infinity ? margins.scale : best - Math.min(width, best / 2);
  return best === 0 ? margins.scale : best + Math.min(width, best);
}

function middle(least: number, most: number): number {
  if (most < Infinity) return least + (most - least) / 2;
  return least === 0 ? 1 : 2 * least;
}
