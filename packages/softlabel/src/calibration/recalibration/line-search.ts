import { dot } from "./vectors.ts";

/** A smooth convex function: returns its value at `x` and writes its gradient; ∞ outside its domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** A point with the value and the gradient there. */
export interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/**
 * A point along `direction` where the slope is at most `share` of that at its start; `null` if rounding leaves none.
 *
 * It looks only at the slope along the line, which rises where the function is convex: near the optimum values differ by
 * their rounding alone, slopes still tell the direction.
 */
export function searchLine(
  objective: Objective,
  x: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
  share: number,
): Point | null {
  const startSlope = dot(gradient, direction);
  if (!(startSlope < 0)) return null;
  let low = { at: 0, slope: startSlope };
  let high = { at: Infinity, slope: Infinity };
  let at = 1;
  let best: Point | null = null;
  for (let tries = 0; tries < 60; tries++) {
    const reached = x.map((v, i) => v + at * direction[i]);
    const slopes = new Float64Array(x.length);
    const value = objective(reached, slopes);
    const slope = value === Infinity ? Infinity : dot(slopes, direction);
    if (Math.abs(slope) <= share * -startSlope) return { x: reached, gradient: slopes, value };
    if (slope < 0) {
      low = { at, slope };
      best = { x: reached, gradient: slopes, value };
    } else high = { at, slope };
    at = nextTry(low, high);
    if (at === low.at || at === high.at) break;
  }
  return best;
}

interface Slope {
  readonly at: number;
  readonly slope: number;
}

/** Where a straight line between the slopes crosses 0, kept away from both ends; four times as far while none is above. */
function nextTry(low: Slope, high: Slope): number {
  if (high.at === Infinity) return 4 * low.at;
  const width = high.at - low.at;
  const share = high.slope === Infinity ? 0.5 : low.slope / (low.slope - high.slope);
  return low.at + width * Math.min(0.9, Math.max(0.1, share));
}
