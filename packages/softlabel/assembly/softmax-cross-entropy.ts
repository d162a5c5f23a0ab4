/**
 * Softmax cross-entropy against smoothed labels, and its gradient; float32, four classes at a time.
 *
 *     H(q, p) = (Σ q)·lse − ⟨q, z⟩        lse = log Σ exp z,  p = exp(z − lse)
 *     H(u, p) = (Σ u)·lse − ⟨u, z⟩
 *     gradient = scale·(p − q′)           q′ = hard·q + smooth·u
 *
 * A row takes two passes:
 *   1. e = unit·exp(z − top), with Σ e, and of these what is asked for: Σ (z − top), ⟨u, z − top⟩, ⟨q, z − top⟩. e goes
 *      where the gradient will be, or, where that is the logits' own place or nowhere, to one row of scratch memory;
 *   2. gradient = e·(scale/Σ e) − scale·q′, backwards, since the row's end is still in the nearest cache.
 * With both q and u, ⟨u, z − top⟩ is a pass of its own: pass 1 then takes q for its one vector of weights, w.
 *
 * Pass 1 first runs with top = 0, which needs no look at the row beforehand and is right for most rows there are
 * (`exponentials`). It watches its own exponents; a row that leaves their window is done again with top = the row's
 * maximum (`shiftedExponentials`), and so are the next few rows, which are probably alike.
 *
 * Why no row passes the window wrongly. Pass 1 forms N = fl(M − v) of every element, v = z·log2 e, and n = M − N.
 *
 * Without fused multiply-add, M = 64 − 2²⁴. The row passes if (a) the bits of all N, and-ed, have every bit of WINDOW:
 * the sign, the bits of the exponent 150, and the mantissa's upper 16; (b) Σ z of every block and lane is < 2²⁰ and not
 * NaN, or, where u takes the place of that sum, the bits of all N, or-ed, have no bits besides, but the lowest seven.
 *
 * Claim: then every N is an integer of [−2²⁴ + 1, −2²⁴ + 128], so that n is an integer of [−64, 63]; floats there are
 * the integers, so |v − n| ≤ ½: just what the polynomial asks for.
 * Proof. By (a) each N is negative, its exponent one of 150, 151, 158, …, 255 (those with all bits of 150), and its
 * mantissa ≥ 2 − 2⁻¹⁶. Exponent 150 is the claim. With u, (b) leaves no other. With Σ z: 255 is NaN, since the mantissa
 * is not 0; then z is NaN, so is the sum that it is part of, and (b) fails. From 151 on, |N| ≥ 2²⁵ − 2⁹, so
 * v ≥ 2²⁴ − 600 and z > 11,000,000 for each such element: all on one side, where nothing can cancel. The others of its
 * block and lane, at most 64, have z ≥ −45, so their sum is > 10,000,000, whatever the order of its additions, for
 * rounding is monotonic; and (b) fails.
 *
 * With fused multiply-add v need not exist by itself, and N and M are kept in units of 2¹⁰⁴: the exponent of WINDOW is
 * 254, whose bits only 255 has too. (a) alone leaves 254, the claim, and NaN; z is NaN then, since of finite z come
 * finite N and ∞, with a mantissa of 0; so is Σ z or ⟨u, z⟩ of its block and lane, u = 0 or not, and `sum < 2²⁰` fails.
 *
 * A vector that the row's end cuts is the row's last four classes once more, of which only the new ones are summed;
 * with fewer than four classes it begins before the row, in whatever lies there, of which nothing is kept.
 *
 * Arrays are row-major; logits, gradient, prior and distributions f32, labels i32 with −1 for a row that is left out,
 * everything else f64 with one number a row; `labelSums` are Σ q, 0 where labels are class indices. `scratch` has room for
 * classes + 4 floats, and for 4 before it, unless there is a gradient apart from the logits and classes ≥ 4.
 * Addresses are ≥ 16; gradient and prior are 0 where there is none.
 */
