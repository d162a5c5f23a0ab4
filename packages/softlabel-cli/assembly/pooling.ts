// What lies between convolutions, in one pass each. All tensors are [images, height, width, channels].

/**
 * Gradient of max pooling: each window's share goes to the first pixel that equals the window's maximum.
 * `top` and `left` are the padding; dx begins as zeros.
 */
export function maxPoolGradient(
  x: usize,
  y: usize,
  dy: usize,
  dx: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixelBytes = (<usize>channels) << 2;
  const rowBytes = <usize>width * pixelBytes;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < outHeight; i++) {
      const row = i * strideHeight - top;
      const firstRow = max(row, 0);
      const rowEnd = min(row + filterHeight, height);
      for (let j = 0; j < outWidth; j++) {
        const column = j * strideWidth - left;
        const first = max(column, 0);
        const end = min(column + filterWidth, width);
        for (let c = 0; c < channels; c++, y += 4, dy += 4) {
          const at = firstEqual(
            x + ((<usize>c) << 2),
            load<f32>(y),
            firstRow,
            rowEnd,
            first,
            end,
            rowBytes,
            pixelBytes,
          );
          // Nothing equals a maximum that is NaN: its share is lost.
          if (at === 0) continue;
          const target = dx + (at - x);
          store<f32>(target, load<f32>(target) + load<f32>(dy));
        }
      }
    }
    x += <usize>height * rowBytes;
    dx += <usize>height * rowBytes;
  }
}

/** Address of the window's first pixel that equals `value`; 0 when none does. */
function firstEqual(
  x: usize,
  value: f32,
  firstRow: i32,
  rowEnd: i32,
  first: i32,
  end: i32,
  rowBytes: usize,
  pixelBytes: usize,
): usize {
  for (let row = firstRow; row < rowEnd; row++) {
    let at = x + <usize>row * rowBytes + <usize>first * pixelBytes;
    for (let column = first; column < end; column++, at += pixelBytes) if (load<f32>(at) === value) return at;
  }
  return 0;
}

/** y = max(x + bias, 0) over `rows` of `channels` numbers; NaN passes. */
export function biasRelu(x: usize, bias: usize, y: usize, rows: i32, channels: i32): void {
  const biasEnd = bias + ((<usize>channels) << 2);
  const zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    let b = bias;
    for (; b + 16 <= biasEnd; b += 16, x += 16, y += 16) {
      v128.store(y, f32x4.max(f32x4.add(v128.load(x), v128.load(b)), zero));
    }
    for (; b < biasEnd; b += 4, x += 4, y += 4) store<f32>(y, max(load<f32>(x) + load<f32>(b), 0));
  }
}

/** dx = dy where y > 0, else 0. */
export function reluGradient(dy: usize, y: usize, dx: usize, count: i32): void {
  const end = dx + ((<usize>count) << 2);
  for (; dx + 16 <= end; dx += 16, dy += 16, y += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(y), f32x4.splat(0))));
  }
  for (; dx < end; dx += 4, dy += 4, y += 4) store<f32>(dx, load<f32>(y) > 0 ? load<f32>(dy) : 0);
}

/** sums[c] = Σ x[row, c], accumulated in float64 at `sums`, `channels` of them, which begin as zeros. */
export function columnSums(x: usize, sums: usize, rows: i32, channels: i32): void {
  const end = sums + ((<usize>channels) << 3);
  for (let row = 0; row < rows; row++) {
    for (let at = sums; at < end; at += 8, x += 4) store<f64>(at, load<f64>(at) + load<f32>(x));
  }
}
