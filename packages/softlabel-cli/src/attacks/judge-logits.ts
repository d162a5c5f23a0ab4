/** The class of a row's largest logit, the first among equals. */
export function predictedClass(logits: Float32Array, row: number, classes: number): number {
  const start = row * classes;
  let best = 0;
  for (let k = 1; k < classes; k++) if (logits[start + k] > logits[start + best]) best = k;
  return best;
}

/** −log p[label] = log Σₖ exp z[k] − z[label] of one row, in float64; nats. */
export function crossEntropyOfRow(logits: Float32Array, row: number, classes: number, label: number): number {
  const z = logits.subarray(row * classes, (row + 1) * classes);
  const max = z[predictedClass(z, 0, classes)];
  let expSum = 0;
  for (const logit of z) expSum += Math.exp(logit - max);
  return Math.log(expSum) + (max - z[label]);
}
