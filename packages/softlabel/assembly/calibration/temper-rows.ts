// Sums over each row of logits at one temperature, by which a search for the best goes.
import {C2, C3, C4, C5, 
  constant, exponential, LEAST, PER_STEP, ROUNDING_SHIFT, STEP_HIGH, STEP_LOW,total, 
} from "./exponential";

/** Two logits, as float64. */
@inline function pairOf(z: usize, wide: bool): v128 {
  return wide ? v128.load(z) : f64x2.promote_low_f32x4(v128.load64_zero(z));
}
@inline function singleOf(z: usize, wide: bool): f64 {
  return wide ? load<f64>(z) : <f64>load<f32>(z);
}

/**
 * The largest of sign·z and the least that is finite, f64 both, one after the other for each row.
 *
 * @returns Whether all are logits: none NaN or ∞, and no row of −∞ alone.
 */
export function extremesOfRows(
  logits: usize, wide: bool, extremes: usize, rows: usize, classes: usize, sign: f64,
): bool {
  if (wide) return extremesOf(logits, true, extremes, rows, classes, sign);
  return extremesOf(logits, false, extremes, rows, classes, sign);
}

@inline function extremesOf(
  z: usize, wide: bool, extremes: usize, rows: usize, classes: usize, sign: f64,
): bool {
  let refused = f64x2.splat(0), impossible = false;
  const size: usize = wide ? 8 : 4, sign2 = f64x2.splat(sign), none = f64x2.splat(-Infinity), huge = f64x2.splat(Infinity);
  for (; rows > 0; rows--, extremes += 16) {
    const end = z + classes * size, pairs = z + (classes & -2) * size;
    let most = none, least = huge;
    for (; z < pairs; z += 2 * size) {
      const z0 = pairOf(z, wide), possible = f64x2.gt(z0, none), y = f64x2.mul(z0, sign2);
      most = f64x2.pmax(most, v128.bitselect(y, none, possible));
      least = f64x2.pmin(least, v128.bitselect(y, huge, possible));
      refused = v128.or(refused, v128.not(f64x2.lt(z0, huge)));
    }
    let above = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
    let below = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
    for (; z < end; z += size) {
      const y = singleOf(z, wide);
      if (y == -Infinity) continue;
      refused = v128.or(refused, v128.not(f64x2.lt(f64x2.splat(y), huge)));
      above = max(above, y * sign);
      below = min(below, y * sign);
    }
    store<f64>(extremes, above);
    store<f64>(extremes, below, 8);
    if (above == -Infinity) impossible = true;
  }
  return !impossible && !v128.any_true(refused);
}

/**
 * Sums of w·dᵐ over each row, m = 0 … 3, with d = sign·z − largest, w = exp(rate·d): f64, four for each row. What cannot
 * occur, −∞, has weight 0, at a rate of 0 as well.
 *
 * @param largest - f64, one per row.
 * @param inverse - by which the last is multiplied, so that the cube of a huge distance does not overflow.
 */
export function momentsOfRows(
  logits: usize, wide: bool, largest: usize, moments: usize, rows: usize, classes: usize, sign: f64, rate: f64,
  inverse: f64,
): void {
  if (wide) momentsOf(logits, true, largest, moments, rows, classes, sign, rate, inverse);
  else momentsOf(logits, false, largest, moments, rows, classes, sign, rate, inverse);
}

@inline function momentsOf(
  z: usize, wide: bool, largest: usize, moments: usize, rows: usize, classes: usize, sign: f64, rate: f64,
  inverse: f64,
): void {
  const perStep = constant(PER_STEP), shift = constant(ROUNDING_SHIFT), high = constant(STEP_HIGH);
  const low = constant(STEP_LOW), c2 = constant(C2), c3 = constant(C3), c4 = constant(C4), c5 = constant(C5);
  const least = constant(LEAST), size: usize = wide ? 8 : 4, none = f64x2.splat(-Infinity);
  const sign2 = f64x2.splat(sign), rate2 = f64x2.splat(rate), inverse2 = f64x2.splat(inverse);
  for (; rows > 0; rows--, moments += 32, largest += 8) {
    const max2 = f64x2.splat(load<f64>(largest)), pairs = z + (classes & -2) * size;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (; z < pairs; z += 2 * size) {
      const z0 = pairOf(z, wide), possible = f64x2.gt(z0, none);
      const d = v128.and(f64x2.sub(f64x2.mul(sign2, z0), max2), possible);
      const e = exponential(f64x2.mul(rate2, d), perStep, shift, high, low, c2, c3, c4, c5, least);
      const w = v128.and(e, possible), m = f64x2.mul(w, d), q = f64x2.mul(m, d);
      s0 = f64x2.add(s0, w); s1 = f64x2.add(s1, m); s2 = f64x2.add(s2, q);
      s3 = f64x2.add(s3, f64x2.mul(q, f64x2.mul(d, inverse2)));
    }
    if (classes & 1) {
      const z0 = f64x2.splat(singleOf(z, wide)), possible = v128.and(f64x2.gt(z0, none), i64x2(-1, 0));
      const d = v128.and(f64x2.sub(f64x2.mul(sign2, z0), max2), possible);
      const e = exponential(f64x2.mul(rate2, d), perStep, shift, high, low, c2, c3, c4, c5, least);
      const w = v128.and(e, possible), m = f64x2.mul(w, d), q = f64x2.mul(m, d);
      s0 = f64x2.add(s0, w); s1 = f64x2.add(s1, m); s2 = f64x2.add(s2, q);
      s3 = f64x2.add(s3, f64x2.mul(q, f64x2.mul(d, inverse2)));
      z += size;
    }
    store<f64>(moments, total(s0)); store<f64>(moments, total(s1), 8);
    store<f64>(moments, total(s2), 16); store<f64>(moments, total(s3), 24);
  }
}
