/** ln 2 / 64 in two parts, the first with so few digits that its product with an index is exact. */
const stepHigh = 0.01083042469326756;
const stepLow = 2.9815858269852933e-12;
const perStep = -64 / Math.LN2;
/** 2^(i/64), i = 0 … 63. */
const fractions: Float64Array = Float64Array.from({ length: 64 }, (_, i) => 2 ** (i / 64));
/** 2^(−i), i = 0 … 1023. */
const powers: Float64Array = Float64Array.from({ length: 1024 }, (_, i) => 2 ** -i);
/** Adding and subtracting it rounds to an integer. */
const roundingShift = 6755399441055744;
const least = -700;

/**
 * The numbers that {@link expNegative} works with, as the WebAssembly kernel wants them: its constants, then 2^(i/64) with
 * i·2⁴⁶ taken off the bits, so that the kernel finds the power of two by a shift and a subtraction.
 */
export function expTable(): Float64Array {
  const bits = BigInt64Array.from(new BigInt64Array(fractions.buffer), (fraction, i) => fraction - (BigInt(i) << 46n));
  const constants = [perStep, roundingShift, stepHigh, stepLow, 0.5, 1 / 6, 1 / 24, 1 / 120, least];
  return Float64Array.of(...constants, ...new Float64Array(bits.buffer));
}

/**
 * eˣ of x ≤ 0, several times as fast as Math.exp where a loop asks for nothing else.
 *
 *     x = −n·ln 2/64 + r,  |r| ≤ ln 2/128        eˣ = 2^(−n/64) · (1 + r + r²/2 + … + r⁵/120)
 *
 * Within 3e-16 of the truth, relatively; 0 below −700, where the truth is below 1e-304. NaN gives NaN.
 */
export function expNegative(x: number): number {
  if (!(x >= least)) return x < least ? 0 : Number.NaN;
  const n = x * perStep + roundingShift - roundingShift;
  const r = x + n * stepHigh + n * stepLow;
  const series = r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))));
  const whole = (n + 63) >> 6;
  const scale = fractions[(whole << 6) - n] * powers[whole];
  return scale + scale * series;
}
