/** ln Γ(x) for x > 0: Stirling's series, after moving small arguments up by Γ(x) = Γ(x + 1)/x. */
export function logGamma(x: number): number {
  let product = 1;
  let y = x;
  for (; y < 10; y++) product *= y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + stirlingCorrection(y) - Math.log(product);
}

/** Σ B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹), the Bernoulli terms of Stirling's series; below 1e-17 in error for x ≥ 10. */
export function stirlingCorrection(x: number): number {
  const y = 1 / (x * x);
  const terms = 1 / 1188 - y * (691 / 360360 - y * (1 / 156));
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * terms)))) / x;
}
