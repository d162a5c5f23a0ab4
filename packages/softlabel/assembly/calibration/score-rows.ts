// One pass over rows of logits: what each predicts, what its label costs, and its probabilities into bins by class.
//
//     e[k] = exp(z[k] − max), 0 at the top itself        rest = Σ e,  squares = Σ e²        p = e/(1 + rest)
//
// The steps, the order of sums (even classes, odd classes, then both) and so the bits are those of
// src/calibration/score-logits.ts.
import {C2, C3, C4, C5, 
  constant, exponential, LEAST, PER_STEP, ROUNDING_SHIFT, STEP_HIGH, STEP_LOW,total, 
} from "./exponential";

/** Of each row: top, how many classes come before the label, rest, squares, e[label]; f64 all. */
@inline const RECORD: usize = 40;

/**
 * Scores rows of float32 (`wide` = 0) or float64 logits.
 *
 * @param scratch - room for classes + 1 f64.
 * @param labels - i32, one per row, in [0, classes).
 * @param records - RECORD bytes per row.
 * @param sums - f64, one per class, to which p below `first` is added; 0 where no bins are asked for.
 * @param first - the upper edge of the first bin.
 * @param places - i32, the class of every other p, which goes to `shares`, f64; room for all.
 * @returns How many those are; −1 where a logit is NaN or ∞ or all of a row are −∞, and nothing written counts.
 */
export function scoreRows(
  logits: usize, wide: bool, scratch: usize, labels: usize, records: usize, rows: usize, classes: usize,
  sums: usize, first: f64, places: usize, shares: usize,
): i32 {
  let listed: usize = 0;
  const bytes = classes << (wide ? 3 : 2);
  for (let row: usize = 0; row < rows; row++) {
    const max = wide ? copyWide(logits, scratch, classes) : copyNarrow(logits, scratch, classes);
    if (!(max > -Infinity)) return -1;
    const top = placeOf(max, scratch);
    const label = <usize>load<i32>(labels + (row << 2));
    const ahead = label == top ? 0 : countAhead(scratch, label, classes);
    store<f64>(scratch + (top << 3), -Infinity);
    store<f64>(records, <f64>top);
    store<f64>(records, <f64>ahead, 8);
    exponentials(scratch, classes, max, records + 16);
    store<f64>(scratch + (top << 3), 1);
    store<f64>(records, load<f64>(scratch + (label << 3)), 32);
    if (sums) {
      const inverse = 1 / (1 + load<f64>(records, 16));
      listed = binRow(scratch, classes, inverse, sums, first, places, shares, listed);
    }
    records += RECORD;
    logits += bytes;
  }
  return <i32>listed;
}

/** Copies a row and returns its largest, NaN where one is NaN or ∞. */
function copyWide(z: usize, to: usize, classes: usize): f64 {
  const end = z + (classes << 3);
  let a = f64x2.splat(-Infinity), b = a, finite = f64x2.splat(0);
  for (; z + 32 <= end; z += 32, to += 32) {
    const z0 = v128.load(z), z1 = v128.load(z, 16);
    v128.store(to, z0); v128.store(to, z1, 16);
    a = f64x2.pmax(a, z0); b = f64x2.pmax(b, z1);
    finite = v128.or(finite, v128.or(refused(z0), refused(z1)));
  }
  for (; z < end; z += 8, to += 8) {
    const z0 = v128.load64_splat(z);
    v128.store64_lane(to, z0, 0);
    a = f64x2.pmax(a, z0);
    finite = v128.or(finite, refused(z0));
  }
  return largest(f64x2.pmax(a, b), finite);
}

/** The same from float32. */
function copyNarrow(z: usize, to: usize, classes: usize): f64 {
  const end = z + (classes << 2);
  let a = f64x2.splat(-Infinity), b = a, finite = f64x2.splat(0);
  for (; z + 16 <= end; z += 16, to += 32) {
    const z0 = f64x2.promote_low_f32x4(v128.load64_zero(z)), z1 = f64x2.promote_low_f32x4(v128.load64_zero(z, 8));
    v128.store(to, z0); v128.store(to, z1, 16);
    a = f64x2.pmax(a, z0); b = f64x2.pmax(b, z1);
    finite = v128.or(finite, v128.or(refused(z0), refused(z1)));
  }
  for (; z < end; z += 4, to += 8) {
    const z0 = f64x2.promote_low_f32x4(v128.load32_splat(z));
    v128.store64_lane(to, z0, 0);
    a = f64x2.pmax(a, z0);
    finite = v128.or(finite, refused(z0));
  }
  return largest(f64x2.pmax(a, b), finite);
}

