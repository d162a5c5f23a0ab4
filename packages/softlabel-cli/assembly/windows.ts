// A convolution as one matrix product: its windows laid out as the rows of a matrix, and such rows added back where they
// came from. An image with its padding is [rows][columns][channels]; a window meets one row of the filter in one run.
// Sizes whose names say so are in bytes.

/** windows[n, i, j] = the numbers under window i, j of image n, row after row. */
export function gatherWindows(
  images: usize,
  windows: usize,
  count: i32,
  imageBytes: usize,
  rowBytes: usize,
  outHeight: i32,
  outWidth: i32,
  downBytes: usize,
  rightBytes: usize,
  filterHeight: i32,
  runBytes: usize,
): void {
  for (let n = 0; n < count; n++, images += imageBytes) {
    for (let i = 0; i < outHeight; i++) {
      let window = images + <usize>i * downBytes;
      for (let j = 0; j < outWidth; j++, window += rightBytes) {
        let from = window;
        for (let r = 0; r < filterHeight; r++, from += rowBytes, windows += runBytes) {
          let at: usize = 0;
          for (; at + 16 <= runBytes; at += 16) v128.store(windows + at, v128.load(from + at));
          for (; at < runBytes; at += 4) store<f32>(windows + at, load<f32>(from + at));
        }
      }
    }
  }
}

/** The transpose of {@link gatherWindows}: adds every window's numbers to those that lie under it. */
export function scatterWindows(
  images: usize,
  windows: usize,
  count: i32,
  imageBytes: usize,
  rowBytes: usize,
  outHeight: i32,
  outWidth: i32,
  downBytes: usize,
  rightBytes: usize,
  filterHeight: i32,
  runBytes: usize,
): void {
  for (let n = 0; n < count; n++, images += imageBytes) {
    for (let i = 0; i < outHeight; i++) {
      let window = images + <usize>i * downBytes;
      for (let j = 0; j < outWidth; j++, window += rightBytes) {
        let to = window;
        for (let r = 0; r < filterHeight; r++, to += rowBytes, windows += runBytes) {
          let at: usize = 0;
          for (; at + 16 <= runBytes; at += 16) {
            v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(windows + at)));
          }
          for (; at < runBytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(windows + at));
        }
      }
    }
  }
}
