import { logGamma, stirlingCorrection } from "./log-gamma.ts";

/**
 * Regularised incomplete beta function, from which Student's t, F and the binomial distribution follow.
 *
 *     I_x(a, b) = 1/B(a, b) · ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt
 *
 * By Lentz's continued fraction, on the side of the mean where it converges fast. The relative error, also far into the
 * tails, is that of the exponent a·ln x + b·ln(1 − x): 1e-13 for a and b in the hundreds, 1e-11 in the ten thousands.
 * @param x - In [0, 1].
 * @param a - Above 0.
 * @param b - Above 0.
 * @param complement - 1 − x, for a caller who knows it better than the subtraction does.
 * @see Press et al., Numerical Recipes, §6.4; Didonato and Morris 1992, https://doi.org/10.1145/131766.131776
 */
export function regularizedIncompleteBeta(x: number, a: number, b: number, complement: number = 1 - x): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  return x <= (a + 1) / (a + b + 2) ? belowMean(x, complement, a, b) : 1 - belowMean(complement, x, b, a);
}

function belowMean(x: number, complement: number, a: number, b: number): number {
  // Near 1 a logarithm keeps only what the complement knows.
  const logX = x > 0.5 ? Math.log1p(-complement) : Math.log(x);
  const logComplement = complement > 0.5 ? Math.log1p(-x) : Math.log(complement);
  return (Math.exp(a * logX + b * logComplement - logBeta(a, b)) / a) * continuedFraction(x, a, b);
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), without the cancellation of large arguments. */
function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  // Stirling's leading terms are subtracted by hand; only their small corrections are left to subtract as numbers.
  const shift = large * Math.log1p(small / large);
  if (large < 10) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const correction = stirlingCorrection(large) - stirlingCorrection(a + b);
  return logGamma(small) + correction + small - shift - (small - 0.5) * Math.log(a + b) - 0.5 * Math.log(large);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    // Each half step rounds, so the last one may never be exactly 1.
    if (Math.abs(d * c - 1) <= 4 * Number.EPSILON) return fraction;
  }
}
