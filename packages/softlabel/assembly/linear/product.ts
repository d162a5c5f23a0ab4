// A tile of 4 × 12: twelve accumulators with three vectors of B and one number of A fill the sixteen registers,
// and three loads of B feed twelve products.
const ROW_TILE: i32 = 4;
const COLUMN_TILE: i32 = 12;

/** C += A·B for A and B in panels; C is [rows, columns], its rows `strideBytes` apart. */
export function addProduct(
  a: usize,
  b: usize,
  c: usize,
  strideBytes: usize,
  rows: i32,
  columns: i32,
  depth: i32,
): void {
  const aPanel = (<usize>(depth * ROW_TILE)) << 2;
  const bPanel = (<usize>(depth * COLUMN_TILE)) << 2;
  // B's panel stays in the first cache while A's go by.
  for (let column = 0; column < columns; column += COLUMN_TILE, b += bPanel) {
    let panel = a;
    let target = c + ((<usize>column) << 2);
    for (let row = 0; row < rows; row += ROW_TILE, panel += aPanel, target += strideBytes << 2) {
      addTile(panel, b, target, strideBytes, min(rows - row, ROW_TILE), min(columns - column, COLUMN_TILE), aPanel);
    }
  }
}

/** Two steps of the depth at a time: more cost more than they save. */
function addTile(a: usize, b: usize, c: usize, stride: usize, rows: i32, columns: i32, aPanel: usize): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c02 = f32x4.splat(0);
  let c10 = f32x4.splat(0),
    c11 = f32x4.splat(0),
    c12 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c22 = f32x4.splat(0);
  let c30 = f32x4.splat(0),
    c31 = f32x4.splat(0),
    c32 = f32x4.splat(0);
  for (const end = a + aPanel; a < end; a += 32, b += 96) {
    let x = v128.load(b),
      y = v128.load(b, 16),
      z = v128.load(b, 32);
    let s = v128.load32_splat(a);
    c00 = madd(s, x, c00);
    c01 = madd(s, y, c01);
    c02 = madd(s, z, c02);
    s = v128.load32_splat(a, 4);
    c10 = madd(s, x, c10);
    c11 = madd(s, y, c11);
    c12 = madd(s, z, c12);
    s = v128.load32_splat(a, 8);
    c20 = madd(s, x, c20);
    c21 = madd(s, y, c21);
    c22 = madd(s, z, c22);
    s = v128.load32_splat(a, 12);
    c30 = madd(s, x, c30);
    c31 = madd(s, y, c31);
    c32 = madd(s, z, c32);

    x = v128.load(b, 48);
    y = v128.load(b, 64);
    z = v128.load(b, 80);
    s = v128.load32_splat(a, 16);
    c00 = madd(s, x, c00);
    c01 = madd(s, y, c01);
    c02 = madd(s, z, c02);
    s = v128.load32_splat(a, 20);
    c10 = madd(s, x, c10);
    c11 = madd(s, y, c11);
    c12 = madd(s, z, c12);
    s = v128.load32_splat(a, 24);
    c20 = madd(s, x, c20);
    c21 = madd(s, y, c21);
    c22 = madd(s, z, c22);
    s = v128.load32_splat(a, 28);
    c30 = madd(s, x, c30);
    c31 = madd(s, y, c31);
    c32 = madd(s, z, c32);
  }
  addRow(c, c00, c01, c02, columns);
  if (rows > 1) addRow(c + stride, c10, c11, c12, columns);
  if (rows > 2) addRow(c + 2 * stride, c20, c21, c22, columns);
  if (rows > 3) addRow(c + 3 * stride, c30, c31, c32, columns);
}

function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** c[0 … columns − 1] += (x, y, z) */
function addRow(c: usize, x: v128, y: v128, z: v128, columns: i32): void {
  addFour(c, x, columns);
  if (columns > 4) addFour(c + 16, y, columns - 4);
  if (columns > 8) addFour(c + 32, z, columns - 8);
}

/** The first `count` of four numbers, or all of them. */
function addFour(c: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(c, f32x4.add(v128.load(c), x));
    return;
  }
  for (let i = 0; i < count; i++, c += 4) {
    store<f32>(c, load<f32>(c) + f32x4.extract_lane(x, 0));
    x = i8x16.shuffle(x, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
  }
}