/** All bits in the lanes of what is no logit. */
@inline function refused(z: v128): v128 {
  return v128.not(f64x2.lt(z, f64x2.splat(Infinity)));
}

@inline function largest(lanes: v128, refusals: v128): f64 {
  if (v128.any_true(refusals)) return NaN;
  return max(f64x2.extract_lane(lanes, 0), f64x2.extract_lane(lanes, 1));
}

/** The first class that has the largest logit. */
@inline function placeOf(max: f64, z: usize): usize {
  let at = z;
  while (load<f64>(at) != max) at += 8;
  return (at - z) >> 3;
}

/** Classes before the label's, those that tie with it where they come first. */
function countAhead(z: usize, label: usize, classes: usize): i32 {
  const at = z + (label << 3), end = z + (classes << 3), own = load<f64>(at), own2 = f64x2.splat(own);
  let ahead = i64x2.splat(0), single = 0;
  for (; z + 16 <= at; z += 16) ahead = i64x2.sub(ahead, f64x2.ge(v128.load(z), own2));
  if (z < at) single += <i32>(load<f64>(z) >= own);
  for (z = at + 8; z + 16 <= end; z += 16) ahead = i64x2.sub(ahead, f64x2.gt(v128.load(z), own2));
  if (z < end) single += <i32>(load<f64>(z) > own);
  return single + <i32>(i64x2.extract_lane(ahead, 0) + i64x2.extract_lane(ahead, 1));
}

/** z becomes e, for one class more where their number is odd; Σ e and Σ e² go to `sums`. */
@inline function exponentials(z: usize, classes: usize, max: f64, sums: usize): void {
  const perStep = constant(PER_STEP), shift = constant(ROUNDING_SHIFT), high = constant(STEP_HIGH);
  const low = constant(STEP_LOW), c2 = constant(C2), c3 = constant(C3), c4 = constant(C4), c5 = constant(C5);
  const least = constant(LEAST), max2 = f64x2.splat(max), end = z + (classes << 3);
  if (classes & 1) store<f64>(end, -Infinity);
  let rest = f64x2.splat(0), squares = rest;
  for (; z < end; z += 16) {
    const x = f64x2.sub(v128.load(z), max2);
    const e = exponential(x, perStep, shift, high, low, c2, c3, c4, c5, least);
    v128.store(z, e);
    rest = f64x2.add(rest, e);
    squares = f64x2.add(squares, f64x2.mul(e, e));
  }
  store<f64>(sums, total(rest));
  store<f64>(sums, total(squares), 8);
}

/** p of one row: the small ones to the first bin's sums, the others to the list. */
@inline function binRow(
  e: usize, classes: usize, inverse: f64, sums: usize, first: f64, places: usize, shares: usize, listed: usize,
): usize {
  let place = 0;
  const inverse2 = f64x2.splat(inverse), first2 = f64x2.splat(first), end = e + ((classes & -2) << 3);
  for (; e < end; e += 16, sums += 16, place += 2) {
    const p = f64x2.mul(v128.load(e), inverse2), small = f64x2.lt(p, first2);
    v128.store(sums, f64x2.add(v128.load(sums), v128.and(p, small)));
    const which = i64x2.bitmask(small);
    if (which == 3) continue;
    if (!(which & 1)) {
      store<i32>(places + (listed << 2), place);
      store<f64>(shares + (listed++ << 3), f64x2.extract_lane(p, 0));
    }
    if (!(which & 2)) {
      store<i32>(places + (listed << 2), place + 1);
      store<f64>(shares + (listed++ << 3), f64x2.extract_lane(p, 1));
    }
  }
  if (classes & 1) {
    const p = load<f64>(e) * inverse;
    if (p < first) store<f64>(sums, load<f64>(sums) + p);
    else {
      store<i32>(places + (listed << 2), place);
      store<f64>(shares + (listed++ << 3), p);
    }
  }
  return listed;
}
