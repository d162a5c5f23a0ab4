// exp and log as the kernel needs them.
//
// exp z = 2ⁿ·2ʳ, n = round(z·log2 e). Subtracted from a MAGIC in (−2²⁴, −2²³], where floats are the integers, z·log2 e
// leaves n and a bias in the low bits of the mantissa: shifted to where the exponent is kept, one integer addition
// multiplies by 2ⁿ. 2ʳ, |r| ≤ ½, is the square of a minimax quartic with its leading coefficient scaled to 1, which
// makes the unit of all results UNIT:
//
//     2ʳ·UNIT ≈ ((s² + c0)·((s + c1)² + c2))²,   s = r + 5          relative error 1.8e-7
//
// A product of two squares has less to wait for than Horner's form. The first is centred at −5 by choice, which costs
// 5 % of the error: for an integer, s comes from another magic number and no addition. Where multiply-add is fused, s is
// in base e, which that makes exact.

/** Whether a·b + c may be fused; decided when the module is compiled. */
@inline export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;

/** exp 0 is UNIT. */
@inline export const UNIT: f64 = FUSED ? 147438.01317742723 : 2766978.354747334;

/**
 * Where the table of constants lies: 80 bytes of the memory, which is another's. `writeConstants` fills it.
 *
 * Constants are loaded from there before a loop and kept: V8 builds a v128.const anew in each iteration, which costs
 * more.
 */
@external("env", "constants")
export declare const constants: usize;

@inline const TWO_TO_104: f32 = 20282409603651670423947251286016.0;

/** Fills the table, once for each memory, before anything else is called. */
export function writeConstants(): void {
  if (FUSED) {
    v128.store(constants, f32x4(3.1483850479125977, -2.92409348487854, 25.035377502441406, 1.4426950408889634));
    v128.store(constants, f32x4(0.6931471805599453, -12582912, -12582917, -62.4), 16);
    const log2e: f32 = 1.4426950408889634 * TWO_TO_104, ln2: f32 = 0.6931471805599453 / TWO_TO_104;
    v128.store(constants, f32x4(log2e, ln2, -16777152 * TWO_TO_104, -16777157 * TWO_TO_104), 32);
  } else {
    v128.store(constants, f32x4(6.552951335906982, -4.218575477600098, 52.10785675048828, 1.4426950408889634));
    v128.store(constants, f32x4(0.6931471805599453, -12582912, -12582917, -90), 16);
    v128.store(constants, f32x4(1.4426950408889634, 0.6931471805599453, -16777152, -16777157), 32);
  }
  v128.store(constants, i32x4(0, 0, 0, -1), LANES);
  v128.store(constants, i32x4.splat(-1), LANES + 16);
}

@inline export const LOG2E: usize = 3;
@inline export const LN2: usize = 4;
/** −1.5·2²³: n for −256 ≤ n < 256; results are in UNIT. */
@inline export const MAGIC: usize = 5;
/** MAGIC − 5 */
@inline export const SHIFTED_MAGIC: usize = 6;
/** The least argument, in units: below it exp is taken for 0, long before products with it become denormal and slow. */
@inline export const LOWEST: usize = 7;
/**
 * The same four for −64 ≤ n < 64: 64 − 2²⁴ leaves n + 64 in the lowest seven bits and 1 in all others of the mantissa.
 * Results are in 2⁻⁶⁴·UNIT. Where multiply-add is fused, n and MAGIC are in units of 2¹⁰⁴, which costs nothing.
 */
@inline export const WINDOW_LOG2E: usize = 8;
@inline export const WINDOW_LN2: usize = 9;
@inline export const WINDOW_MAGIC: usize = 10;
@inline export const WINDOW_SHIFTED_MAGIC: usize = 11;

/** Offset in bytes of three lanes without a bit and four with all of them. */
@inline const LANES: usize = 48;

@inline export function constant(at: usize): v128 {
  return v128.load32_splat(constants + (at << 2));
}

/** All bits in the last `count` lanes, 1 ≤ count ≤ 4. */
@inline export function lastLanes(count: usize): v128 {
  return v128.load(constants + LANES + ((count - 1) << 2));
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

/** unit·exp z, given z in units, `rounded` of it, and the constants. */
@inline export function exponential(
  v: v128, n: v128, shiftedMagic: v128, ln2: v128, c0: v128, c1: v128, c2: v128,
): v128 {
  const minus = f32x4.sub(n, shiftedMagic);
  const s = FUSED ? f32x4.relaxed_madd(minus, ln2, v) : f32x4.add(v, minus);
  const t = f32x4.add(s, c1);
  const x = f32x4.mul(multiplyAdd(s, s, c0), multiplyAdd(t, t, c2));
  return i32x4.add(f32x4.mul(x, x), i32x4.shl(n, 23));
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
