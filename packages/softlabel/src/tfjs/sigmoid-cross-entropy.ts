import { engine, type Scalar, Tensor, tensor } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../core/argument-error.ts";
import { readBroadcast } from "../core/broadcast.ts";
import { type KeysOf, requireOneOf, requireOptions } from "../core/options.ts";
import { rowScales } from "../core/row-scales.ts";
import { readBinaryLabels, sigmoidConventions } from "../core/sigmoid-cross-entropy.ts";
import { type Tensor as Plain, readTensor, type TensorLike } from "../core/tensor.ts";
import {
  type BinaryCall,
  type BinaryTensors,
  binaryGradient,
  binaryLabelsGradient,
  binaryLoss,
} from "./composed/binary.ts";
import { isFused } from "./fused.ts";
import { type Inputs, type Operation, run } from "./operation.ts";
import { requireNoMore, type SigmoidCrossEntropyOptions, type Summed, weighingKeys } from "./options.ts";
import { inFloat32, requireKept, requireTensor } from "./read-call.ts";

/**
 * Sigmoid cross-entropy of independent labels against smoothed labels, as a differentiable operation of TensorFlow.js.
 *
 *     loss = y′·softplus(−z) + (1 − y′)·softplus(z),   y′ = (1 − ε)·y + ε/2
 *     ∂loss/∂z = σ(z) − y′,   ∂loss/∂y = −(1 − ε)·z
 *
 * Composed of operations in float32 on every backend, to within 1e-5 of max(1, |loss|) and of the largest gradient; it can
 * be differentiated twice. NaN gives NaN in that element; z = ±∞ gives an infinite loss unless y′ agrees. Elements that
 * weigh 0 have no part in anything; a mean over none is 0.
 *
 * @param labels - y in [0, 1], the logits' shape; a tensor or numbers. The cpu and wasm backends check them, the others
 * where they are numbers or with `validate: true`.
 * @param logits - z, log-odds of each label, any shape.
 * @param options - `weights` (≥ 0) broadcast to the logits' shape as in NumPy.
 * @returns The loss in nats: a scalar, or under `reduction: "none"` one number per element.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them.
 * @example
 * sigmoidCrossEntropy([[1, 0, 1]], tf.tensor2d([[10, -10, -10]]), { labelSmoothing: 0.1 }); // 3.5000454
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567, for two classes
 */
export function sigmoidCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options?: Summed<SigmoidCrossEntropyOptions>,
): Scalar;
export function sigmoidCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options?: SigmoidCrossEntropyOptions,
): Tensor;
export function sigmoidCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options: SigmoidCrossEntropyOptions = {},
  ...more: readonly unknown[]
): Tensor {
  requireNoMore(more);
  requireOptions(options, ownKeys, weighingKeys);
  requireTensor(logits, "logits");
  const { validate, weights } = options;
  const checked = requireOneOf(validate, [false, true], "validate") || isFused();
  return engine().tidy(() => {
    const { shape } = logits;
    const inputs: Record<string, Tensor> = {
      logits: inFloat32(logits),
      labels: onDevice(labels, shape, checked),
    };
    if (!(weights instanceof Tensor)) return run(operation, inputs, readBinaryCall(shape, options, weights));
    requireKept(weights, "weights");
    readBroadcast(numbersOf(weights, checked), "weights", shape, Infinity);
    return run(operation, { ...inputs, weights }, readBinaryCall(shape, options, undefined));
  });
}

const ownKeys: KeysOf<Pick<SigmoidCrossEntropyOptions, "labelSmoothing" | "convention" | "prior">> = {
  labelSmoothing: true,
  convention: true,
  prior: true,
};

const operation: Operation<BinaryCall> = {
  name: "SoftlabelSigmoidCrossEntropy",
  forward: (inputs, call) => [engine().tidy(() => binaryLoss(tensorsOf(inputs), call))],
  gradients: (upstream, inputs, call) => ({
    logits: () => binaryGradient(upstream, tensorsOf(inputs), call),
    labels: () => binaryLabelsGradient(upstream, tensorsOf(inputs), call),
  }),
};

const tensorsOf = ({ logits, labels, weights }: Inputs): BinaryTensors => ({ logits, labels, weights });

/** @throws {@link ArgumentError} if the labels have another shape, or, where they are checked, one is not in [0, 1]. */
function onDevice(labels: Tensor | TensorLike, shape: readonly number[], checked: boolean): Tensor {
  if (!(labels instanceof Tensor)) {
    const numbers = readTensor(labels, "labels");
    readBinaryLabels({ data: numbers.data as Float64Array, shape: numbers.shape }, shape);
    return tensor(Float32Array.from(numbers.data), [...numbers.shape]);
  }
  requireKept(labels, "labels");
  readBinaryLabels(numbersOf(labels, checked), shape);
  return labels;
}

/** A tensor's numbers; zeros for those that nobody reads, so that the shape is checked all the same. */
function numbersOf(tensor: Tensor, checked: boolean): Plain {
  return { data: checked ? tensor.dataSync() : new Uint8Array(tensor.size), shape: tensor.shape };
}

/** @throws {@link ArgumentError} if an option is wrong. */
function readBinaryCall(
  shape: readonly number[],
  { labelSmoothing = 0, prior, convention, weights: _, validate: __, ...reduction }: SigmoidCrossEntropyOptions,
  weights: TensorLike | undefined,
): BinaryCall {
  const full = requireOneOf(convention, sigmoidConventions, "convention") === "full";
  if (full && prior !== undefined) {
    throw new ArgumentError(`prior must come with convention "half", got it with "full", which turns labels over`);
  }
  const perElement = [labelSmoothing, prior ?? 0.5].some((value) => typeof value !== "number");
  const epsilon = readBroadcast(labelSmoothing, "labelSmoothing", perElement ? shape : [], 1);
  const priors = readBroadcast(prior ?? 0.5, "prior", perElement ? shape : [], 1);
  const slope = Float32Array.from(epsilon, (ε) => (full ? 1 - 2 * ε : 1 - ε));
  const offset = Float32Array.from(epsilon, (ε, i) => (full ? ε : ε * priors[i]));
  const ofElements = weights === undefined ? undefined : readBroadcast(weights, "weights", shape, Infinity);
  rowScales(ofElements ?? Float64Array.of(1), ofElements?.length ?? 1, reduction); // checks the options
  requireOneOf(reduction.subtractFloor, [false, true], "subtractFloor");
  return {
    shape,
    slope: perElement ? slope : slope[0],
    offset: perElement ? offset : offset[0],
    weights: ofElements && Float32Array.from(ofElements),
    reduction,
  };
}
