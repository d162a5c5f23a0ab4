import { formatNumber, formatSigned } from "../experiment/verdict-metrics.ts";
import type { EvaluatedArm, EvaluationOptions, MeasuredValue } from "./evaluation.ts";

/** Says nothing or something of one file. */
export type ArmRule = (arm: EvaluatedArm, options: EvaluationOptions) => readonly string[];

/** A value with its interval, the name of the interval said: `11.9% (95% interval 10.9% to 12.8%)`. */
export function shareWithInterval(measured: MeasuredValue | undefined, options: EvaluationOptions): string {
  return withInterval(measured, options, (value) => `${points(value)}%`);
}

/** The same of a number in its own unit. */
export function numberWithInterval(
  measured: MeasuredValue | undefined,
  options: EvaluationOptions,
  decimals = 3,
): string {
  return withInterval(measured, options, (value) => formatNumber(value, decimals));
}

/** A change with its interval, both signed: `−9.7 points (95% interval −10.7 to −8.7)`. */
export function changeInPoints(
  change: { readonly mean: number | null; readonly low: number | null; readonly high: number | null },
  options: EvaluationOptions,
): string {
  const signed = (value: number): string => formatSigned(100 * value, decimalsFor(100 * value, 1));
  return `${signed(change.mean ?? Number.NaN)} points${intervalOf(change, options, signed)}`;
}

/** The same in the metric's own unit. */
export function changeInUnits(
  change: { readonly mean: number | null; readonly low: number | null; readonly high: number | null },
  options: EvaluationOptions,
): string {
  const signed = (value: number): string => formatSigned(value, decimalsFor(value, 3));
  return `${signed(change.mean ?? Number.NaN)}${intervalOf(change, options, signed)}`;
}

/** Percentage points with one decimal, or two significant digits where that is more. */
export function points(share: number): string {
  return formatNumber(100 * share, decimalsFor(100 * share, 1));
}

/** `95% interval`. */
export function intervalName({ confidenceLevel }: EvaluationOptions): string {
  return `${Number((100 * confidenceLevel).toPrecision(12))}% interval`;
}

/** A number as its user would write it: three significant digits at least. */
export function plain(value: number): string {
  return Number.isFinite(value) ? formatNumber(value, decimalsFor(value, 2)) : formatNumber(value, 0);
}

function withInterval(
  measured: MeasuredValue | undefined,
  options: EvaluationOptions,
  format: (value: number) => string,
): string {
  if (measured === undefined || measured.value === null) return "not defined";
  return `${format(measured.value)}${intervalOf(measured, options, format)}`;
}

function intervalOf(
  { low, high }: { readonly low: number | null; readonly high: number | null },
  options: EvaluationOptions,
  format: (value: number) => string,
): string {
  return low === null || high === null ? "" : ` (${intervalName(options)} ${format(low)} to ${format(high)})`;
}

/** So many decimals, up to three more where two significant digits need them. */
function decimalsFor(value: number, least: number): number {
  const size = Math.abs(value);
  if (!(size > 0 && Number.isFinite(size))) return least;
  return Math.min(least + 2, Math.max(least, 1 - Math.floor(Math.log10(size))));
}
