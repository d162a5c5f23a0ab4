import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import type { Objective } from "./line-search.ts";
import { reportOf, type SearchReport } from "./linear-map.ts";
import { minimizeConvex } from "./minimize-convex.ts";

/**
 * What a logistic map is fitted to.
 *
 * - `"smoothed"`: hits count as (H + 1)/(H + 2) and misses as 1/(M + 2), H hits and M misses: Platt's targets, with
 *   which the optimum is always finite.
 * - `"labels"`: 1 and 0. Where the score separates them there is no finite optimum, which is an error.
 */
export type Targets = "smoothed" | "labels";

/** @throws {@link ArgumentError} if `targets` is neither of the two. */
export function requireTargets(targets: Targets): void {
  if (targets !== "smoothed" && targets !== "labels") {
    throw new ArgumentError(`targets must be "smoothed" or "labels", got ${describe(targets)}`);
  }
}

/** The target of each row. */
export function targetsOf(hits: Uint8Array, targets: Targets): Float64Array {
  const count = hits.reduce((sum, hit) => sum + hit, 0);
  const [hit, miss] = targets === "labels" ? [1, 0] : [(count + 1) / (count + 2), 1 / (hits.length - count + 2)];
  return Float64Array.from(hits, (one) => (one === 1 ? hit : miss));
}

/** @throws {@link ArgumentError} if `scores` put every hit above every miss, or with `reversed` below. */
export function refuseSeparable(scores: Float64Array, hits: Uint8Array, reversed: boolean): void {
  const ends = [1, 0].map((kind) => scores.filter((_, row) => hits[row] === kind));
  const [hit, miss] = ends.map((list) =>
    list.reduce(([low, high], s) => [Math.min(low, s), Math.max(high, s)], [Infinity, -Infinity]),
  );
  if (!(hit[0] >= miss[1] || (reversed && hit[1] <= miss[0]))) return;
  throw new ArgumentError(
    'labels must overlap in score for targets "labels", got hits and misses that the score separates, so that no finite ' +
      'map is the best; say targets: "smoothed"',
  );
}

/** A logistic regression: p = σ(Σⱼ slopes[j]·features[j] + intercept). */
export interface LogisticFit {
  readonly slopes: readonly number[];
  readonly intercept: number;
  /** Mean cross-entropy with the targets, in nats. */
  readonly loss: number;
  readonly search: SearchReport;
}

/**
 * Logistic regression without a penalty, on features that are measured in their own deviation while it searches.
 *
 * Convex; a feature that is the same in every row gets the slope 0.
 */
export function fitLogistic(features: readonly Float64Array[], targets: Float64Array): LogisticFit {
  const rows = targets.length;
  const units = features.map(unitOf);
  const slopesAt = features.length;
  const objective: Objective = (x, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      let z = x[slopesAt];
      for (let j = 0; j < slopesAt; j++) z += x[j] * ((features[j][row] - units[j].mean) / units[j].deviation);
      // ln(1 + eᶻ) − t·z, and σ(z) − t.
      const tail = Math.exp(-Math.abs(z));
      loss += Math.max(z, 0) + Math.log1p(tail) - targets[row] * z;
      const residual = (z >= 0 ? 1 : tail) / (1 + tail) - targets[row];
      for (let j = 0; j < slopesAt; j++)
        gradient[j] += residual * ((features[j][row] - units[j].mean) / units[j].deviation);
      gradient[slopesAt] += residual;
    }
    for (let j = 0; j <= slopesAt; j++) gradient[j] /= rows;
    return loss / rows;
  };
  const minimum = minimizeConvex(objective, new Float64Array(slopesAt + 1), { tolerance: 1e-11 });
  const slopes = units.map(({ deviation }, j) => minimum.x[j] / deviation);
  const offset = units.reduce((sum, { mean }, j) => sum + slopes[j] * mean, 0);
  return { slopes, intercept: minimum.x[slopesAt] - offset, loss: minimum.value, search: reportOf(minimum) };
}

function unitOf(feature: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = feature.reduce((sum, x) => sum + x, 0) / feature.length;
  const deviation = Math.sqrt(feature.reduce((sum, x) => sum + (x - mean) ** 2, 0) / feature.length);
  // What rounding leaves of a constant is no spread.
  return deviation > 1e-13 * Math.abs(mean) ? { mean, deviation } : { mean, deviation: Infinity };
}
