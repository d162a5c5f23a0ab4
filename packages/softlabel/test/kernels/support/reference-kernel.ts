import { crossEntropyOf } from "../../../src/core/entropy.ts";
import { logSoftmax } from "../../../src/core/log-softmax.ts";
import { writeSoftmaxGradient } from "../../../src/core/softmax-gradient.ts";
import type { KernelCall } from "../../../src/kernels/kernel.ts";

/** What a call must fill in, in float64. */
export interface Expected {
  readonly crossEntropy: Float64Array;
  readonly priorCrossEntropy: Float64Array;
  readonly gradient: Float64Array;
  /** What a row's gradient is measured by: its largest |gradient| or |scale|·p. */
  readonly sizes: Float64Array;
}

/** The same by the core's own functions, row by row. */
export function expectedOf({ rows, classes, logits, labels, prior, hard, smooth, scale }: KernelCall): Expected {
  const crossEntropy = new Float64Array(rows);
  const priorCrossEntropy = new Float64Array(rows);
  const gradient = new Float64Array(rows * classes);
  const sizes = new Float64Array(rows);
  const u = prior ? Float64Array.from(prior) : new Float64Array(classes).fill(1 / classes);
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    const left = scale[row] === 0 || (labels instanceof Int32Array && labels[row] < 0);
    if (left) continue;
    const q =
      labels instanceof Int32Array
        ? Float64Array.from({ length: classes }, (_, k) => Number(k === labels[row]))
        : Float64Array.from(labels.subarray(start, start + classes));
    const p = logSoftmax(Float64Array.from(logits.subarray(start, start + classes)), new Float64Array(classes));
    crossEntropy[row] = crossEntropyOf(q, p);
    priorCrossEntropy[row] = crossEntropyOf(u, p);
    const target = q.map((share, k) => hard[row] * share + smooth[row] * u[k]);
    writeSoftmaxGradient(gradient, start, 1, p, target, scale[row]);
    const g = gradient.subarray(start, start + classes);
    if (Number.isNaN(p.rest)) {
      g.fill(Number.NaN);
      crossEntropy[row] = priorCrossEntropy[row] = Number.NaN;
    }
    const largestP = 1 / (1 + p.rest);
    sizes[row] = g.reduce((most, value) => Math.max(most, Math.abs(value)), Math.abs(scale[row]) * largestP);
  }
  return { crossEntropy, priorCrossEntropy, gradient, sizes };
}
