// The two gradients of a convolution whose output gradient is mostly zero, as max pooling and ReLU leave it: of four
// numbers under a 2 × 2 pool three are zero, and half of the rest is cut by ReLU. Work goes with the numbers that are
// not, where a dense product would multiply them all.
//
// One image at a time is held with its padding around it, so that no window needs clipping. A window meets one row of
// the filter, `size × channels` numbers, in one run of the image's row: the run is stepped through four numbers at a
// time and rounded up, which reads and writes up to three numbers past it. In the filter's copy these lanes are zero or
// thrown away; in the image they are the next pixel's, times zero.
//
// taps  [filters][filter height][run], the filter with its rows rounded up
// image [padded height][padded width][channels] and 16 bytes

/** taps += Σ dy · x over all windows of all images. Sizes whose names say so are in bytes. */
export function filterGradient(
  x: usize,
  dy: usize,
  taps: usize,
  image: usize,
  images: i32,
  height: i32,
  rowBytes: usize,
  paddedRowBytes: usize,
  interior: usize,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  downBytes: usize,
  rightBytes: usize,
  filterHeight: i32,
  runBytes: usize,
): void {
  const tapBytes = <usize>filterHeight * runBytes;
  for (let n = 0; n < images; n++) {
    // The padding stays zero from image to image.
    let row = image + interior;
    for (let i = 0; i < height; i++, x += rowBytes, row += paddedRowBytes) memory.copy(row, x, rowBytes);
    for (let i = 0; i < outHeight; i++) {
      let window = image + <usize>i * downBytes;
      for (let j = 0; j < outWidth; j++, window += rightBytes) {
        let target = taps;
        for (let k = 0; k < filters; k++, dy += 4, target += tapBytes) {
          const upstream = load<f32>(dy);
          if (upstream === 0) continue;
          addScaledRows(target, runBytes, window, paddedRowBytes, upstream, filterHeight, runBytes);
        }
      }
    }
  }
}

/** dx = Σ dy · taps over all windows of all images. Sizes whose names say so are in bytes. */
export function inputGradient(
  dx: usize,
  dy: usize,
  taps: usize,
  image: usize,
  imageBytes: usize,
  images: i32,
  height: i32,
  rowBytes: usize,
  paddedRowBytes: usize,
  interior: usize,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  downBytes: usize,
  rightBytes: usize,
  filterHeight: i32,
  runBytes: usize,
): void {
  const tapBytes = <usize>filterHeight * runBytes;
  for (let n = 0; n < images; n++) {
    memory.fill(image, 0, imageBytes);
    for (let i = 0; i < outHeight; i++) {
      let window = image + <usize>i * downBytes;
      for (let j = 0; j < outWidth; j++, window += rightBytes) {
        let source = taps;
        for (let k = 0; k < filters; k++, dy += 4, source += tapBytes) {
          const upstream = load<f32>(dy);
          if (upstream === 0) continue;
          addScaledRows(window, paddedRowBytes, source, runBytes, upstream, filterHeight, runBytes);
        }
      }
    }
    let row = image + interior;
    for (let i = 0; i < height; i++, dx += rowBytes, row += paddedRowBytes) memory.copy(dx, row, rowBytes);
  }
}

/** How many of the `count` numbers are not zero; NaN is not. */
export function countNonZero(numbers: usize, count: i32): i32 {
  let found = 0;
  for (const end = numbers + ((<usize>count) << 2); numbers < end; numbers += 4) found += i32(load<f32>(numbers) !== 0);
  return found;
}

/** target += scale · source, row by row; `runBytes` of each row, a multiple of 16. */
function addScaledRows(
  target: usize,
  targetRowBytes: usize,
  source: usize,
  sourceRowBytes: usize,
  scale: f32,
  rows: i32,
  runBytes: usize,
): void {
  const scales = f32x4.splat(scale);
  for (let r = 0; r < rows; r++, target += targetRowBytes, source += sourceRowBytes) {
    for (let at: usize = 0; at < runBytes; at += 16) {
      const sum = f32x4.add(v128.load(target + at), f32x4.mul(scales, v128.load(source + at)));
      v128.store(target + at, sum);
    }
  }
}
