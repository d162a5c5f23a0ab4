import type { AffineMap, Predictions } from "softlabel/calibration";

/** Rows of over-confident logits whose classes differ in scale and offset, some labels wrong. */
export function drawn(rows: number, classes: number, signal: number): { labels: number[]; predictions: Predictions } {
  let state = rows * 31 + classes;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const scales = Array.from({ length: classes }, () => 2 * Math.exp(0.3 * normal()));
  const labels = Array.from({ length: rows }, (_, row) => (row < classes ? row : Math.floor(uniform() * classes)));
  const data = Float32Array.from({ length: rows * classes }, (_, i) => {
    const k = i % classes;
    return scales[k] * ((k === labels[Math.floor(i / classes)] ? signal : 0) + 0.2 * (k % 3) + normal());
  });
  return { labels, predictions: { data, shape: [rows, classes], kind: "logits" } };
}

/** Largest |gradient| of the penalised NLL at a map, computed row by row; the diagonal has no penalty. */
export function gradientAt(
  { weights, intercepts }: AffineMap,
  labels: readonly number[],
  z: ArrayLike<number>,
  lambda: number,
): number {
  const classes = intercepts.length;
  const rows = labels.length;
  const features = classes + 1;
  const sums = new Float64Array(classes * features);
  const scores = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const of = (j: number): number => (j === classes ? 1 : z[row * classes + j]);
    for (let i = 0; i < classes; i++) {
      scores[i] = intercepts[i];
      for (let j = 0; j < classes; j++) scores[i] += weights[i][j] * of(j);
    }
    const top = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp(s - top), 0);
    for (let i = 0; i < classes; i++) {
      const residual = Math.exp(scores[i] - top) / total - Number(labels[row] === i);
      for (let j = 0; j < features; j++) sums[i * features + j] += residual * of(j);
    }
  }
  let largest = 0;
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < features; j++) {
      const ofWeight = i === j || classes === 1 ? 0 : (2 * lambda * weights[i][j]) / (classes * (classes - 1));
      const ofPenalty = j === classes ? (2 * lambda * intercepts[i]) / classes : ofWeight;
      largest = Math.max(largest, Math.abs(sums[i * features + j] / rows + ofPenalty));
    }
  }
  return largest;
}
