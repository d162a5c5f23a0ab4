// exp of two float64 at once, by the operations of src/calibration/exp-negative.ts in their order: the same bits.
//
//     x = −n·ln 2/64 + r,  |r| ≤ ln 2/128        eˣ = 2^(−n/64) · (1 + r + r²/2 + … + r⁵/120)
//
// 2^(−n/64) is 2^(i/64), i = (−n) mod 64, with (n + i)/64 taken off its exponent: as integers, 2^(i/64) − (n + i)·2⁴⁶. The
// table holds 2^(i/64) − i·2⁴⁶.

/**
 * Where the table lies, filled by the library: nine constants, in the order of their names below, then 64 of 2^(i/64) with i·2⁴⁶ taken off their bits.
 *
 * Constants are loaded from there before a loop and kept: V8 builds a v128.const anew in each iteration, which costs
 * more.
 */
@inline export const TABLE: usize = 16;
@inline const FRACTIONS: usize = TABLE + 9 * 8;

@inline export const PER_STEP: usize = 0;
@inline export const ROUNDING_SHIFT: usize = 1;
@inline export const STEP_HIGH: usize = 2;
@inline export const STEP_LOW: usize = 3;
@inline export const C2: usize = 4;
@inline export const C3: usize = 5;
@inline export const C4: usize = 6;
@inline export const C5: usize = 7;
/** The least argument: below it the result is 0. */
@inline export const LEAST: usize = 8;

@inline export function constant(at: usize): v128 {
  return v128.load64_splat(TABLE + (at << 3));
}

/** eˣ of x ≤ 0, 0 below `least` and for −∞. */
@inline export function exponential(
  x: v128, perStep: v128, shift: v128, high: v128, low: v128, c2: v128, c3: v128, c4: v128, c5: v128, least: v128,
): v128 {
  const shifted = f64x2.add(f64x2.mul(x, perStep), shift);
  const n = f64x2.sub(shifted, shift);
  const r = f64x2.add(f64x2.add(x, f64x2.mul(n, high)), f64x2.mul(n, low));
  const tail = f64x2.add(c2, f64x2.mul(r, f64x2.add(c3, f64x2.mul(r, f64x2.add(c4, f64x2.mul(r, c5))))));
  const series = f64x2.add(r, f64x2.mul(f64x2.mul(r, r), tail));
  // The low bits of `shifted` are n.
  const from0 = <usize>(-i32x4.extract_lane(shifted, 0) & 63) << 3;
  const from1 = <usize>(-i32x4.extract_lane(shifted, 2) & 63) << 3;
  const fraction = v128.load64_lane(from1, v128.load64_zero(from0, FRACTIONS), 1, FRACTIONS);
  const scale = i64x2.sub(fraction, i64x2.shl(shifted, 46));
  return v128.and(f64x2.add(scale, f64x2.mul(scale, series)), f64x2.ge(x, least));
}

/** The sum of both lanes, the first first. */
@inline export function total(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
