import { betaQuantile } from "softlabel/statistics";
import type { EvaluatedArm, EvaluationOptions } from "./evaluation.ts";
import { intervalName } from "./verdict-words.ts";

/** The interval of mean confidence less accuracy that a verdict may speak by, and its name. */
export interface GapInterval {
  readonly low: number;
  readonly high: number;
  readonly name: string;
}

/**
 * The bootstrap interval of the gap; where every row is right or every row is wrong, that of the exact accuracy, since
 * resamples of such rows hold no other accuracy.
 *
 * @returns null where no interval was asked for.
 */
export function gapInterval({ metrics, source }: EvaluatedArm, options: EvaluationOptions): GapInterval | null {
  const { low, high, value } = metrics.overconfidence;
  if (low === null || high === null || value === null) return null;
  const accuracy = metrics.accuracy.value;
  if (accuracy !== 0 && accuracy !== 1) return { low, high, name: intervalName(options) };
  const [least, most] = exactInterval(accuracy * source.rows, source.rows, options.confidenceLevel);
  const confidence = accuracy + value;
  return { low: confidence - most, high: confidence - least, name: `exact ${intervalName(options)}` };
}

/** Clopper and Pearson's interval of a share. */
export function exactInterval(hits: number, rows: number, level: number): readonly [low: number, high: number] {
  const tail = (1 - level) / 2;
  return [
    hits === 0 ? 0 : betaQuantile(tail, hits, rows - hits + 1),
    hits === rows ? 1 : betaQuantile(1 - tail, hits + 1, rows - hits),
  ];
}
