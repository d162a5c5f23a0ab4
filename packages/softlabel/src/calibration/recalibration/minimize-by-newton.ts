import { type Objective, searchLine } from "./line-search.ts";
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
  /** The gradient's coordinates are multiplied by these before they are judged. */
  readonly units: Float64Array;
  /** Of the largest of them; 1e-9 by default. */
  readonly tolerance?: number;
  /** Newton steps; 200 by default. */
  readonly iterations?: number;
}

/** Products with the Hessian at most: for one step, and for all together. */
const mostProducts = { step: 250, search: 2500 };

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
  { units, tolerance = 1e-9, iterations: most = 200, onIteration }: NewtonOptions,
): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = valueAt(x, gradient);
  let left = mostProducts.search;
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = norm(gradient, units);
    const converged = gradientNorm <= tolerance;
    const goOn = onIteration?.({ iteration: iterations, objective: value, gradientNorm }) !== false;
    const result = { x, value, gradientNorm, iterations, converged };
    if (converged || iterations === most || left <= 0 || !goOn) return result;

    const { direction, products } = newtonDirection(hessianAt(x), gradient, gradientNorm, left);
    left -= products;
    const next = searchLine(valueAt, x, gradient, direction, 0.3);
    if (next === null) return result;
    ({ x, gradient, value } = next);
  }
}

/** −H⁻¹·gradient, until what is left of the gradient is small beside it, and the products that it took. */
function newtonDirection(
  hessian: Hessian,
  gradient: Float64Array,
  gradientNorm: number,
  budget: number,
): { readonly direction: Float64Array; readonly products: number } {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((g) => -g);
  const solved = new Float64Array(gradient.length);
  const product = new Float64Array(gradient.length);
  hessian.solveRoughly(residual, solved);
  const conjugate = solved.slice();
  let left = dot(residual, solved);
  const enough = left * Math.min(0.1, Math.sqrt(gradientNorm)) ** 2;
  let products = 0;
  while (products < Math.min(mostProducts.step, budget) && left > enough) {
    hessian.times(conjugate, product);
    products++;
    const curvature = dot(conjugate, product);
    // Flat to rounding: what was found so far descends.
    if (!(curvature > 0)) break;
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

function norm(gradient: Float64Array, units: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]) * units[i]);
  return largest;
}
