import { type Objective, searchLine } from "./line-search.ts";
import type { FollowOptions } from "./search-progress.ts";
import { add, dot } from "./vectors.ts";

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
export interface SearchOptions extends FollowOptions {
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
 * For few parameters; {@link minimizeByNewton} for many. Convergence is judged by the gradient, never by a value that
 * has stopped falling.
 * @see Liu and Nocedal 1989, https://doi.org/10.1007/BF01589116
 */
export function minimizeConvex(objective: Objective, start: ArrayLike<number>, options: SearchOptions = {}): Minimum {
  const size = start.length;
  const {
    inverseCurvature = new Float64Array(size).fill(1),
    tolerance = 1e-9,
    iterations: most = 1000,
    onIteration,
  } = options;
  const norm = (g: Float64Array): number =>
    g.reduce((max, v, i) => Math.max(max, Math.abs(v) * Math.sqrt(inverseCurvature[i])), 0);
  const steps: Step[] = [];
  let x = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = norm(gradient);
    const converged = gradientNorm <= tolerance;
    const goOn = onIteration?.({ iteration: iterations, objective: value, gradientNorm }) !== false;
    const result = { x, value, gradientNorm, iterations, converged };
    if (converged || iterations === most || !goOn) return result;

    const direction = descentDirection(gradient, steps, inverseCurvature);
    const next = searchLine(objective, { x, gradient, value }, direction, 0.1);
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
