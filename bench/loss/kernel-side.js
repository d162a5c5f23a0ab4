/**
 * The kernel by itself, without the public call around it: index labels, one ε, mean over the rows.
 *
 * @param {object} kernel
 * @param {object} problem
 * @param {{ data: Float32Array }} logits - in the kernel's memory; `data` is asked for anew, since a memory that grows moves.
 * @param {{ data: Float32Array }} gradient - likewise.
 */
export function kernelSide(kernel, { rows, classes, labels, labelSmoothing }, logits, gradient) {
  const perRow = (value) => new Float64Array(rows).fill(value);
  const resolved = { hard: perRow(1 - labelSmoothing), smooth: perRow(labelSmoothing), scale: perRow(1 / rows) };
  const crossEntropy = perRow(0);
  const priorCrossEntropy = perRow(0);
  const run = () =>
    kernel.run({
      rows,
      classes,
      logits: logits.data,
      gradient: gradient.data,
      labels,
      prior: undefined,
      ...resolved,
      crossEntropy,
      priorCrossEntropy,
    });
  const mean = (values) => values.reduce((sum, value) => sum + value / rows, 0);
  const result = () => ({
    loss: (1 - labelSmoothing) * mean(crossEntropy) + labelSmoothing * mean(priorCrossEntropy),
    gradient: gradient.data,
  });
  return { run, result };
}
