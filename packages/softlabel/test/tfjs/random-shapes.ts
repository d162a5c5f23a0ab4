import * as tf from "@tensorflow/tfjs-core";
import * as plain from "softlabel";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/tfjs";

/** How far a call on the backend that is set is from the core's float64. */
export interface Deviation {
  readonly name: string;
  /** Of the rows' losses, against max(1, |loss|). */
  readonly loss: number;
  /** Of the gradient with respect to the logits, against the largest of the call. */
  readonly gradient: number;
}

/** Calls of several ranks, axes, kinds of labels and options, different numbers in each of them. */
export async function deviations(seed: number): Promise<Deviation[]> {
  const random = uniform(seed);
  const found: Deviation[] = [];
  for (const { shape, axis } of shapes) {
    const classes = shape.at(axis) as number;
    const at = axis < 0 ? axis + shape.length : axis;
    const rowShape = shape.filter((_, i) => i !== at);
    const [size, rows] = [shape, rowShape].map((lengths) => lengths.reduce((a, b) => a * b, 1));
    const z = { data: Float32Array.from({ length: size }, () => 12 * random() - 6), shape };
    const stride = shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const soft = { data: distributions(random, size, classes, stride), shape };
    const indices = { data: Int32Array.from({ length: rows }, () => Math.floor(classes * random())), shape: rowShape };
    const upstream = Float32Array.from({ length: rows }, () => 2 * random() - 1);
    const prior = distributions(random, classes, classes, 1);
    const calls = {
      plain: {},
      smoothed: { labelSmoothing: 0.1 },
      "smoothed toward a prior": { labelSmoothing: 0.3, prior },
      "over the other classes": { labelSmoothing: 0.2, convention: "other-classes" },
      "ignoring a class": { labelSmoothing: 0.1, ignoreIndex: 1 },
    } as const;
    for (const [kind, labels] of Object.entries({ indices, soft })) {
      for (const [name, options] of Object.entries(calls)) {
        const all = { ...options, axis, reduction: "none" } as const;
        found.push(await compare(`[${shape}], axis ${axis}, ${kind}, ${name}`, labels, z, all, upstream));
      }
    }
    found.push(await compareSigmoid(`[${shape}], sigmoid`, random, z));
  }
  return found;
}

const shapes: readonly { readonly shape: number[]; readonly axis: number }[] = [
  { shape: [7], axis: -1 },
  { shape: [5, 10], axis: -1 },
  { shape: [3, 131], axis: 1 },
  { shape: [4, 6], axis: 0 },
  { shape: [2, 5, 3, 4], axis: 1 },
];

async function compare(
  name: string,
  labels: plain.Tensor,
  z: plain.Tensor<Float32Array>,
  options: plain.SoftmaxCrossEntropyOptions & { readonly reduction: "none" },
  upstream: Float32Array,
): Promise<Deviation> {
  const weights = { data: upstream.map(Math.abs), shape: [upstream.length] };
  const exactLogits = { data: Float64Array.from(z.data), shape: z.shape };
  const exact = plain.softmaxCrossEntropy(labels, exactLogits, { ...options, weights, gradient: true });
  const dtype = labels.data instanceof Int32Array ? "int32" : "float32";
  const q = tf.tensor(labels.data as Float32Array, [...labels.shape], dtype);
  const w = tf.tensor1d(weights.data);
  return measure(name, z, exact, (t) => softmaxCrossEntropy(q, t, { ...options, weights: w }), [q, w]);
}

async function compareSigmoid(name: string, random: () => number, z: plain.Tensor<Float32Array>): Promise<Deviation> {
  const labels = { data: Float32Array.from(z.data, () => random()), shape: z.shape };
  const options = { labelSmoothing: 0.2, reduction: "none" } as const;
  const exactLogits = { data: Float64Array.from(z.data), shape: z.shape };
  const exact = plain.sigmoidCrossEntropy(labels, exactLogits, { ...options, gradient: true });
  const y = tf.tensor(labels.data, [...labels.shape]);
  return measure(name, z, exact, (t) => sigmoidCrossEntropy(y, t, options), [y]);
}

async function measure(
  name: string,
  z: plain.Tensor<Float32Array>,
  exact: { readonly loss: Float64Array; readonly gradLogits: plain.Gradient },
  loss: (z: tf.Tensor) => tf.Tensor,
  tensors: tf.Tensor[],
): Promise<Deviation> {
  const logits = tf.tensor(z.data, [...z.shape]);
  const value = loss(logits);
  const gradient = tf.grad(loss)(logits);
  const [losses, grads] = await Promise.all([value.data(), gradient.data()]);
  tf.dispose([logits, value, gradient, tensors]);
  const largest = Math.max(1e-30, ...Array.from(exact.gradLogits.data, Math.abs));
  return {
    name,
    loss: worst(losses, exact.loss, (e) => Math.max(1, Math.abs(e))),
    gradient: worst(grads, exact.gradLogits.data, () => largest),
  };
}

/** The largest deviation in units of `scale`; infinite where a number is missing or none. */
function worst(actual: ArrayLike<number>, exact: ArrayLike<number>, scale: (exact: number) => number): number {
  if (actual.length !== exact.length) return Number.POSITIVE_INFINITY;
  const far = Array.from(actual, (value, i) => Math.abs(value - exact[i]) / scale(exact[i]));
  return far.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...far);
}

/** Rows that sum to 1 along the class axis, whose lanes lie `stride` apart. */
function distributions(random: () => number, size: number, classes: number, stride: number): Float32Array {
  const data = Float32Array.from({ length: size }, () => random() + 0.01);
  for (let i = 0; i < size; i++) {
    const isFirst = Math.floor(i / stride) % classes === 0;
    if (!isFirst) continue;
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += data[i + k * stride];
    for (let k = 0; k < classes; k++) data[i + k * stride] /= sum;
  }
  return data;
}

/** The same numbers in every engine: integer arithmetic, and quotients that float32 holds exactly. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
