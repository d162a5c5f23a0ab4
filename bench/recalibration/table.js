// The raw results as the table of docs/recalibration.md.
import { markdown } from "../loss/tables.js";

const digits = (value) => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));

/**
 * What each search took, and whether it reached the optimum.
 * @param {{ fits: readonly object[], limit: number }} results
 */
export function fitsTable({ fits, limit }) {
  const lines = fits.map(({ given, method, strength, rows, classes, cpuSeconds, seconds, iterations, ...search }) => {
    const { converged, ended, gradientNorm } = search;
    const size = `gradient ${gradientNorm.toExponential(0).replace("-", "−")}`;
    const state = converged ? "yes" : ended ? `no: ended after ${limit} s, ${size}` : `no: stopped, ${size}`;
    const lambda = method === "vector" ? "" : `${strength}`;
    return [
      given,
      method,
      lambda,
      `${classes}`,
      `${rows}`,
      digits(cpuSeconds),
      digits(seconds),
      `${iterations}`,
      state,
    ];
  });
  return markdown([
    ["predictions", "method", "λ = μ", "classes", "rows", "CPU, s", "wall, s", "steps", "optimum reached"],
    ...lines,
  ]);
}
