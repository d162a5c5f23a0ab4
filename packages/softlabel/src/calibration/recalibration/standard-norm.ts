import type { LogitRows } from "./linear-map.ts";

/**
 * Largest |∂f/∂W[i][j] − mean(z[j])·∂f/∂b[i]| / deviation(z[j]) and |∂f/∂b[i]|, of a gradient [W[i], b[i]] per class.
 *
 * It is the gradient in the weights of the standardised logits, so that neither their scale nor their offset makes it look
 * smaller than it is. A column that is constant, to rounding, is judged by its root mean square instead.
 */
export function standardNorm({ labels, logits, classes }: LogitRows): (gradient: Float64Array) => number {
  const rows = labels.length;
  const features = classes + 1;
  const means = new Float64Array(classes);
  for (let i = 0; i < logits.length; i++) means[i % classes] += logits[i] / rows;
  const reach = new Float64Array(classes);
  for (let i = 0; i < logits.length; i++) {
    const k = i % classes;
    reach[k] = Math.max(reach[k], Math.abs(logits[i] - means[k]));
  }
  // As shares of their reach, which do not overflow.
  const squares = new Float64Array(classes);
  for (let i = 0; i < logits.length; i++) {
    const k = i % classes;
    squares[k] += ((logits[i] - means[k]) / (reach[k] || 1)) ** 2 / rows;
  }
  const centres = means.slice();
  const units = squares.map((square, j) => {
    const deviation = reach[j] * Math.sqrt(square);
    if (deviation > 1e-9 * Math.abs(means[j])) return 1 / deviation;
    centres[j] = 0;
    return 1 / (Math.abs(means[j]) || 1);
  });
  return (gradient) => {
    let largest = 0;
    for (let from = 0; from < gradient.length; from += features) {
      const ofIntercept = gradient[from + classes];
      largest = Math.max(largest, Math.abs(ofIntercept));
      for (let j = 0; j < classes; j++) {
        largest = Math.max(largest, Math.abs(gradient[from + j] - centres[j] * ofIntercept) * units[j]);
      }
    }
    return largest;
  };
}
