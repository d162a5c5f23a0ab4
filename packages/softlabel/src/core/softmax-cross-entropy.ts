import { ArgumentError } from "./argument-error.ts";
import { type ClassAxis, classAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import { crossEntropyOf, entropyOf } from "./entropy.ts";
import { type Labels, readLabels } from "./labels.ts";
import { logSoftmax } from "./log-softmax.ts";
import { type ReductionOptions, requireOneOf, requireOptions, type SmoothingOptions } from "./options.ts";
import { readPerRow } from "./per-row.ts";
import { type Gradient, type SmoothedLoss, zerosLike } from "./result.ts";
import { type RowScales, rowScales } from "./row-scales.ts";
import { readSmoothedLabels } from "./smoothing.ts";
import { writeSoftmaxGradient } from "./softmax-gradient.ts";
import { readTensor, sameShape, type TensorLike } from "./tensor.ts";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends SmoothingOptions, ReductionOptions {
  /** One per class, ≥ 0 and finite; 1 by default. */
  readonly classWeights?: TensorLike | undefined;
  /**
   * What a class weight multiplies: `"example"` (default), the whole row by its label's weight, q′ intact; or
   * `"pytorch"`, each class's share of q′ by that class's weight.
   */
  readonly classWeighting?: "example" | "pytorch" | undefined;
}

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
 * @returns Loss and its parts in nats: numbers, or one per row under `reduction: "none"`; with `gradient: true` also
 * the gradient.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them.
 * @example
 * softmaxCrossEntropy([0], [[2, 1, 0]], { labelSmoothing: 0.1 }).loss; // 0.5076…
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function softmaxCrossEntropy<const Options extends SoftmaxCrossEntropyOptions = Record<never, never>>(
  labels: TensorLike,
  logits: TensorLike,
  options: Options = {} as Options,
): SmoothedLoss<Options> {
  requireOptions<SoftmaxCrossEntropyOptions>(options, knownOptions);
  const gradient = requireOneOf(options.gradient ?? false, [true, false], "gradient");
  const subtractFloor = requireOneOf(options.subtractFloor ?? false, [true, false], "subtractFloor");
  const { data, shape } = readTensor(logits, "logits");
  const at = classAxis(shape, options.axis ?? -1, "logits");
  const plain = readLabels(readTensor(labels, "labels"), shape, at, options);
  const smoothed = readSmoothedLabels(plain, shape, at, options);
  const classWeights = readClassWeights(at, options);
  const { scale, empty } = weigh(plain, classWeights, at, options);

  const none = options.reduction === "none";
  const parts = Array.from({ length: 4 }, () => new Float64Array(none ? at.rows : 1));
  const [loss, crossEntropy, priorCrossEntropy, floor] = parts;
  if (empty) for (const part of parts) part.fill(options.emptyMean ?? 0);
  const gradLogits = gradient ? zerosLike(data) : undefined;

  const { classes, stride } = at;
  const [z, q, u, target, halfShift] = Array.from({ length: 5 }, () => new Float64Array(classes));
  for (let row = 0; row < at.rows; row++) {
    if (smoothed.ignored(row)) continue;
    const { hard, smooth } = smoothed.read(row, q, u);
    if (scale[row] === 0) continue;
    for (let k = 0, from = at.start(row); k < classes; k++, from += stride) z[k] = data[from];
    if (classWeights?.weighting === "pytorch") multiply(q, u, classWeights.values);
    for (let k = 0; k < classes; k++) target[k] = hard * q[k] + smooth * u[k];

    const p = logSoftmax(z, halfShift);
    const hq = crossEntropyOf(q, p);
    const hu = crossEntropyOf(u, p);
    const h = entropyOf(target);
    // A share of 0 drops its term: 0·∞ would turn a masked logit into NaN.
    const hqPrime = (hard > 0 ? hard * hq : 0) + (smooth > 0 ? smooth * hu : 0);
    const to = none ? row : 0;
    loss[to] += scale[row] * (subtractFloor ? hqPrime - h : hqPrime);
    crossEntropy[to] += scale[row] * hq;
    priorCrossEntropy[to] += scale[row] * hu;
    floor[to] += scale[row] * h;
    if (gradLogits) writeSoftmaxGradient(gradLogits, at.start(row), stride, p, target, scale[row]);
  }
  const reduced = (part: Float64Array): number | Float64Array => (none ? part : part[0]);
  return {
    loss: reduced(loss),
    crossEntropy: reduced(crossEntropy),
    priorCrossEntropy: reduced(priorCrossEntropy),
    floor: reduced(floor),
    gradLogits: gradLogits && ({ data: gradLogits, shape } satisfies Gradient),
  } as SmoothedLoss<Options>;
}

interface ClassWeights {
  readonly values: Float64Array;
  readonly weighting: "example" | "pytorch";
}

function readClassWeights(
  { classes }: ClassAxis,
  { classWeights, classWeighting }: SoftmaxCrossEntropyOptions,
): ClassWeights | undefined {
  const weighting = requireOneOf(classWeighting ?? "example", ["example", "pytorch"], "classWeighting");
  if (classWeights === undefined) return undefined;
  const { data, shape } = readTensor(classWeights, "classWeights");
  if (!sameShape(shape, [classes])) {
    throw new ArgumentError(`classWeights must have shape [${classes}], got ${describeShape(shape)}`);
  }
  const values = Float64Array.from(data);
  const wrong = values.findIndex((w) => !(w >= 0 && w < Infinity));
  if (wrong >= 0) {
    throw new ArgumentError(`classWeights must be finite numbers ≥ 0, got ${values[wrong]} at class ${wrong}`);
  }
  return { values, weighting };
}

/** The rows' weights times their class weights, and what the reduction makes of them. */
function weigh(
  labels: Labels,
  classWeights: ClassWeights | undefined,
  at: ClassAxis,
  options: SoftmaxCrossEntropyOptions,
): RowScales {
  const weights = readPerRow(options.weights ?? 1, "weights", at, Infinity);
  const meanWeights = new Float64Array(at.rows);
  const q = new Float64Array(at.classes);
  let count = 0;
  for (let row = 0; row < at.rows; row++) {
    if (labels.ignored(row)) {
      weights[row] = 0;
      continue;
    }
    count++;
    meanWeights[row] = weights[row];
    if (classWeights === undefined) continue;
    labels.read(row, q);
    const classWeight = q.reduce((sum, share, k) => sum + share * classWeights.values[k], 0);
    if (classWeights.weighting === "example") {
      weights[row] *= classWeight;
      meanWeights[row] = weights[row];
    } else if (labels.kind === "indices") {
      // PyTorch's mean divides by the label's weight for indices, and by 1 a row for distributions.
      meanWeights[row] *= classWeight;
    }
  }
  return rowScales(weights, count, options, meanWeights);
}

function multiply(q: Float64Array, u: Float64Array, classWeights: Float64Array): void {
  for (let k = 0; k < q.length; k++) {
    q[k] *= classWeights[k];
    u[k] *= classWeights[k];
  }
}

const knownOptions = {
  labelSmoothing: true,
  prior: true,
  convention: true,
  allowed: true,
  ignoreIndex: true,
  paddingIndex: true,
  axis: true,
  uniformAxis: true,
  weights: true,
  classWeights: true,
  classWeighting: true,
  reduction: true,
  normalizer: true,
  meanOver: true,
  emptyMean: true,
  subtractFloor: true,
  gradient: true,
} as const;
