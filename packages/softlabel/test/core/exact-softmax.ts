/**
 * Softmax in fixed point with 1100 bits after the point: an oracle with 70 digits or more for every p above 1e-260.
 */
const BITS = 1100n;
const ONE = 1n << BITS;

/** A float64 as fixed point, exactly: its last bit lies above 2⁻¹¹⁰⁰. */
function fixed(x: number): bigint {
  const exponent = x === 0 ? 0 : Math.floor(Math.log2(Math.abs(x))) - 52;
  const mantissa = BigInt(x / 2 ** exponent);
  return exponent >= 0 ? mantissa << (BITS + BigInt(exponent)) : mantissa << (BITS - BigInt(-exponent));
}

function float(x: bigint): number {
  if (x === 0n) return 0;
  const negative = x < 0n;
  const digits = (negative ? -x : x).toString(2);
  // 64 leading bits are rounded once, by Number; the rest cannot move a float64 by more than 2⁻⁶⁴ of itself.
  const head = digits.slice(0, 64);
  const value = Number(BigInt(`0b${head}`)) * 2 ** (digits.length - head.length - Number(BITS));
  return negative ? -value : value;
}

const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** exp(x) for x ≤ 0: Taylor at x/2¹², then squared twelve times. */
function exp(x: bigint): bigint {
  const small = x >> 12n;
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n && n < 120n; n++) {
    term = multiply(term, small) / n;
    sum += term;
  }
  for (let i = 0; i < 12; i++) sum = multiply(sum, sum);
  return sum;
}

/** p − q′ of one row, for a target q′ given in float64. */
export function exactGradient(z: readonly number[], target: readonly number[]): number[] {
  const top = Math.max(...z);
  const shares = z.map((value) => exp(fixed(value) - fixed(top)));
  const sum = shares.reduce((a, b) => a + b, 0n);
  return shares.map((share, k) => float((share << BITS) / sum - fixed(target[k])));
}
