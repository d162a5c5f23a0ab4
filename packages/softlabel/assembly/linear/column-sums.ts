/** sums[j] += Σ x[i, j] over the rows of x, which are `strideBytes` apart; the sums are float64. */
export function addColumnSums(x: usize, strideBytes: usize, rows: i32, columns: i32, sums: usize): void {
  const end = sums + ((<usize>columns) << 3);
  for (let row = 0; row < rows; row++, x += strideBytes) {
    let from = x;
    for (let at = sums; at < end; at += 8, from += 4) store<f64>(at, load<f64>(at) + load<f32>(from));
  }
}
