import { clipByValue, div, log, maximum, sub, type Tensor } from "@tensorflow/tfjs-core";

/** What Keras and tfjs-layers clip probabilities at. */
const EPSILON = 1e-7;

/**
 * Logits whose softmax is `probabilities`, brought to sum 1.
 *
 *     z = log max(p, 1e-7)
 */
export function logitsOfClasses(probabilities: Tensor): Tensor {
  return log(maximum(probabilities, EPSILON));
}

/**
 * Logits whose sigmoid is `probabilities`.
 *
 *     z = log(p / (1 − p)),   p clipped to [1e-7, 1 − 1e-7]
 *
 * In float32 1 − 1e-7 is 1 − 1.19e-7.
 */
export function logitsOfLabels(probabilities: Tensor): Tensor {
  const p = clipByValue(probabilities, EPSILON, 1 - EPSILON);
  return log(div(p, sub(1, p)));
}
