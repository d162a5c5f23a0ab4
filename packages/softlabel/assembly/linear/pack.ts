// Panels of `tile` lanes, a multiple of 4: to[p][k][lane], filled up with zeros to whole lanes and to a depth that is a
// multiple of 4. Rows of the source are `strideBytes` apart.

/** The depth runs along a row of the source: to[p][k][lane] = from[p·tile + lane][k]. */
export function packAlong(from: usize, strideBytes: usize, lanes: i32, depth: i32, to: usize, tile: i32): void {
  const padded = (depth + 3) & ~3;
  const tileBytes = (<usize>tile) << 2;
  const panelBytes = <usize>padded * tileBytes;
  for (let lane = 0; lane < lanes; lane += 4, from += 4 * strideBytes) {
    const target = to + <usize>(lane / tile) * panelBytes + ((<usize>(lane % tile)) << 2);
    packFour(from, strideBytes, min(lanes - lane, 4), depth, target, tileBytes);
  }
  // Fours of lanes that the last panel has and the source has not.
  const filled = (lanes + 3) & ~3;
  for (let lane = filled; lane % tile !== 0; lane += 4) {
    let target = to + <usize>(lane / tile) * panelBytes + ((<usize>(lane % tile)) << 2);
    for (let k = 0; k < padded; k++, target += tileBytes) v128.store(target, f32x4.splat(0));
  }
}

/** Up to four rows of the source, transposed into four lanes. */
function packFour(from: usize, strideBytes: usize, rows: i32, depth: i32, to: usize, tileBytes: usize): void {
  const whole = depth & ~3;
  for (let k = 0; k < whole; k += 4, from += 16, to += 4 * tileBytes) {
    const zero = f32x4.splat(0);
    const r0 = v128.load(from);
    const r1 = rows > 1 ? v128.load(from + strideBytes) : zero;
    const r2 = rows > 2 ? v128.load(from + 2 * strideBytes) : zero;
    const r3 = rows > 3 ? v128.load(from + 3 * strideBytes) : zero;
    const low01 = i8x16.shuffle(r0, r1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const low23 = i8x16.shuffle(r2, r3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const high01 = i8x16.shuffle(r0, r1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const high23 = i8x16.shuffle(r2, r3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store(to, i8x16.shuffle(low01, low23, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    v128.store(
      to + tileBytes,
      i8x16.shuffle(low01, low23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
    );
    v128.store(
      to + 2 * tileBytes,
      i8x16.shuffle(high01, high23, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    );
    v128.store(
      to + 3 * tileBytes,
      i8x16.shuffle(high01, high23, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
    );
  }
  if (whole === depth) return;
  for (let k = whole; k < whole + 4; k++, from += 4, to += tileBytes) {
    let source = from;
    for (let row = 0; row < 4; row++, source += strideBytes) {
      store<f32>(to + ((<usize>row) << 2), row < rows && k < depth ? load<f32>(source) : 0);
    }
  }
}

/** The depth runs across the rows of the source: to[p][k][lane] = from[k][p·tile + lane]. */
export function packAcross(from: usize, strideBytes: usize, lanes: i32, depth: i32, to: usize, tile: i32): void {
  const tileBytes = (<usize>tile) << 2;
  const padding = <usize>((4 - (depth & 3)) & 3) * tileBytes;
  for (let lane = 0; lane < lanes; lane += tile, from += tileBytes) {
    const thereBytes = (<usize>min(lanes - lane, tile)) << 2;
    let source = from;
    for (let k = 0; k < depth; k++, source += strideBytes, to += tileBytes) {
      let at: usize = 0;
      for (; at + 16 <= thereBytes; at += 16) v128.store(to + at, v128.load(source + at));
      for (; at < thereBytes; at += 4) store<f32>(to + at, load<f32>(source + at));
      for (; at < tileBytes; at += 4) store<f32>(to + at, 0);
    }
    memory.fill(to, 0, padding);
    to += padding;
  }
}
