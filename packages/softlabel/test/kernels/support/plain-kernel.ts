import type { Kernel, KernelCall } from "../../../src/kernels/kernel.ts";
import { FEW, type LabelScanner } from "../../../src/kernels/label-scanner.ts";

/** A kernel's contract in plain TypeScript and float64, to be read beside it; counts its calls. */
export interface PlainKernel extends Kernel {
  readonly calls: () => number;
}

export function plainKernel(): PlainKernel {
  let calls = 0;
  return {
    name: "plain TypeScript",
    calls: () => calls,
    scanner: plainScanner,
    run(call) {
      calls++;
      for (let row = 0; row < call.rows; row++) runRow(call, row);
    },
  };
}

/** The same of labels: entries in order, sums in float64, and a hash that is another one than WebAssembly's. */
export const plainScanner: LabelScanner = {
  entries(labels, rows, classes, { classOf, ends }) {
    let found = 0;
    for (let row = 0; row < rows; row++) {
      const start = found;
      for (let k = 0; k < classes; k++) {
        if (labels[row * classes + k] === 0) continue;
        if (found - start === FEW) return false;
        classOf[found++] = k;
      }
      ends[row] = found;
    }
    return true;
  },
  sums(labels, rows, classes, sums, hash) {
    const bits = new Int32Array(labels.buffer, labels.byteOffset, labels.length);
    hash.fill(0);
    for (let i = 0; i < bits.length; i++) hash[i % hash.length] = Math.imul(hash[i % hash.length], 31) + bits[i];
    for (let row = 0; row < rows; row++) {
      sums[row] = labels.subarray(row * classes, (row + 1) * classes).reduce((sum, share) => sum + share, 0);
    }
    return labels.every((share) => !(share < 0 || Object.is(share, -0)));
  },
  floats: () => new Float32Array(0),
};

function runRow(call: KernelCall, row: number): void {
  const { classes, labels, scale } = call;
  const from = row * classes;
  const gradient = call.gradient?.subarray(from, from + classes);
  if (scale[row] === 0 || labels[row] === -1) {
    gradient?.fill(0);
    call.crossEntropy[row] = 0;
    call.priorCrossEntropy[row] = 0;
    return;
  }
  const q = labels instanceof Float32Array ? labels.slice(from, from + classes) : oneHot(labels[row], classes);
  const u = call.prior ?? new Float64Array(classes).fill(1 / classes);
  const logP = logSoftmax(call.logits.subarray(from, from + classes));
  call.crossEntropy[row] = crossEntropy(q, logP);
  call.priorCrossEntropy[row] = crossEntropy(u, logP);
  gradient?.set(
    logP.map((value, k) => scale[row] * (Math.exp(value) - call.hard[row] * q[k] - call.smooth[row] * u[k])),
  );
}

const oneHot = (label: number, classes: number): Float32Array =>
  Float32Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0));

function logSoftmax(logits: Float32Array): Float64Array {
  const z = Float64Array.from(logits);
  const top = z.reduce((a, b) => Math.max(a, b));
  const rest = z.reduce((sum, value) => sum + Math.exp(value - top), -1);
  return z.map((value) => value - top - Math.log1p(rest));
}

/** A share of 0 drops its term: its −log p may be ∞. NaN among the terms that count makes the sum NaN. */
const crossEntropy = (t: ArrayLike<number>, logP: Float64Array): number =>
  logP.reduce((sum, value, k) => (t[k] > 0 || Number.isNaN(value) ? sum - t[k] * value : sum), 0);
