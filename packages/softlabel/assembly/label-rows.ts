/**
 * Label distributions as they are read before anything is written: rows of float32, one after another, from any address
 * that is a multiple of 4. Nothing beside them is read.
 */
import { addWide, total } from "./exponential";

/** So many entries a row may be other than 0 for labels to count as sparse: one-hot and mixed ones are. */
@inline const FEW: i32 = 8;
/** Bytes of a row that are summed in float32, by fours, before the sum is widened: sixteen additions a lane. */
@inline const BLOCK: usize = 512;

/**
 * Finds the entries that are not 0; NaN is one.
 *
 * @param counts - i32, how many each row has. @param positions - i32, their classes; FEW a row, rising.
 * @returns Whether no row has more than FEW.
 */
export function labelEntries(q: usize, rows: usize, classes: usize, counts: usize, positions: usize): bool {
  for (; rows > 0; rows--, counts += 4, positions += FEW << 2) {
    const start = q, end = q + (classes << 2);
    let count = 0;
    while (q < end) {
      // Most of sparse labels are zeros: sixteen of them are one step.
      let stop = end;
      if (q + 64 <= end) {
        const a = v128.or(v128.load(q), v128.load(q, 16)), b = v128.or(v128.load(q, 32), v128.load(q, 48));
        stop = q + 64;
        if (!v128.any_true(v128.or(a, b))) { q = stop; continue; }
      }
      for (; q < stop; q += 4) {
        if (load<f32>(q) == 0) continue;
        if (count == FEW) return false;
        store<i32>(positions + (count++ << 2), <i32>((q - start) >> 2));
      }
    }
    store<i32>(counts, count);
  }
  return true;
}

@inline function mix(hash: v128, more: v128): v128 {
  return i32x4.mul(i32x4.add(v128.xor(hash, i32x4.shr_u(hash, 15)), more), i32x4.splat(0x2c1b3c6d));
}

/**
 * Sums each row, and takes a hash of all numbers by which a later change of any of them shows.
 *
 * In a block of n vectors, lane by lane, a = Σ bits[i], which no single change leaves as it was, and
 * h = Σ (n − i)·bits[i], which tells where each stands. Blocks are mixed by a multiplication and a shift, since the lowest
 * bits of many floats are 0.
 *
 * @param sums - f64, Σ q of each row. @param hash - i32x4; goes on from what it holds.
 * @returns Whether no number has a sign; −0 has one. NaN shows in its row's sum.
 */
export function labelSums(q: usize, rows: usize, classes: usize, sums: usize, hash: usize): bool {
  let mixed = v128.load(hash), signs = i32x4.splat(0);
  for (; rows > 0; rows--, sums += 8) {
    const end = q + (classes << 2);
    let s64 = f64x2.splat(0);
    while (q < end) {
      const stop = min(q + BLOCK, end);
      let s = f32x4.splat(0), a = i32x4.splat(0), h = a;
      for (; q + 32 <= stop; q += 32) {
        const q0 = v128.load(q), q1 = v128.load(q, 16);
        s = f32x4.add(s, f32x4.add(q0, q1));
        signs = v128.or(signs, v128.or(q0, q1));
        a = i32x4.add(a, q0); h = i32x4.add(h, a); a = i32x4.add(a, q1); h = i32x4.add(h, a);
      }
      for (; q < stop; q += 4) {
        const q0 = v128.load32_zero(q);
        s = f32x4.add(s, q0);
        signs = v128.or(signs, q0);
        a = i32x4.add(a, q0); h = i32x4.add(h, a);
      }
      s64 = addWide(s64, s);
      mixed = mix(mix(mixed, h), a);
    }
    store<f64>(sums, total(s64));
  }
  v128.store(hash, mixed);
  return !i32x4.bitmask(signs);
}
