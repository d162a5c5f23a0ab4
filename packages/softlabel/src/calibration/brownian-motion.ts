import { normalCdf } from "../statistics/normal.ts";

/**
 * P(max |B| > x) for Brownian motion B on [0, 1]: the tail of the Kolmogorov–Smirnov statistic of calibration.
 *
 *     4 · Σₖ (−1)ᵏ Φ(−(2k + 1)x)      = 1 − 4/π · Σₖ (−1)ᵏ/(2k + 1) · exp(−((2k + 1)π)²/(8x²))        k = 0, 1, …
 *
 * The first series keeps the digits of a small tail, the second converges where x is small.
 * @param x - At least 0; 1 at 0, 0 at ∞.
 * @see Darling and Siegert 1953, https://doi.org/10.1214/aoms/1177728918
 */
export function maximumTail(x: number): number {
  if (x > 1) return 4 * series((k) => (-1) ** k * normalCdf(-(2 * k + 1) * x));
  const below = series((k) => ((-1) ** k / (2 * k + 1)) * Math.exp(-(((2 * k + 1) * Math.PI) ** 2) / (8 * x * x)));
  return 1 - (4 / Math.PI) * below;
}

/**
 * P(max B − min B > x) for Brownian motion B on [0, 1]: the tail of Kuiper's statistic of calibration.
 *
 *     8 · Σₖ (−1)ᵏ⁻¹ k Φ(−kx)      = 1 − Σₖ (8/x² + 2/(π²(k + ½)²)) · exp(−2π²(k + ½)²/x²)
 *
 * k = 1, 2, … in the first series, 0, 1, … in the second.
 * @param x - At least 0; 1 at 0, 0 at ∞.
 * @see Feller 1951, https://doi.org/10.1214/aoms/1177729589
 */
export function rangeTail(x: number): number {
  if (x > 2) return 8 * series((k) => (-1) ** k * (k + 1) * normalCdf(-(k + 1) * x));
  // Its limit at 0, where 8/x² · 0 is no number.
  if (x < 0.1) return 1;
  return (
    1 - series((k) => (8 / (x * x) + 2 / (Math.PI * (k + 0.5)) ** 2) * Math.exp(-2 * (Math.PI * ((k + 0.5) / x)) ** 2))
  );
}

/** Σ term(k), k = 0, 1, …, until a term no longer changes the sum. */
function series(term: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; ; k++) {
    const before = sum;
    sum += term(k);
    if (sum === before) return sum;
  }
}
