import { dot } from "./vectors.ts";

/** A smooth convex function: returns its value at `x` and writes its gradient; ∞ outside its domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** A point with the value and the gradient there. */
export interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** Where values that differ by less say nothing: the rounding of a mean over many rows. */
const rounding = 1e-13;

/**
 * A point along `direction` where the slope is at most `share` of that at its start; `null` if rounding leaves none.
 *
 * Before the lowest point of the line every value is below the start's, as the function is convex. Beyond it the value
 * has to be so too, but for rounding: near the optimum values no longer tell the direction, slopes still do.
 */
export function searchLine(
  objective: Objective,
  { x, gradient, value: startValue }: Point,
  direction: Float64Array,
  share: number,
): Point | null {
  const startSlope = dot(gradient, direction);
  if (!(startSlope < 0)) return null;
  const mostValue = startValue + rounding * Math.abs(startValue);
  let low = { at: 0, slope: startSlope };
  let high = { at: Infinity, slope: Infinity };
  let at = 1;
  let best: Point | null = null;
  for (let tries = 0; tries < 60; tries++) {
    const reached = x.map((v, i) => v + at * direction[i]);
    const slopes = new Float64Array(x.length);
    const value = objective(reached, slopes);
    const slope = value < Infinity ? dot(slopes, direction) : Infinity;
    const point = { x: reached, gradient: slopes, value };
    if (Math.abs(slope) <= share * -startSlope && (slope <= 0 || value <= mostValue)) return point;
    if (slope < 0) {
      low = { at, slope };
      best = point;
    } else high = { at, slope: slope >= 0 ? slope : Infinity };
    at = nextTry(low, high, tries > 2 && tries % 2 === 1);
    if (at === low.at || at === high.at) break;
  }
  return best;
}

interface Slope {
  readonly at: number;
  readonly slope: number;
}

/**
 * Where a straight line between the slopes crosses 0, kept away from both ends; four times as far while none is above.
 *
 * Where the line does not help, as the slope jumps, half of the way, or a hundredth of the first.
 */
function nextTry(low: Slope, high: Slope, isStuck: boolean): number {
  if (high.at === Infinity) return 4 * low.at;
  const width = high.at - low.at;
  if (isStuck) return low.at + width * (low.at === 0 ? 0.01 : 0.5);
  const share = high.slope === Infinity ? 0.5 : low.slope / (low.slope - high.slope);
  return low.at + width * Math.min(0.9, Math.max(0.1, share));
}