import {
  addWide, constant, exponential, inUnits, lastLanes, log, multiplyAdd, rounded, total,
  FUSED, LN2, LOG2E, LOWEST, MAGIC, SHIFTED_MAGIC, UNIT,
  WINDOW_LN2, WINDOW_LOG2E, WINDOW_MAGIC, WINDOW_SHIFTED_MAGIC,
} from "./exponential";
export { writeConstants } from "./exponential";
export { labelEntries, labelSums } from "./label-rows";

/** The bits of M − n for −64 ≤ n < 64, but for the lowest seven. */
@inline const WINDOW: i32 = FUSED ? 0xff7fff80 : 0xcb7fff80;
/** No block of a row in the window sums to this, and every block of a row that only looks so does. */
@inline const LARGEST_SUM: f32 = 1048576;
@inline const FAST_UNIT: f64 = UNIT / 18446744073709551616.0;
/** A label's logit beyond this is not tried. */
@inline const SAFE: f64 = 22;
/**
 * The range of Σ exp z. Without fused multiply-add z·log2 e is rounded, by at most 2⁻²¹ where |z| < 11. The largest z is
 * at most log Σ exp z, and at least that less log classes; beyond 8,192 classes many small ones may make a larger sum.
 */
@inline function mostOf(classes: usize): f64 {
  return FAST_UNIT * (FUSED ? 3584912846.1 : 59874.1 * max<f64>(1, <f64>classes / 8192));
}
@inline function leastOf(classes: usize): f64 {
  return FAST_UNIT * (FUSED ? 1 / 3584912846.1 : <f64>classes / 59874.1);
}
/** Bytes of a row that are summed in float32, by twos, before the sum is widened: 64 numbers a lane. */
@inline const BLOCK: usize = 1024;
/** The same where numbers may be large: 32 a lane, whose sum is off by 16 roundings at most, below 1e-6 of it. */
@inline const SHIFTED_BLOCK: usize = 512;
/** A float32 sum below this has met −∞ or came near overflow. */
@inline const LEAST_SUM: f64 = -1e30;
@inline const LEAST_NUMBER: f32 = -3.4028234663852886e38;
/** How many rows go straight to their maximum after one that left the window. */
@inline const PATIENCE: i32 = 7;

// What pass 1 hands back.
let sumExp: f64 = 0; // Σ e
let dotPrior: f64 = 0; // ⟨u, z − top⟩, or Σ (z − top) where w is not u
let dotLabels: f64 = 0; // ⟨q, z − top⟩

/** Pass 1 with top = 0, for classes ≥ 4. False: the row is out of the window, and nothing handed back counts. */
@inline function exponentials(
  z: usize, e: usize, w: usize, classes: usize, SUM: bool, WEIGHTED: bool,
): bool {
  const log2e = constant(WINDOW_LOG2E), magic = constant(WINDOW_MAGIC), ln2 = constant(WINDOW_LN2);
  const c0 = constant(0), c1 = constant(1), c2 = constant(2), magic5 = constant(WINDOW_SHIFTED_MAGIC);
  const end = z + (classes << 2);
  let common = i32x4.splat(-1), united = i32x4.splat(0), small = common;
  let s64 = f64x2.splat(0), t64 = f64x2.splat(0), m64 = f64x2.splat(0);
  while (z < end) {
    const stop = min(z + BLOCK, end);
    let s = f32x4.splat(0), t = f32x4.splat(0), m = f32x4.splat(0);
    for (; z + 32 <= stop; z += 32, e += 32) {
      const z0 = v128.load(z), z1 = v128.load(z, 16);
      const v0 = inUnits(z0, log2e), v1 = inUnits(z1, log2e);
      const n0 = rounded(v0, log2e, magic), n1 = rounded(v1, log2e, magic);
      const e0 = exponential(v0, n0, magic5, ln2, c0, c1, c2), e1 = exponential(v1, n1, magic5, ln2, c0, c1, c2);
      v128.store(e, e0); v128.store(e, e1, 16);
      common = v128.and(common, v128.and(n0, n1));
      if (!SUM && !FUSED) united = v128.or(united, v128.or(n0, n1));
      s = f32x4.add(s, f32x4.add(e0, e1));
      if (SUM) t = f32x4.add(t, f32x4.add(z0, z1));
      if (WEIGHTED) {
        m = f32x4.add(m, multiplyAdd(z0, v128.load(w), f32x4.mul(z1, v128.load(w, 16))));
        w += 32;
      }
    }
    for (; z < stop; z += 16, e += 16) {
      const count: usize = min<usize>((stop - z) >> 2, 4), back: usize = 16 - (count << 2), lanes = lastLanes(count);
      const z0 = v128.load(z - back), v = inUnits(z0, log2e), n = rounded(v, log2e, magic);
      const e0 = exponential(v, n, magic5, ln2, c0, c1, c2), counted = v128.and(z0, lanes);
      v128.store(e - back, e0);
      common = v128.and(common, n);
      if (!SUM && !FUSED) united = v128.or(united, n);
      s = f32x4.add(s, v128.and(e0, lanes));
      if (SUM) t = f32x4.add(t, counted);
      if (WEIGHTED) { m = multiplyAdd(counted, v128.load(w - back), m); w += 16; }
    }
    small = v128.and(small, f32x4.lt(SUM ? t : m, f32x4.splat(LARGEST_SUM))); // NaN: false
    s64 = addWide(s64, s);
    if (SUM) t64 = addWide(t64, t);
    if (WEIGHTED) m64 = addWide(m64, m);
  }
  sumExp = total(s64);
  dotPrior = total(SUM ? t64 : m64);
  if (SUM && WEIGHTED) dotLabels = total(m64);
  const window = i32x4.splat(WINDOW);
  let inside = v128.and(small, i32x4.eq(v128.and(common, window), window));
  if (!SUM && !FUSED) inside = v128.and(inside, i32x4.eq(v128.andnot(united, i32x4.splat(0x7f)), window));
  return i32x4.all_true(inside);
}

