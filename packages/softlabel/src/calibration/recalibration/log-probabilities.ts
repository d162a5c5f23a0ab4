import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import type { Predictions } from "../predictions.ts";
import { argmaxOfRow, restOfExpSum } from "../softmax-row.ts";

/** What keeps logarithms of probabilities finite, where one is 0 or 1. */
export interface ClipOptions {
  /**
   * Probabilities are moved into [clip, 1 − clip] before their logarithm is taken, in (0, 0.5). Without it a
   * probability of 0 or 1 is an error; float32 rounds to 1 from 1 − 3e-8 on, logits are never rounded.
   */
  readonly clip?: number;
}

/** @throws {@link ArgumentError} if `clip` is given and out of range. */
export function readClip(clip: unknown): number | null {
  if (clip === undefined || clip === null) return null;
  if (typeof clip === "number" && clip > 0 && clip < 0.5) return clip;
  throw new ArgumentError(`clip must be in (0, 0.5), got ${describe(clip)}`);
}

/** ln p and ln(1 − p) of every entry, both without cancellation; shape [rows, classes]. */
export interface LogOdds {
  readonly logP: Float64Array;
  readonly logRest: Float64Array;
}

/**
 * ln p[k] and ln(1 − p[k]), from logits exact however close p is to 0 or 1.
 *
 * @throws {@link ArgumentError} if one is infinite and `clip` is `null`.
 */
export function logOdds(predictions: Predictions, clip: number | null): LogOdds {
  const { data, kind } = predictions;
  const [rows, classes] = predictions.shape;
  const logP = new Float64Array(rows * classes);
  const logRest = new Float64Array(rows * classes);
  for (let start = 0; start < logP.length; start += classes) {
    if (kind === "logits") logOddsOfLogits(data, start, classes, logP, logRest);
    else {
      for (let i = start; i < start + classes; i++) {
        logP[i] = Math.log(data[i]);
        logRest[i] = Math.log1p(-data[i]);
      }
    }
  }
  keepFinite(logP, classes, clip, 0);
  keepFinite(logRest, classes, clip, 1);
  return { logP, logRest };
}

/**
 * ln p[k] of every entry; shape [rows, classes].
 *
 * @throws {@link ArgumentError} if one is infinite and `clip` is `null`.
 */
export function logProbabilities({ data, kind, shape }: Predictions, clip: number | null): Float64Array {
  const classes = shape[1];
  const logP = Float64Array.from(data);
  for (let start = 0; start < logP.length; start += classes) {
    if (kind === "probabilities") for (let i = start; i < start + classes; i++) logP[i] = Math.log(data[i]);
    else {
      const top = argmaxOfRow(data, start, classes);
      const logSum = Math.log1p(restOfExpSum(data, start, classes, top));
      for (let i = start; i < start + classes; i++) logP[i] = data[i] - data[start + top] - logSum;
    }
  }
  keepFinite(logP, classes, clip, 0);
  return logP;
}

/**
 * Finite logits: as they came, or ln p of probabilities.
 *
 * @throws {@link ArgumentError} if one is −∞ and `clip`, which only probabilities have, is `null`.
 */
export function finiteLogits(predictions: Predictions, clip: number | null): ArrayLike<number> {
  if (predictions.kind === "probabilities") return logProbabilities(predictions, clip);
  const { data, shape } = predictions;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === -Infinity) {
      const [row, k] = [Math.floor(i / shape[1]), i % shape[1]];
      throw new ArgumentError(`logits must be finite where they are multiplied, got −∞ at row ${row}, class ${k}`);
    }
  }
  return data;
}

function keepFinite(logs: Float64Array, classes: number, clip: number | null, limit: 0 | 1): void {
  const least = clip === null ? -Infinity : Math.log(clip);
  const most = clip === null ? 0 : Math.log1p(-clip);
  for (let i = 0; i < logs.length; i++) {
    if (logs[i] < least) logs[i] = least;
    else if (logs[i] > most) logs[i] = most;
    else if (logs[i] === -Infinity) {
      throw new ArgumentError(
        `probabilities must be in (0, 1) where their logarithm is taken, got ${limit} at row ${Math.floor(i / classes)}, ` +
          `class ${i % classes}; give the logits, or the bound that they may be moved to, such as { clip: 1e-7 }`,
      );
    }
  }
}

function logOddsOfLogits(
  data: ArrayLike<number>,
  start: number,
  classes: number,
  logP: Float64Array,
  logRest: Float64Array,
): void {
  const top = argmaxOfRow(data, start, classes);
  const rest = restOfExpSum(data, start, classes, top);
  const logSum = Math.log1p(rest);
  for (let k = 0; k < classes; k++) {
    const own = data[start + k] - data[start + top];
    logP[start + k] = own - logSum;
    // 1 − p of the top is what the others sum to; any other p is at most ½.
    logRest[start + k] = k === top ? Math.log(rest) - logSum : Math.log1p(-Math.exp(own - logSum));
  }
}
