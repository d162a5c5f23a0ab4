import { ArgumentError } from "./argument-error.ts";
import { readBroadcast } from "./broadcast.ts";
import { describeShape } from "./describe.ts";
import { gradientTarget } from "./gradient-target.ts";
import { lossSums } from "./loss-sums.ts";
import { type KeysOf, type ReductionOptions, reductionKeys, requireOneOf, requireOptions } from "./options.ts";
import type { SmoothedLoss } from "./result.ts";
import { rowScales } from "./row-scales.ts";
import { readTensor, sameShape, type TensorLike } from "./tensor.ts";

/**
 * How ε becomes the smoothed binary label y′.
 *
 * - `"half"`: y′ = (1 − ε)·y + ε·prior, the prior being ½ unless given (TensorFlow, Keras)
 * - `"full"`: y′ = (1 − ε)·y + ε·(1 − y): the label is turned over with probability ε (mmpretrain's multi_label)
 */
export type SigmoidConvention = (typeof sigmoidConventions)[number];
export const sigmoidConventions = ["half", "full"] as const;

/** Options of {@link sigmoidCrossEntropy}. What is "per row" in {@link ReductionOptions} is per element here. */
export interface SigmoidCrossEntropyOptions extends ReductionOptions {
  /** ε in [0, 1], a number or what broadcasts to the logits' shape; 0 by default. */
  readonly labelSmoothing?: TensorLike | undefined;
  /** `"half"` by default. */
  readonly convention?: SigmoidConvention | undefined;
  /** Probability that a label is on before anything is known, in [0, 1]; broadcasts to the logits' shape; ½ by default. */
  readonly prior?: TensorLike | undefined;
}

/**
 * Sigmoid cross-entropy of independent labels against smoothed labels, element by element.
 *
 *     loss = y′·softplus(−z) + (1 − y′)·softplus(z),   y′ = (1 − ε)·y + ε/2
 *     ∂loss/∂z = σ(z) − y′
 *
 * Computed in float64 whatever the input. NaN gives NaN in that element; z = ±∞ gives σ(z) of exactly 1 or 0 and an
 * infinite loss unless y′ agrees. Elements that weigh 0 have no part in anything; a mean over none is 0.
 *
 * @param labels - y in [0, 1]; the logits' shape, any rank.
 * @param logits - z, log-odds of each label.
 * @param options - `weights` (≥ 0) broadcast to the logits' shape as in NumPy, from the last axis: one weight per row
 *   of [rows, labels] is a column of shape [rows, 1].
 * @returns Loss and its parts in nats: numbers, or one per element under `reduction: "none"`.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them.
 * @example
 * sigmoidCrossEntropy([[1, 0, 1]], [[10, -10, -10]], { labelSmoothing: 0.1 }).loss; // 3.5000454
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567, for two classes
 */
export function sigmoidCrossEntropy<const Options extends SigmoidCrossEntropyOptions = Record<never, never>>(
  labels: TensorLike,
  logits: TensorLike,
  options: Options = {} as Options,
): SmoothedLoss<Options> {
  requireOptions(options, ownKeys, reductionKeys);
  const full = requireOneOf(options.convention, sigmoidConventions, "convention") === "full";
  if (full && options.prior !== undefined) {
    throw new ArgumentError(`prior must come with convention "half", got it with "full", which turns labels over`);
  }
  const numbers = readTensor(logits, "logits");
  const { data: z, shape } = numbers;
  const y = readBinaryLabels(labels, shape);
  const { labelSmoothing = 0, prior = 0.5, weights = 1 } = options;
  const epsilon = readBroadcast(labelSmoothing, "labelSmoothing", shape, 1);
  const priors = readBroadcast(prior, "prior", shape, 1);
  const elementWeights = readBroadcast(weights, "weights", shape, Infinity);
  const { scale, initial } = rowScales(elementWeights, elementWeights.length, options);

  const sums = lossSums(z.length, initial, options);
  const gradient = gradientTarget(numbers, options);
  for (let i = 0; i < z.length; i++) {
    if (scale[i] === 0) continue;
    const ε = epsilon[i];
    const u = full ? 1 - y[i] : priors[i];
    const target = (1 - ε) * y[i] + ε * u;
    const [hq, hu] = [binaryCrossEntropy(y[i], z[i]), binaryCrossEntropy(u, z[i])];
    sums.add(i, scale[i], { hard: 1 - ε, smooth: ε }, hq, hu, binaryEntropy(target));
    if (gradient) gradient.data[i] = scale[i] * sigmoidMinus(target, z[i]);
  }
  return { ...sums.reduced(), gradLogits: gradient?.finished() } as SmoothedLoss<Options>;
}

const ownKeys: KeysOf<Omit<SigmoidCrossEntropyOptions, keyof ReductionOptions>> = {
  labelSmoothing: true,
  convention: true,
  prior: true,
};

/** @throws {@link ArgumentError} if the labels have another shape, or one is not in [0, 1]. */
export function readBinaryLabels(labels: unknown, logitsShape: readonly number[]): ArrayLike<number> {
  const { data, shape } = readTensor(labels, "labels");
  if (!sameShape(shape, logitsShape)) {
    const wanted = `the logits' shape ${describeShape(logitsShape)}`;
    throw new ArgumentError(`labels must have ${wanted}, got ${describeShape(shape)}`);
  }
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] >= 0 && data[i] <= 1)) {
      throw new ArgumentError(`labels must be in [0, 1], got ${data[i]} at position ${i}`);
    }
  }
  return data;
}

/** A share of 0 drops its term: 0·∞ would be NaN at z = ±∞. */
function binaryCrossEntropy(y: number, z: number): number {
  return (y > 0 ? y * softplus(-z) : 0) + (y < 1 ? (1 - y) * softplus(z) : 0);
}

/** log(1 + eᶻ) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

const binaryEntropy = (y: number): number => -(y > 0 ? y * Math.log(y) : 0) - (y < 1 ? (1 - y) * Math.log1p(-y) : 0);

/** σ(z) − y from the side of z where σ is near 0, so that nothing cancels. */
const sigmoidMinus = (y: number, z: number): number => (z > 0 ? 1 - y - sigmoid(-z) : sigmoid(z) - y);

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