@inline function exponentialsPlain(z: usize, e: usize, classes: usize): bool {
  return exponentials(z, e, 0, classes, true, false);
}
function exponentialsPrior(z: usize, e: usize, u: usize, classes: usize): bool {
  return exponentials(z, e, u, classes, false, true);
}
function exponentialsLabels(z: usize, e: usize, q: usize, classes: usize): bool {
  return exponentials(z, e, q, classes, true, true);
}

/** The largest element; NaN counts for nothing. */
function largest(z: usize, classes: usize): f32 {
  const end = z + (classes << 2);
  let a = f32x4.splat(-Infinity), b = a, c = a, d = a;
  for (; z + 64 <= end; z += 64) {
    a = f32x4.pmax(a, v128.load(z)); b = f32x4.pmax(b, v128.load(z, 16));
    c = f32x4.pmax(c, v128.load(z, 32)); d = f32x4.pmax(d, v128.load(z, 48));
  }
  for (; z < end; z += 4) b = f32x4.pmax(b, v128.load32_splat(z));
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  const first = max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1));
  return max(first, max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)));
}

/** Pass 1 for any row whose maximum is finite: e is exactly 0 below 2⁻⁹⁰ of it, so for −∞; NaN shows in every sum but Σ e. */
@inline function shiftedExponentials(
  z: usize, e: usize, w: usize, classes: usize, top: f32, WEIGHTED: bool,
): void {
  const log2e = constant(LOG2E), magic = constant(MAGIC), ln2 = constant(LN2), lowest = constant(LOWEST);
  const c0 = constant(0), c1 = constant(1), c2 = constant(2), magic5 = constant(SHIFTED_MAGIC);
  const top4 = f32x4.splat(top), least = f32x4.splat(LEAST_NUMBER);
  const end = z + (classes << 2);
  let s64 = f64x2.splat(0), t64 = f64x2.splat(0), m64 = f64x2.splat(0);
  while (z < end) {
    const stop = min(z + SHIFTED_BLOCK, end);
    let s = f32x4.splat(0), t = f32x4.splat(0), m = f32x4.splat(0);
    for (; z + 32 <= stop; z += 32, e += 32) {
      const d0 = f32x4.sub(v128.load(z), top4), d1 = f32x4.sub(v128.load(z, 16), top4);
      const v0 = inUnits(d0, log2e), v1 = inUnits(d1, log2e);
      const k0 = f32x4.pmax(v0, lowest), k1 = f32x4.pmax(v1, lowest);
      const n0 = rounded(k0, log2e, magic), n1 = rounded(k1, log2e, magic);
      const e0 = v128.andnot(exponential(k0, n0, magic5, ln2, c0, c1, c2), f32x4.lt(v0, lowest));
      const e1 = v128.andnot(exponential(k1, n1, magic5, ln2, c0, c1, c2), f32x4.lt(v1, lowest));
      v128.store(e, e0); v128.store(e, e1, 16);
      s = f32x4.add(s, f32x4.add(e0, e1));
      t = f32x4.add(t, f32x4.add(d0, d1));
      if (WEIGHTED) {
        // 0·−∞ is no number; 0 times the least number is 0.
        const f0 = f32x4.pmax(d0, least), f1 = f32x4.pmax(d1, least);
        m = f32x4.add(m, multiplyAdd(f0, v128.load(w), f32x4.mul(f1, v128.load(w, 16))));
        w += 32;
      }
    }
    for (; z < stop; z += 16, e += 16) {
      const count: usize = min<usize>((stop - z) >> 2, 4), back: usize = 16 - (count << 2), lanes = lastLanes(count);
      const d = f32x4.sub(v128.load(z - back), top4), v = inUnits(d, log2e);
      const k = f32x4.pmax(v, lowest), n = rounded(k, log2e, magic);
      const e0 = v128.andnot(exponential(k, n, magic5, ln2, c0, c1, c2), f32x4.lt(v, lowest));
      v128.store(e - back, e0);
      s = f32x4.add(s, v128.and(e0, lanes));
      t = f32x4.add(t, v128.and(d, lanes));
      if (WEIGHTED) {
        m = multiplyAdd(v128.and(f32x4.pmax(d, least), lanes), v128.and(v128.load(w - back), lanes), m);
        w += 16;
      }
    }
    s64 = addWide(s64, s); t64 = addWide(t64, t);
    if (WEIGHTED) m64 = addWide(m64, m);
  }
  sumExp = total(s64); dotPrior = total(t64);
  if (WEIGHTED) dotLabels = total(m64);
}

