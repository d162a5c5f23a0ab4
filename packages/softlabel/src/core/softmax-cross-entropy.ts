import { classAxis } from "./class-axis.ts";
import { type ClassWeightOptions, classWeightKeys, multiply, readClassWeights, weighRows } from "./class-weights.ts";
import { crossEntropyOf, entropyOf } from "./entropy.ts";
import { gradientTarget } from "./gradient-target.ts";
import { readLabels } from "./labels.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lossSums } from "./loss-sums.ts";
import {
  type ReductionOptions,
  reductionKeys,
  requireOptions,
  type SmoothingOptions,
  smoothingKeys,
} from "./options.ts";
import type { SmoothedLoss } from "./result.ts";
import { readSmoothedLabels } from "./smoothing.ts";
import { writeSoftmaxGradient } from "./softmax-gradient.ts";
import { readTensor, type TensorLike } from "./tensor.ts";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends SmoothingOptions, ReductionOptions, ClassWeightOptions {}

/**
 * Softmax cross-entropy against smoothed labels.
 *
 *     loss = H(q′, p) = (1 − ε)·H(q, p) + ε·H(u, p),   p = softmax(z),   q′ = (1 − ε)·q + ε·u
 *     ∂loss/∂z = p − q′
 *
 * Computed in float64 whatever the input. Adding a constant to a row's logits changes nothing. A row with NaN or +∞
 * among its logits, or with −∞ alone, gives NaN in that row; one −∞ gives p = 0 there, and an infinite loss unless
 * q′ has no mass there (ε = 0, or `allowed`). Rows that are ignored or weigh 0 have no part in anything. A mean over
 * no rows is 0 with a zero gradient. With one class every part is 0.
 *
 * @param labels - q: class indices, shaped as the logits without the class axis, or distributions (one-hot, soft,
 * mixed), shaped as the logits; a distribution sums to 1 within 1e-5.
 * @param logits - z, unnormalised log-probabilities, any rank ≥ 1; the classes K run along `options.axis`.
 * @returns Loss and its parts in nats: numbers, or one per row under `reduction: "none"`; with `gradient: true` or
 * `gradientInto` also the gradient.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them.
 * @example
 * softmaxCrossEntropy([0], [[2, 1, 0]], { labelSmoothing: 0.1 }).loss; // 0.50760596
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function softmaxCrossEntropy<const Options extends SoftmaxCrossEntropyOptions = Record<never, never>>(
  labels: TensorLike,
  logits: TensorLike,
  options: Options = {} as Options,
): SmoothedLoss<Options> {
  requireOptions(options, smoothingKeys, reductionKeys, classWeightKeys);
  const numbers = readTensor(logits, "logits");
  const { data, shape } = numbers;
  const { axis = -1 } = options;
  const at = classAxis(shape, axis, "logits");
  const plain = readLabels(readTensor(labels, "labels"), shape, at, options);
  const smoothed = readSmoothedLabels(plain, shape, at, options);
  const classWeights = readClassWeights(at, options);
  const { scale, initial } = weighRows(plain, classWeights, at, options);

  const sums = lossSums(at.rows, initial, options);
  const gradient = gradientTarget(numbers, options);

  const { classes, stride } = at;
  const [z, q, u, target, halfShift] = Array.from({ length: 5 }, () => new Float64Array(classes));
  for (let row = 0; row < at.rows; row++) {
    if (smoothed.ignored(row)) continue;
    const shares = smoothed.read(row, q, u);
    if (scale[row] === 0) continue;
    for (let k = 0, from = at.start(row); k < classes; k++, from += stride) z[k] = data[from];
    if (classWeights?.weighting === "pytorch") multiply(q, u, classWeights.values);
    for (let k = 0; k < classes; k++) target[k] = shares.hard * q[k] + shares.smooth * u[k];

    const p = logSoftmax(z, halfShift);
    sums.add(row, scale[row], shares, crossEntropyOf(q, p), crossEntropyOf(u, p), entropyOf(target));
    if (gradient) writeSoftmaxGradient(gradient.data, at.start(row), stride, p, target, scale[row]);
  }
  return { ...sums.reduced(), gradLogits: gradient?.finished() } as SmoothedLoss<Options>;
}
