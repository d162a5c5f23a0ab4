import { type Objective, type Point, searchLine } from "./line-search.ts";
import type { Minimum } from "./minimize-convex.ts";
import type { FollowOptions } from "./search-progress.ts";
import { add, dot } from "./vectors.ts";

/** A smooth convex function whose Hessian is only known by what it does to a vector. */
export interface CurvedObjective {
  readonly valueAt: Objective;
  /** The Hessian at `x`; good until either function is called again. */
  readonly hessianAt: (x: Float64Array) => Hessian;
}

/** A symmetric matrix without negative eigenvalues, never written out. */
export interface Hessian {
  /** Writes H·v. */
  readonly times: (v: Float64Array, product: Float64Array) => void;
  /** Writes M⁻¹·v, M a positive definite matrix like H that is cheap to solve. */
  readonly solveRoughly: (v: Float64Array, solution: Float64Array) => void;
}

/** How long to search. */
export interface NewtonOptions extends FollowOptions {
  /** How large a gradient is, in the units of the search. */
  readonly norm: (gradient: Float64Array) => number;
  /** Of the norm; 1e-9 by default. */
  readonly tolerance?: number;
  /** Newton steps; 200 by default. */
  readonly iterations?: number;
  /** Products with the Hessian, in all; 2,500 by default. */
  readonly products?: number;
}

/** Share of all products that one step may take: what is left of the gradient then, the next step sees from nearer. */
const shareOfStep = 0.1;

/**
 * Least value of a smooth convex function of many parameters, by Newton's method.
 *
 * Each step solves H·d = −g by conjugate gradients, preconditioned, as exactly as the step deserves: roughly far from
 * the optimum, ever better near it, so that the gradient falls faster than geometrically at the end. Convergence is
 * judged by the gradient, never by a value that has stopped falling.
 * @see Nocedal and Wright 2006, Numerical Optimization, algorithm 7.1; Eisenstat and Walker 1996,
 *   https://doi.org/10.1137/0917003
 */
export function minimizeByNewton(
  { valueAt, hessianAt }: CurvedObjective,
  start: Float64Array<ArrayBuffer>,
  { norm, tolerance = 1e-9, iterations: most = 200, products = 2500, onIteration }: NewtonOptions,
): Minimum {
  const mostForStep = Math.ceil(products * shareOfStep);
  let left = products;
  const gradient = new Float64Array(start.length);
  let point: Point = { x: start, gradient, value: valueAt(start, gradient) };
  for (let iterations = 0; ; iterations++) {
    const { x, gradient, value } = point;
    const gradientNorm = norm(gradient);
    const converged = gradientNorm <= tolerance;
    const goOn = onIteration?.({ iteration: iterations, objective: value, gradientNorm }) !== false;
    const result = { x, value, gradientNorm, iterations, converged };
    if (converged || iterations === most || left <= 0 || !goOn) return result;

    const exactness = Math.min(0.1, Math.sqrt(gradientNorm));
    const step = newtonDirection(hessianAt(x), gradient, exactness, Math.min(mostForStep, left));
    left -= step.products;
    const next = searchLine(valueAt, point, step.direction, 0.3);
    if (next === null) return result;
    point = next;
  }
}

/** −H⁻¹·gradient, until the gradient that is left is `exactness` of it or less, and the products that it took. */
function newtonDirection(
  hessian: Hessian,
  gradient: Float64Array,
  exactness: number,
  most: number,
): { readonly direction: Float64Array; readonly products: number } {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((g) => -g);
  const solved = new Float64Array(gradient.length);
  const product = new Float64Array(gradient.length);
  hessian.solveRoughly(residual, solved);
  const conjugate = solved.slice();
  let left = dot(residual, solved);
  const enough = left * exactness ** 2;
  let products = 0;
  while (products < most && left > enough) {
    hessian.times(conjugate, product);
    products++;
    const curvature = dot(conjugate, product);
    // Flat to rounding: what was found so far descends, and so does the first of all.
    if (!(curvature > 0)) return { direction: products === 1 ? conjugate : direction, products };
    const step = left / curvature;
    add(direction, step, conjugate);
    add(residual, -step, product);
    hessian.solveRoughly(residual, solved);
    const before = left;
    left = dot(residual, solved);
    for (let i = 0; i < conjugate.length; i++) conjugate[i] = solved[i] + (left / before) * conjugate[i];
  }
  return { direction, products };
}