function shiftedPlain(z: usize, e: usize, classes: usize, top: f32): void {
  shiftedExponentials(z, e, 0, classes, top, false);
}
function shiftedWeighted(z: usize, e: usize, w: usize, classes: usize, top: f32): void {
  shiftedExponentials(z, e, w, classes, top, true);
}

/** ⟨w, z − top⟩ by itself, with −∞ for the least number as above. */
function dotOf(z: usize, w: usize, classes: usize, top: f32): f64 {
  const top4 = f32x4.splat(top), least = f32x4.splat(LEAST_NUMBER), end = z + (classes << 2);
  let m64 = f64x2.splat(0);
  while (z < end) {
    const stop = min(z + SHIFTED_BLOCK, end);
    let m = f32x4.splat(0);
    for (; z + 32 <= stop; z += 32, w += 32) {
      const f0 = f32x4.pmax(f32x4.sub(v128.load(z), top4), least);
      const f1 = f32x4.pmax(f32x4.sub(v128.load(z, 16), top4), least);
      m = f32x4.add(m, multiplyAdd(f0, v128.load(w), f32x4.mul(f1, v128.load(w, 16))));
    }
    for (; z < stop; z += 4, w += 4) {
      m = multiplyAdd(f32x4.pmax(f32x4.sub(v128.load32_zero(z), top4), least), v128.load32_zero(w), m);
    }
    m64 = addWide(m64, m);
  }
  return total(m64);
}

/**
 * Whether z − top is −∞ in float32 where a class has a share: the least number times a tiny one passes unnoticed. What
 * lies before a row that is no whole number of vectors may make it true, never false.
 */
function meets(z: usize, q: usize, u: usize, bytes: usize, top: f32): bool {
  const top4 = f32x4.splat(top), least = f32x4.splat(LEAST_NUMBER);
  let met = i32x4.splat(0);
  for (let at = <isize>bytes - 16; at > -16; at -= 16) {
    const low = f32x4.lt(f32x4.sub(v128.load(z + at), top4), least);
    met = v128.or(met, v128.and(low, v128.or(v128.load(u + at), v128.load(q + at))));
  }
  return v128.any_true(met);
}

