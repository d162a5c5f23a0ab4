// What both contenders are given, and the answer that they are held to, by the core in float64.
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";

export const labelSmoothing = 0.1;
export const shapes = [
  [128, 10],
  [128, 1000],
  [512, 1000],
  [64, 32_000],
];

/** Logits N(0, 4) and labels. */
export function problem([rows, classes]) {
  const random = uniform(rows + 31 * classes);
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const logits = Float32Array.from({ length: rows * classes }, () => 2 * normal());
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return { rows, classes, logits, labels };
}

/** A linear congruential generator on (0, 1), Numerical Recipes' constants. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Loss and gradient in float64. */
export function expected({ rows, classes, logits, labels }) {
  const z = { data: Float64Array.from(logits), shape: [rows, classes] };
  const { loss, gradLogits } = softmaxCrossEntropy(labels, z, { labelSmoothing, gradient: true });
  return { loss, gradient: gradLogits.data };
}

/** How far off an answer is: the loss relatively, the gradient against the largest number in it. */
export function errorsOf(answer, exact) {
  const most = exact.gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return {
    loss: Math.abs(answer.loss - exact.loss) / exact.loss,
    gradient:
      answer.gradient.reduce((error, value, i) => Math.max(error, Math.abs(value - exact.gradient[i])), 0) / most,
  };
}
