// A matrix product of the speed of SIMD's registers: both operands are copied into panels that are read in the order of
// the arithmetic, and a tile of 2 × 16 results stays in registers along the inner dimension. Each result is a sum of
// sums of 256 products in the order of the inner index, by multiplications and additions alone: the same bits on every
// engine.

const tileRows: i32 = 2;
const tileColumns: i32 = 16;
/** Rows and inner indices of `a` that are packed at once: 192 × 256 numbers lie in the second cache. */
const blockRows: i32 = 192;
const blockInner: i32 = 256;

/**
 * c = a · b; every step is in bytes, so that a transposed operand is one with its steps exchanged.
 *
 * @param panels - room for (192 + 16) × 256 numbers and a tile of 32.
 */
export function product(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  panels: usize,
): void {
  const bPanel = panels + ((<usize>(blockRows * blockInner)) << 2);
  const edge = bPanel + ((<usize>(tileColumns * blockInner)) << 2);
  for (let k = 0; k < inner; k += blockInner) {
    const depth = min(blockInner, inner - k);
    for (let i = 0; i < rows; i += blockRows) {
      const height = min(blockRows, rows - i);
      packRows(panels, a + <usize>i * aRow + <usize>k * aColumn, aRow, aColumn, height, depth);
      for (let j = 0; j < columns; j += tileColumns) {
        const width = min(tileColumns, columns - j);
        packColumns(bPanel, b + <usize>k * bRow + <usize>j * bColumn, bRow, bColumn, width, depth);
        let aPanel = panels;
        for (let r = 0; r < height; r += tileRows) {
          const target = c + <usize>(i + r) * cRow + ((<usize>j) << 2);
          if (width === tileColumns && height - r >= tileRows) {
            tile(aPanel, bPanel, depth, target, cRow, k > 0);
          } else {
            const tall = min(tileRows, height - r);
            if (k > 0) copyTile(edge, 64, target, cRow, tall, width);
            tile(aPanel, bPanel, depth, edge, 64, k > 0);
            copyTile(target, cRow, edge, 64, tall, width);
          }
          aPanel += (<usize>(tileRows * depth)) << 2;
        }
      }
    }
  }
}

/** Panels of two rows, in each the rows' numbers of one column after those of another; rows that are not there are 0. */
function packRows(panel: usize, a: usize, rowStep: usize, columnStep: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r += tileRows) {
    if (rowStep === 4 && r + 1 < rows) {
      let from = a + ((<usize>r) << 2);
      for (let k = 0; k < columns; k++, from += columnStep, panel += 8) store<u64>(panel, load<u64>(from));
      continue;
    }
    for (let i = 0; i < tileRows; i++) {
      let from = a + <usize>(r + i) * rowStep;
      let to = panel + ((<usize>i) << 2);
      if (r + i < rows) {
        for (let k = 0; k < columns; k++, from += columnStep, to += 8) store<f32>(to, load<f32>(from));
      } else {
        for (let k = 0; k < columns; k++, to += 8) store<f32>(to, 0);
      }
    }
    panel += (<usize>(tileRows * columns)) << 2;
  }
}

/** One panel of sixteen columns, row after row; columns that are not there are 0. */
function packColumns(panel: usize, b: usize, rowStep: usize, columnStep: usize, columns: i32, rows: i32): void {
  if (columns === tileColumns && columnStep === 4) {
    for (let k = 0; k < rows; k++, b += rowStep, panel += 64) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      v128.store(panel, v128.load(b, 32), 32);
      v128.store(panel, v128.load(b, 48), 48);
    }
    return;
  }
  for (let j = 0; j < tileColumns; j++) {
    let from = b + <usize>j * columnStep;
    let to = panel + ((<usize>j) << 2);
    if (j < columns) {
      for (let k = 0; k < rows; k++, from += rowStep, to += 64) store<f32>(to, load<f32>(from));
    } else {
      for (let k = 0; k < rows; k++, to += 64) store<f32>(to, 0);
    }
  }
}

function copyTile(to: usize, toRow: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, to += toRow, from += fromRow) memory.copy(to, from, (<usize>columns) << 2);
}

/** c = a · b of one tile, or c += a · b. */
function tile(a: usize, b: usize, depth: i32, c: usize, cRow: usize, onto: bool): void {
  const below = c + cRow;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c02 = f32x4.splat(0);
  let c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c12 = f32x4.splat(0);
  let c13 = f32x4.splat(0);
  for (const end = b + ((<usize>depth) << 6); b < end; a += 8, b += 64) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const a0 = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    c02 = f32x4.add(c02, f32x4.mul(a0, b2));
    c03 = f32x4.add(c03, f32x4.mul(a0, b3));
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    c12 = f32x4.add(c12, f32x4.mul(a1, b2));
    c13 = f32x4.add(c13, f32x4.mul(a1, b3));
  }
  if (onto) {
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, 16), c01);
    c02 = f32x4.add(v128.load(c, 32), c02);
    c03 = f32x4.add(v128.load(c, 48), c03);
    c10 = f32x4.add(v128.load(below), c10);
    c11 = f32x4.add(v128.load(below, 16), c11);
    c12 = f32x4.add(v128.load(below, 32), c12);
    c13 = f32x4.add(v128.load(below, 48), c13);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(below, c10);
  v128.store(below, c11, 16);
  v128.store(below, c12, 32);
  v128.store(below, c13, 48);
}