/** The inner product once more in float64, where −∞ has met a class or float32 would overflow; w = 0: Σ. NaN stays. */
function exactDot(z: usize, w: usize, classes: usize, top: f64): f64 {
  let sum: f64 = 0;
  for (const end = z + (classes << 2); z < end; z += 4) {
    const d = <f64>load<f32>(z) - top;
    let share: f64 = 1;
    if (w) { share = load<f32>(w); w += 4; }
    sum += share == 0 ? (d == d ? 0 : NaN) : share * d;
  }
  return sum;
}

/** Pass 2: g = e·a + (u or 1)·b + q·h. */
@inline function finish(
  e: usize, g: usize, q: usize, u: usize, classes: usize, a: f32, b: f32, h: f32, PRIOR: bool, LABELS: bool,
): void {
  const a4 = f32x4.splat(a), b4 = f32x4.splat(b), h4 = f32x4.splat(h);
  const bytes = classes << 2, cut = bytes & 15;
  // The cut vector overlaps the one before, so it is read first and written last.
  const tail = gradientOf(e, q, u, bytes - 16, a4, b4, h4, PRIOR, LABELS);
  let at = bytes - cut;
  while (at >= 64) {
    at -= 64;
    const to = g + at;
    v128.store(to, gradientOf(e, q, u, at + 48, a4, b4, h4, PRIOR, LABELS), 48);
    v128.store(to, gradientOf(e, q, u, at + 32, a4, b4, h4, PRIOR, LABELS), 32);
    v128.store(to, gradientOf(e, q, u, at + 16, a4, b4, h4, PRIOR, LABELS), 16);
    v128.store(to, gradientOf(e, q, u, at, a4, b4, h4, PRIOR, LABELS));
  }
  while (at > 0) {
    at -= 16;
    v128.store(g + at, gradientOf(e, q, u, at, a4, b4, h4, PRIOR, LABELS));
  }
  if (!cut) return;
  if (bytes > 16) v128.store(g + bytes - 16, tail);
  else {
    if (classes == 3) v128.store_lane<f32>(g, tail, 1);
    v128.store_lane<i64>(g + bytes - 8, tail, 1);
  }
}

@inline function gradientOf(
  e: usize, q: usize, u: usize, at: usize, a: v128, b: v128, h: v128, PRIOR: bool, LABELS: bool,
): v128 {
  const x = v128.load(e + at);
  const y = PRIOR ? multiplyAdd(v128.load(u + at), b, f32x4.mul(x, a)) : multiplyAdd(x, a, b);
  return LABELS ? multiplyAdd(v128.load(q + at), h, y) : y;
}

function finishPlain(e: usize, g: usize, classes: usize, a: f32, b: f32): void {
  finish(e, g, 0, 0, classes, a, b, 0, false, false);
}
function finishPrior(e: usize, g: usize, u: usize, classes: usize, a: f32, b: f32): void {
  finish(e, g, 0, u, classes, a, b, 0, true, false);
}
function finishLabels(e: usize, g: usize, q: usize, classes: usize, a: f32, b: f32, h: f32): void {
  finish(e, g, q, 0, classes, a, b, h, false, true);
}
function finishBoth(e: usize, g: usize, q: usize, u: usize, classes: usize, a: f32, b: f32, h: f32): void {
  finish(e, g, q, u, classes, a, b, h, true, true);
}

/** What is left of the row when it has no gradient or no number in it. */
function leave(gradient: usize, hq: usize, hu: usize, classes: usize, x: f32): void {
  store<f64>(hq, x); store<f64>(hu, x);
  if (!gradient) return;
  for (const end = gradient + (classes << 2); gradient < end; gradient += 4) store<f32>(gradient, x);
}

