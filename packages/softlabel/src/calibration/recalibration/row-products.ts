/** Rows that are multiplied at once: enough to serve a row of weights from the cache, few enough to stay there. */
export const tileRows = 32;

/**
 * Writes the product of some rows with every class' weights.
 *
 *     scores[r][k] = Σⱼ rows[r][j]·weights[k][j]
 *
 * @param rows - Shape [tileRows, features].
 * @param weights - Shape [classes, features], an even number of classes.
 * @param scores - Shape [tileRows, classes].
 */
export function multiplyRows(
  rows: Float64Array,
  weights: Float64Array,
  scores: Float64Array,
  features: number,
  classes: number,
): void {
  // Four rows and two classes at a time: eight sums and their factors are what the registers hold.
  for (let r = 0; r < tileRows; r += 4) {
    const x0 = r * features;
    const x1 = x0 + features;
    const x2 = x1 + features;
    const x3 = x2 + features;
    for (let k = 0; k < classes; k += 2) {
      const w0 = k * features;
      const w1 = w0 + features;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let e = 0;
      let f = 0;
      let g = 0;
      let h = 0;
      for (let j = 0; j < features; j++) {
        const u = weights[w0 + j];
        const v = weights[w1 + j];
        let x = rows[x0 + j];
        a += x * u;
        b += x * v;
        x = rows[x1 + j];
        c += x * u;
        d += x * v;
        x = rows[x2 + j];
        e += x * u;
        f += x * v;
        x = rows[x3 + j];
        g += x * u;
        h += x * v;
      }
      let at = r * classes + k;
      scores[at] = a;
      scores[at + 1] = b;
      at += classes;
      scores[at] = c;
      scores[at + 1] = d;
      at += classes;
      scores[at] = e;
      scores[at + 1] = f;
      at += classes;
      scores[at] = g;
      scores[at + 1] = h;
    }
  }
}

/**
 * Adds what some rows contribute to a sum of outer products.
 *
 *     sums[k][j] += Σᵣ residuals[r][k]·rows[r][j]
 *
 * The shapes are those of {@link multiplyRows}, `residuals` that of its scores and `sums` that of its weights.
 */
export function addOuterProducts(
  residuals: Float64Array,
  rows: Float64Array,
  sums: Float64Array,
  features: number,
  classes: number,
): void {
  for (let k = 0; k < classes; k += 2) {
    const s0 = k * features;
    const s1 = s0 + features;
    for (let r = 0; r < tileRows; r += 4) {
      let at = r * classes + k;
      const a = residuals[at];
      const e = residuals[at + 1];
      at += classes;
      const b = residuals[at];
      const f = residuals[at + 1];
      at += classes;
      const c = residuals[at];
      const g = residuals[at + 1];
      at += classes;
      const d = residuals[at];
      const h = residuals[at + 1];
      const x0 = r * features;
      const x1 = x0 + features;
      const x2 = x1 + features;
      const x3 = x2 + features;
      for (let j = 0; j < features; j++) {
        const p = rows[x0 + j];
        const q = rows[x1 + j];
        const s = rows[x2 + j];
        const t = rows[x3 + j];
        sums[s0 + j] += a * p + b * q + c * s + d * t;
        sums[s1 + j] += e * p + f * q + g * s + h * t;
      }
    }
  }
}
