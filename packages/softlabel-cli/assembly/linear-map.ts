// A small matrix applied along one axis of a tensor, the other axes being runs of numbers that are treated alike.

/**
 * target[p] = Σ matrix[p, i] · source[i] over runs of `runBytes`, a multiple of 16, `repeats` times; entries that are 0
 * are left out. Steps are in bytes; the matrix is [outs, ins], row by row.
 */
export function linearMap(
  matrix: usize,
  outs: i32,
  ins: i32,
  source: usize,
  sourceStep: usize,
  sourceRepeat: usize,
  target: usize,
  targetStep: usize,
  targetRepeat: usize,
  runBytes: usize,
  repeats: i32,
): void {
  for (let r = 0; r < repeats; r++, source += sourceRepeat, target += targetRepeat) {
    let at: usize = 0;
    for (; at + 64 <= runBytes; at += 64) {
      let entry = matrix;
      let to = target + at;
      for (let p = 0; p < outs; p++, to += targetStep) {
        let sum0 = f32x4.splat(0);
        let sum1 = sum0;
        let sum2 = sum0;
        let sum3 = sum0;
        let from = source + at;
        for (let i = 0; i < ins; i++, entry += 4, from += sourceStep) {
          const scale = load<f32>(entry);
          if (scale === 0) continue;
          const scales = f32x4.splat(scale);
          sum0 = f32x4.add(sum0, f32x4.mul(scales, v128.load(from)));
          sum1 = f32x4.add(sum1, f32x4.mul(scales, v128.load(from, 16)));
          sum2 = f32x4.add(sum2, f32x4.mul(scales, v128.load(from, 32)));
          sum3 = f32x4.add(sum3, f32x4.mul(scales, v128.load(from, 48)));
        }
        v128.store(to, sum0);
        v128.store(to, sum1, 16);
        v128.store(to, sum2, 32);
        v128.store(to, sum3, 48);
      }
    }
    for (; at < runBytes; at += 16) {
      let entry = matrix;
      let to = target + at;
      for (let p = 0; p < outs; p++, to += targetStep) {
        let sum = f32x4.splat(0);
        let from = source + at;
        for (let i = 0; i < ins; i++, entry += 4, from += sourceStep) {
          const scale = load<f32>(entry);
          if (scale === 0) continue;
          sum = f32x4.add(sum, f32x4.mul(f32x4.splat(scale), v128.load(from)));
        }
        v128.store(to, sum);
      }
    }
  }
}
