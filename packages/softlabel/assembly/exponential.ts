// exp and log as the kernel needs them.
//
// exp z = 2ⁿ·2ʳ, n = round(z·log2 e). Subtracted from a MAGIC in (−2²⁴, −2²³], where floats are the integers, z·log2 e
// leaves n and a bias in the low bits of the mantissa: shifted to where the exponent is kept, one integer addition
// multiplies by 2ⁿ. 2ʳ is a minimax polynomial on |r| ≤ ½, with its leading coefficient scaled to 1 to save a
// multiplication, which makes the unit of all results UNIT.
//
//     SIMD            r in base 2, a quartic squared         relative error 1.6e-7
//     relaxed SIMD    r in base e, a quintic                 relative error 7.5e-8; fused multiply-add makes it free

/** Whether a·b + c may be fused; decided when the module is compiled. */
@inline export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;

/** exp 0 is UNIT. */
@inline export const UNIT: f64 = FUSED ? 120.51607421296876 : 2774250.5897108163;

// Constants are loaded before a loop and kept: V8 builds a v128.const anew in each iteration, which costs more.
const TABLE = FUSED
  ? memory.data<f32>([
      5.051483154296875, 20.087108612060547, 60.25670623779297, 120.51603698730469, 120.51608276367188,
      1.4426950408889634, 0.6931471805599453, -12582912, -62.4,
      2.926133175246695e+31, 3.417479451924441e-32, -3.4028106884672383e+38,
    ], 16)
  : memory.data<f32>([
      11.577670097351074, 100.03135681152344, 577.2544555664062, 1665.608154296875, 0,
      1.4426950408889634, 0.6931471805599453, -12582912, -90,
      1.4426950408889634, 0.6931471805599453, -16777152,
    ], 16);
@inline export const LOG2E: usize = 5;
@inline export const LN2: usize = 6;
/** −1.5·2²³: n for −256 ≤ n < 256; results are in UNIT. */
@inline export const MAGIC: usize = 7;
/** The least argument, in units: below it exp is taken for 0, long before products with it become denormal and slow. */
@inline export const LOWEST: usize = 8;
/**
 * The same three for −64 ≤ n < 64: 64 − 2²⁴ leaves n + 64 in the lowest seven bits and 1 in all others of the mantissa.
 * Results are in 2⁻⁶⁴·UNIT. Where multiply-add is fused, n and MAGIC are in units of 2¹⁰⁴, which costs nothing.
 */
@inline export const WINDOW_LOG2E: usize = 9;
@inline export const WINDOW_LN2: usize = 10;
@inline export const WINDOW_MAGIC: usize = 11;

const LANES = memory.data<i32>([0, 0, 0, -1, -1, -1, -1], 16);

@inline export function constant(at: usize): v128 {
  return v128.load32_splat(TABLE + (at << 2));
}

/** All bits in the last `count` lanes, 1 ≤ count ≤ 4. */
@inline export function lastLanes(count: usize): v128 {
  return v128.load(LANES + ((count - 1) << 2));
}

@inline export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return FUSED ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** z in the base of r: 2, or e where a fused multiply-add makes that exact. */
@inline export function inUnits(z: v128, log2e: v128): v128 {
  return FUSED ? z : f32x4.mul(z, log2e);
}

/** magic − n */
@inline export function rounded(v: v128, log2e: v128, magic: v128): v128 {
  return FUSED ? f32x4.relaxed_nmadd(v, log2e, magic) : f32x4.sub(magic, v);
}

/** unit·exp z, given z in units, `rounded` of it, and the constants 0 to 4. */
@inline export function exponential(
  v: v128, n: v128, magic: v128, ln2: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128,
): v128 {
  const minus = f32x4.sub(n, magic);
  const r = FUSED ? f32x4.relaxed_madd(minus, ln2, v) : f32x4.add(v, minus);
  let x = f32x4.add(r, c0);
  x = multiplyAdd(x, r, c1);
  x = multiplyAdd(x, r, c2);
  x = multiplyAdd(x, r, c3);
  x = FUSED ? multiplyAdd(x, r, c4) : f32x4.mul(x, x);
  return i32x4.add(x, i32x4.shl(n, 23));
}

/** f64x2 += f32x4 */
@inline export function addWide(sum: v128, x: v128): v128 {
  const high = i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(high)));
}

@inline export function total(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/**
 * log x of a positive, normal, finite x; anything else but NaN gives nonsense.
 *
 * x = 2ⁿ·m with m in [√½, √2]; log m = 2·artanh s, s = (m − 1)/(m + 1), |s| < 0.172, by its series to s¹³: the first
 * term left out is below 1e-12.
 */
export function log(x: f64): f64 {
  const SQRT_HALF: i64 = 0x3fe6a09e667f3bcd;
  const bits = reinterpret<i64>(x) - SQRT_HALF;
  const n = <f64>(bits >> 52);
  const m = reinterpret<f64>((bits & 0xfffffffffffff) + SQRT_HALF);
  const s = (m - 1) / (m + 1);
  const w = s * s;
  const tail = w * (1.0 / 3 + w * (1.0 / 5 + w * (1.0 / 7 + w * (1.0 / 9 + w * (1.0 / 11 + w * (1.0 / 13))))));
  return n * 0.6931471805599453 + 2 * (s + s * tail);
}