export function softmaxCrossEntropy(
  logits: usize, gradient: usize, labels: usize, labelSums: usize, prior: usize, hard: usize, smooth: usize,
  scales: usize, crossEntropy: usize, priorCrossEntropy: usize, scratch: usize, rows: usize, classes: usize,
): void {
  const rowBytes = classes << 2, apart = gradient != 0 && gradient != logits && classes >= 4;
  const perClass = 1 / <f64>classes, least = leastOf(classes), most = mostOf(classes);
  let sumPrior: f64 = 1, hasty = 0;
  if (prior) {
    sumPrior = 0;
    for (let k: usize = 0; k < rowBytes; k += 4) sumPrior += load<f32>(prior + k);
  }
  for (let i: usize = 0; i < rows; i++, logits += rowBytes, gradient += gradient ? rowBytes : 0) {
    const scale = load<f64>(scales + (i << 3));
    const label: i32 = labelSums ? 0 : load<i32>(labels + (i << 2));
    const w = labelSums ? labels + i * rowBytes : prior, at = <usize>label << 2;
    const hq = crossEntropy + (i << 3), hu = priorCrossEntropy + (i << 3);
    if (scale == 0 || label < 0) {
      leave(gradient, hq, hu, classes, 0);
      continue;
    }
    const zy: f64 = load<f32>(logits + at);
    if (classes == 1) {
      leave(gradient, hq, hu, classes, <f32>(zy - zy)); // NaN of what is not finite
      continue;
    }

    const e = apart ? gradient : scratch;

    // Pass 1. From here e = unit·exp(z − top).
    let top: f64 = 0, perUnit = 1 / FAST_UNIT, done = false;
    if (hasty > 0) hasty--;
    else if (abs(zy) < SAFE && classes >= 4) {
      done = labelSums
        ? exponentialsLabels(logits, e, w, classes)
        : prior ? exponentialsPrior(logits, e, w, classes) : exponentialsPlain(logits, e, classes);
      done = done && sumExp > least && sumExp < most;
      if (!done) hasty = PATIENCE;
    }
    if (!done) {
      const maximum = largest(logits, classes);
      if (w) shiftedWeighted(logits, e, w, classes, maximum);
      else shiftedPlain(logits, e, classes, maximum);
      top = maximum; perUnit = 1 / UNIT;
      if (prior) dotPrior = labelSums ? dotOf(logits, prior, classes, maximum) : dotLabels; // which w was u
      const large = !(dotPrior > LEAST_SUM && (!labelSums || dotLabels > LEAST_SUM));
      if (large || (prior && meets(logits, w, prior, rowBytes, maximum))) {
        dotPrior = exactDot(logits, prior, classes, top);
        if (labelSums) dotLabels = exactDot(logits, w, classes, top);
      }
      if (!(abs(top) < Infinity && dotPrior == dotPrior)) {
        leave(gradient, hq, hu, classes, NaN);
        continue;
      }
    } else if (labelSums && prior) dotPrior = dotOf(logits, prior, classes, 0);

    // The losses. Where e[y] is most of Σ e, −log p[y] = log(Σ e/e[y]) does not cancel.
    const ey: f64 = load<f32>(e + at), dy = zy - top;
    let lse: f64;
    if (labelSums) {
      lse = log(sumExp * perUnit);
      store<f64>(hq, load<f64>(labelSums + (i << 3)) * lse - dotLabels);
    } else if (ey + ey > sumExp) {
      const loss = log(sumExp / ey);
      lse = loss + dy;
      store<f64>(hq, loss);
    } else {
      lse = log(sumExp * perUnit);
      store<f64>(hq, lse - dy);
    }
    store<f64>(hu, prior ? sumPrior * lse - dotPrior : lse - dotPrior * perClass);

    // Pass 2.
    if (!gradient) continue;
    const perSum = 1 / sumExp;
    const h = load<f64>(hard + (i << 3)), share = load<f64>(smooth + (i << 3)), b = prior ? share : share * perClass;
    const a4 = <f32>(scale * perSum), b4 = <f32>(-scale * b), h4 = <f32>(-scale * h);
    if (labelSums) {
      if (prior) finishBoth(e, gradient, w, prior, classes, a4, b4, h4);
      else finishLabels(e, gradient, w, classes, a4, b4, h4);
    } else {
      if (prior) finishPrior(e, gradient, prior, classes, a4, b4);
      else finishPlain(e, gradient, classes, a4, b4);
      const uy: f64 = prior ? load<f32>(prior + at) : 1;
      store<f32>(gradient + at, <f32>(scale * (ey * perSum - h - b * uy)));
    }
  }
}
