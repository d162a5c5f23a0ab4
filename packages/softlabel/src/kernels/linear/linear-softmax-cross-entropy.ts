import type { TensorLike } from "../../core/tensor.ts";
import { softmaxCrossEntropy } from "../softmax-cross-entropy.ts";
import { asTensors, zeroGradients } from "./gradients.ts";
import { keepRows } from "./kept-rows.ts";
import {
  chunkRowsOf,
  type LinearSoftmaxCrossEntropyOptions,
  requireClassesLast,
  requireLinearOptions,
} from "./options.ts";
import { partSums } from "./part-sums.ts";
import { products } from "./products.ts";
import { readLayer } from "./read-layer.ts";
import type { LinearLoss } from "./result.ts";

/**
 * Softmax cross-entropy of a linear layer's logits against smoothed labels, without ever holding the logits.
 *
 *     z = x·wᵀ + b,   loss = H(q′, softmax(z)),   g = ∂loss/∂z
 *     ∂loss/∂x = g·w,   ∂loss/∂w = gᵀ·x,   ∂loss/∂b = Σ g over the rows
 *
 * Rows are taken in chunks: their logits are made, turned into their gradient in place, multiplied into the gradients
 * of features, weight and bias, and forgotten. Beside its arguments and its result a call needs the logits of one
 * chunk ({@link LinearSoftmaxCrossEntropyOptions.chunkRows}) and a few panels of the weight, which stays where it is.
 * The divisor of a mean is that of all rows.
 *
 * The products are in float32 by WebAssembly SIMD, or in float64 without it, and inputs of other types are rounded to
 * float32. A row of features with NaN or ±∞ gives NaN in its own loss and gradient, and so in all of `gradWeight` and
 * `gradBias`, which sum over rows. Rows that are ignored or weigh 0 have no part in anything, whatever they hold.
 *
 * @param labels - q: class indices, shaped as the features without the last axis, or distributions, shaped as the
 * logits.
 * @param features - x; shape [rows, width], or with more axes before the last.
 * @param weight - w; shape [classes, width].
 * @returns Loss and its parts in nats, as `softmaxCrossEntropy` reduces them; with `gradient: true` also the gradients
 * of Σ loss, in float32.
 * @throws {@link ArgumentError} if an argument or an option breaks what is documented for it, or if the engine has no
 * memory for a chunk.
 * @example
 * const features = [[1, 2], [3, 4]];
 * const weight = [[1, 0], [0, 1], [1, -1]];
 * linearSoftmaxCrossEntropy([1, 0], features, weight, { labelSmoothing: 0.1 }).loss; // 0.95026049
 * @see Wijmans et al. 2024, Cut Your Losses in Large-Vocabulary Language Models, https://arxiv.org/abs/2411.09009
 */
export function linearSoftmaxCrossEntropy<
  const Options extends LinearSoftmaxCrossEntropyOptions = Record<never, never>,
>(labels: TensorLike, features: TensorLike, weight: TensorLike, options: Options = {} as Options): LinearLoss<Options> {
  const gradient = requireLinearOptions(options);
  const layer = readLayer(features, weight, options.bias);
  requireClassesLast(options, layer.rowShape.length + 1);
  const kept = keepRows(labels, layer, options);
  const sums = partSums(layer.rows, kept.initial, options.reduction === "none");
  const gradients = gradient ? zeroGradients(layer) : undefined;

  const { classes, width } = layer;
  const chunkRows = chunkRowsOf(kept.rows.length, classes, options);
  const { weight: w, bias } = layer;
  const { gradWeight, gradBias } = gradients ?? {};
  const chunk = products({ classes, width, weight: w, bias, gradWeight, gradBias }, chunkRows);
  for (let from = 0; from < kept.rows.length; from += chunkRows) {
    const rows = kept.rows.subarray(from, from + chunkRows);
    for (const [i, row] of rows.entries()) chunk.features.set(rowOf(layer.features, row, width), i * width);
    chunk.forward(rows.length);
    const logits = { data: chunk.logits.subarray(0, rows.length * classes), shape: [rows.length, classes] };
    const slice = kept.slice(from, from + rows.length);
    const into = gradients && { gradientInto: logits };
    sums.add(rows, softmaxCrossEntropy(slice.labels, logits, { ...slice.options, ...into }));
    if (gradients === undefined) continue;
    chunk.backward(rows.length);
    for (const [i, row] of rows.entries()) gradients.gradFeatures.set(rowOf(chunk.features, i, width), row * width);
  }
  return { ...sums.reduced(), ...asTensors(layer, gradients) } as LinearLoss<Options>;
}

const rowOf = (matrix: Float32Array, row: number, width: number): Float32Array =>
  matrix.subarray(row * width, (row + 1) * width);
