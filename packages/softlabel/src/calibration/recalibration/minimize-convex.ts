/** A smooth convex function: returns its value at `x` and writes its gradient; ∞ outside its domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Where a search has come to. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest |∂f/∂xᵢ|·√curvatureᵢ⁻¹: the gradient in the units of the search. */
  readonly gradientNorm: number;
  readonly iterations: number;
  /** Whether `gradientNorm` came down to the tolerance. */
  readonly converged: boolean;
}

/** How long to search. */
export interface SearchOptions {
  /** Inverse of the curvature to expect along each coordinate; 1 by default. */
  readonly inverseCurvature?: Float64Array;
  /** Of `gradientNorm`; 1e-9 by default. */
  readonly tolerance?: number;
  /** 1,000 by default. */
  readonly iterations?: number;
}

/** Steps that the inverse of the Hessian is estimated from. */
const memory = 20;

/**
 * Least value of a smooth convex function, by limited-memory BFGS.
 *
 * The line search looks only at the slope along the line, which rises where the function is convex: near the optimum
 * values differ by their rounding alone, slopes still tell the direction. Convergence is judged by the gradient, never
 * by a value that has stopped falling.
 * @see Liu and Nocedal 1989, https://doi.org/10.1007/BF01589116
 */
export function minimizeConvex(objective: Objective, start: ArrayLike<number>, options: SearchOptions = {}): Minimum {
  const size = start.length;
  const { inverseCurvature = new Float64Array(size).fill(1), tolerance = 1e-9, iterations: most = 1000 } = options;
  const norm = (g: Float64Array): number =>
    g.reduce((max, v, i) => Math.max(max, Math.abs(v) * Math.sqrt(inverseCurvature[i])), 0);
  const steps: Step[] = [];
  let x = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = norm(gradient);
    const converged = gradientNorm <= tolerance;
    const result = { x, value, gradientNorm, iterations, converged };
    if (converged || iterations === most) return result;

    const direction = descentDirection(gradient, steps, inverseCurvature);
    const next = searchLine(objective, x, gradient, direction);
    if (next === null) return result;
    const moved = next.x.map((v, i) => v - x[i]);
    const turned = next.gradient.map((v, i) => v - gradient[i]);
    const curvature = dot(moved, turned);
    if (curvature > 0) steps.push({ moved, turned, curvature });
    if (steps.length > memory) steps.shift();
    ({ x, gradient, value } = next);
  }
}

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly curvature: number;
}

/** −H·gradient, H the estimate of the inverse Hessian: the two-loop recursion. */
function descentDirection(
  gradient: Float64Array,
  steps: readonly Step[],
  inverseCurvature: Float64Array,
): Float64Array {
  const direction = gradient.map((v) => -v);
  const shares = new Float64Array(steps.length);
  for (let s = steps.length - 1; s >= 0; s--) {
    const { moved, turned, curvature } = steps[s];
    shares[s] = dot(moved, direction) / curvature;
    add(direction, -shares[s], turned);
  }
  const last = steps.at(-1);
  let scale = 1;
  if (last) scale = last.curvature / last.turned.reduce((sum, v, i) => sum + v * v * inverseCurvature[i], 0);
  for (let i = 0; i < direction.length; i++) direction[i] *= scale * inverseCurvature[i];
  for (let s = 0; s < steps.length; s++) {
    const { moved, turned, curvature } = steps[s];
    add(direction, shares[s] - dot(turned, direction) / curvature, moved);
  }
  return direction;
}

interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** A point along the line where the slope is a tenth of that at its start at most; `null` if rounding leaves none. */
function searchLine(
  objective: Objective,
  x: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
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
    if (Math.abs(slope) <= 0.1 * -startSlope) return { x: reached, gradient: slopes, value };
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

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(to: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * other[i];
}
