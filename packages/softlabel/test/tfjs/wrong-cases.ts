import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import * as plain from "softlabel";
import {
  categoricalCrossentropy,
  type LayersLoss,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseCategoricalCrossentropy,
} from "softlabel/tfjs";

/** One place where TensorFlow.js is wrong, shown by running both. */
export interface WrongCase {
  readonly title: string;
  /** Why it happens. */
  readonly why: string;
  readonly theirCall: string;
  readonly ourCall: string;
  readonly theirs: () => Result;
  readonly ours: () => Result;
  /** What is right, in float64; undefined where an error is. */
  readonly truth?: readonly number[];
}

/** Numbers in row order, or a message. */
export type Result = readonly number[] | string;

/** What a call gives, or the message of what it throws. */
export function resultOf(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    return (error as Error).message;
  }
}

const { losses } = tf;
const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const [q, z] = [[[1, 0]], [[2, -1]]];
const at = (offset: number): number[][] => [[2 + offset, -1 + offset]];
const tensor = (values: tf.TensorLike): tf.Tensor => tf.tensor(values, undefined, "float32");
const gradient = (loss: (of: tf.Tensor) => tf.Tensor, of: tf.TensorLike): number[] =>
  numbers(tf.grad(loss)(tensor(of)));
const exact = (
  labels: plain.TensorLike,
  logits: plain.TensorLike,
  options: plain.SoftmaxCrossEntropyOptions & { readonly reduction?: "mean" } = {},
) => {
  const { loss, gradLogits } = plain.softmaxCrossEntropy(labels, logits, { ...options, gradient: true });
  return { loss: [loss as number], gradient: [...gradLogits.data] };
};

const q3 = [
  [
    [1, 0, 0],
    [0, 1, 0],
  ],
];
const z3 = [
  [
    [2, 1, 0],
    [0, 3, 1],
  ],
];
const masked = { labels: [[1, 0, 0]], logits: [[2, 1, Number.NEGATIVE_INFINITY]] };
const three = {
  labels: [
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  logits: [
    [2, 1, 0],
    [0, 3, 1],
    [1, 1, 4],
  ],
};
const column = [[3], [0], [1]];

/** The mean loss of these probabilities, by a model that hands its input through. */
function byLayers(loss: string | LayersLoss, probabilities: number[][], labels: tf.Tensor): number[] {
  const through = layers.layers.activation({ activation: "linear", inputShape: [probabilities[0].length] });
  const model = layers.sequential({ layers: [through] });
  model.compile({ optimizer: "sgd", loss });
  return numbers(model.evaluate(tensor(probabilities), labels) as tf.Tensor);
}

export const wrongCases: readonly WrongCase[] = [
  {
    title: "K comes from the wrong axis",
    why: "`numClasses` is `shape[1]` whatever the rank: here 2 positions, not 3 classes, so that q′ sums to 1 + ε/2.",
    theirCall: "tf.losses.softmaxCrossEntropy(q, z, undefined, 0.1)   // both [1, 2, 3]",
    ourCall: "softmaxCrossEntropy(q, z, { labelSmoothing: 0.1 })",
    theirs: () => numbers(losses.softmaxCrossEntropy(q3, z3, undefined, 0.1)),
    ours: () => numbers(softmaxCrossEntropy(q3, tensor(z3), { labelSmoothing: 0.1 })),
    truth: exact(q3, z3, { labelSmoothing: 0.1 }).loss,
  },
  {
    title: "One row has no class axis",
    why: "`shape[1]` of a single row does not exist.",
    theirCall: "tf.losses.softmaxCrossEntropy([1, 0], [2, -1], undefined, 0.1)",
    ourCall: "softmaxCrossEntropy([1, 0], z, { labelSmoothing: 0.1 })",
    theirs: () => numbers(losses.softmaxCrossEntropy(q[0], z[0], undefined, 0.1)),
    ours: () => numbers(softmaxCrossEntropy(q[0], tensor(z[0]), { labelSmoothing: 0.1 })),
    truth: exact(q[0], z[0], { labelSmoothing: 0.1 }).loss,
  },
  {
    title: "Logits far from 0 lose their digits",
    why: "`logits − lse` is taken in float32 without a shift by the maximum: at 10⁶ it has steps of 1/16.",
    theirCall: "tf.losses.softmaxCrossEntropy([[1, 0]], [[2 + 1e6, -1 + 1e6]])",
    ourCall: "softmaxCrossEntropy([[1, 0]], z)",
    theirs: () => numbers(losses.softmaxCrossEntropy(q, at(1e6))),
    ours: () => numbers(softmaxCrossEntropy(q, tensor(at(1e6)))),
    truth: exact(q, z).loss,
  },
  {
    title: "and then their gradient",
    why: "At 10⁶ the two entries no longer sum to 0.",
    theirCall: "tf.grad(z => tf.losses.softmaxCrossEntropy([[1, 0]], z))(z)   // z = [[2 + 1e6, -1 + 1e6]]",
    ourCall: "tf.grad(z => softmaxCrossEntropy([[1, 0]], z))(z)",
    theirs: () => gradient((t) => losses.softmaxCrossEntropy(q, t), at(1e6)),
    ours: () => gradient((t) => softmaxCrossEntropy(q, t), at(1e6)),
    truth: exact(q, z).gradient,
  },
  {
    title: "The gradient with respect to the labels is another function",
    why: "The derivative of −Σ q·log p with respect to q is −log p; theirs returns q − p.",
    theirCall: "tf.grad(q => tf.losses.softmaxCrossEntropy(q, [[2, -1]]))([[1, 0]])",
    ourCall: "tf.grad(q => softmaxCrossEntropy(q, z))([[1, 0]])",
    theirs: () => gradient((t) => losses.softmaxCrossEntropy(t, z), q),
    ours: () => gradient((t) => softmaxCrossEntropy(t, tensor(z)), q),
    truth: [0, 1].map((label) => exact([label], z).loss[0]),
  },
  {
    title: "There is no second derivative",
    why: "The gradient is built from a saved intermediate, which nothing connects with the logits: a gradient penalty cannot train.",
    theirCall: "tf.grad(z => tf.sum(tf.square(tf.grad(z => tf.losses.softmaxCrossEntropy(q, z))(z))))(z)",
    ourCall: "the same with softmaxCrossEntropy",
    theirs: () => gradient((t) => squaredGradient((s) => losses.softmaxCrossEntropy(q, s), t), z),
    ours: () => gradient((t) => squaredGradient((s) => softmaxCrossEntropy(q, s), t), z),
    truth: penaltyGradient(),
  },
  {
    title: "An ε above 1 is accepted",
    why: "Nothing checks it; q′ has a negative entry.",
    theirCall: "tf.losses.softmaxCrossEntropy([[1, 0]], [[2, -1]], undefined, 1.5)",
    ourCall: "softmaxCrossEntropy([[1, 0]], z, { labelSmoothing: 1.5 })",
    theirs: () => numbers(losses.softmaxCrossEntropy(q, z, undefined, 1.5)),
    ours: () => numbers(softmaxCrossEntropy(q, tensor(z), { labelSmoothing: 1.5 })),
  },
  {
    title: "A negative ε, or NaN, is no smoothing",
    why: "`if (labelSmoothing > 0)` is false for both, and the loss is the plain one.",
    theirCall: "tf.losses.softmaxCrossEntropy([[1, 0]], [[2, -1]], undefined, NaN)",
    ourCall: "softmaxCrossEntropy([[1, 0]], z, { labelSmoothing: NaN })",
    theirs: () => numbers(losses.softmaxCrossEntropy(q, z, undefined, Number.NaN)),
    ours: () => numbers(softmaxCrossEntropy(q, tensor(z), { labelSmoothing: Number.NaN })),
  },
  {
    title: "A masked class makes the loss NaN",
    why: "0·(−∞), the share of a class that cannot occur.",
    theirCall: "tf.losses.softmaxCrossEntropy([[1, 0, 0]], [[2, 1, -Infinity]])",
    ourCall: "softmaxCrossEntropy([[1, 0, 0]], z)",
    theirs: () => numbers(losses.softmaxCrossEntropy(masked.labels, masked.logits)),
    ours: () => numbers(softmaxCrossEntropy(masked.labels, tensor(masked.logits))),
    truth: exact(masked.labels, masked.logits).loss,
  },
  {
    title: "and smoothing it infinite",
    why: "ε/K lands on the class that cannot occur; `allowed` says which can.",
    theirCall: "tf.losses.softmaxCrossEntropy([[1, 0, 0]], [[2, 1, -Infinity]], undefined, 0.1)",
    ourCall: "softmaxCrossEntropy([[1, 0, 0]], z, { labelSmoothing: 0.1, allowed: [1, 1, 0] })",
    theirs: () => numbers(losses.softmaxCrossEntropy(masked.labels, masked.logits, undefined, 0.1)),
    ours: () =>
      numbers(softmaxCrossEntropy(masked.labels, tensor(masked.logits), { labelSmoothing: 0.1, allowed: [1, 1, 0] })),
    truth: exact([[1, 0]], [[2, 1]], { labelSmoothing: 0.1 }).loss,
  },
  {
    title: "A column of weights is multiplied crosswise",
    why: "Losses [3] times weights [3, 1] broadcast to [3, 3]: every loss meets every weight.",
    theirCall: "tf.losses.softmaxCrossEntropy(q, z, [[3], [0], [1]])   // [3, 3] each",
    ourCall: 'softmaxCrossEntropy(q, z, { weights: [[3], [0], [1]], reduction: "sum-by-nonzero-weights" })',
    theirs: () => numbers(losses.softmaxCrossEntropy(three.labels, three.logits, column)),
    ours: () =>
      numbers(
        softmaxCrossEntropy(three.labels, tensor(three.logits), {
          weights: column,
          reduction: "sum-by-nonzero-weights",
        }),
      ),
    truth: [weightedSum() / 2],
  },
  {
    title: "A batch whose rows all weigh 0 is NaN",
    why: "0/0; one such batch ends a training.",
    theirCall: "tf.losses.softmaxCrossEntropy(q, z, [0, 0, 0])   // [3, 3] each",
    ourCall: "softmaxCrossEntropy(q, z, { weights: [0, 0, 0] })",
    theirs: () => numbers(losses.softmaxCrossEntropy(three.labels, three.logits, [0, 0, 0])),
    ours: () => numbers(softmaxCrossEntropy(three.labels, tensor(three.logits), { weights: [0, 0, 0] })),
    truth: [0],
  },
  {
    title: "Labels that are no distribution are accepted",
    why: "The gradient p − q is that of labels that sum to 1; here it should be 2p − q.",
    theirCall: "tf.grad(z => tf.losses.softmaxCrossEntropy([[1, 1]], z))([[2, -1]])",
    ourCall: "tf.grad(z => softmaxCrossEntropy([[1, 1]], z))([[2, -1]])",
    theirs: () => gradient((t) => losses.softmaxCrossEntropy([[1, 1]], t), z),
    ours: () => gradient((t) => softmaxCrossEntropy([[1, 1]], t), z),
  },
  {
    title: "The sigmoid's labels may be anything, and its loss negative",
    why: "Nothing checks that they lie in [0, 1].",
    theirCall: "tf.losses.sigmoidCrossEntropy([2, -1], [3, -3])",
    ourCall: "sigmoidCrossEntropy([2, -1], z)",
    theirs: () => numbers(losses.sigmoidCrossEntropy([2, -1], [3, -3])),
    ours: () => numbers(sigmoidCrossEntropy([2, -1], tensor([3, -3]))),
  },
  {
    title: "A sure and right sigmoid is NaN",
    why: "∞ − ∞·1, where the loss is 0.",
    theirCall: "tf.losses.sigmoidCrossEntropy([1, 0], [Infinity, -Infinity])",
    ourCall: "sigmoidCrossEntropy([1, 0], z)",
    theirs: () => numbers(losses.sigmoidCrossEntropy([1, 0], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])),
    ours: () => numbers(sigmoidCrossEntropy([1, 0], tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]))),
    truth: [0],
  },
  {
    title: "tfjs-layers: a surely wrong row has no gradient",
    why: "Probabilities are clipped at 1e-7: the loss ends at 16.1, and what is beyond cannot be learned. Logits have no end.",
    theirCall: "tf.grad(z => tf.metrics.categoricalCrossentropy([[1, 0]], tf.softmax(z)))([[-20, 0]])",
    ourCall: "tf.grad(z => categoricalCrossentropy({ fromLogits: true })([[1, 0]], z))([[-20, 0]])",
    theirs: () => gradient((t) => layers.metrics.categoricalCrossentropy(tensor(q), tf.softmax(t)), [[-20, 0]]),
    ours: () => gradient((t) => categoricalCrossentropy({ fromLogits: true })(tensor(q), t), [[-20, 0]]),
    truth: exact(q, [[-20, 0]]).gradient,
  },
  {
    title: "tfjs-layers: a class that does not exist costs nothing",
    why: "The one-hot label of class 2 of 2 is all zeros, and so is its loss: labels that start at 1 train without a word.",
    theirCall: 'model.compile({ loss: "sparseCategoricalCrossentropy", … })   // label 2, two classes',
    ourCall: "model.compile({ loss: sparseCategoricalCrossentropy(), … })",
    theirs: () => byLayers("sparseCategoricalCrossentropy", [[0.1, 0.9]], tf.tensor2d([[2]])).map(Math.abs),
    ours: () => byLayers(sparseCategoricalCrossentropy(), [[0.1, 0.9]], tf.tensor2d([[2]])),
  },
  {
    title: "tfjs-layers: labels of whole numbers are refused",
    why: "The labels go through `floor`, which takes float32 only.",
    theirCall: 'model.compile({ loss: "sparseCategoricalCrossentropy", … })   // label 1 as int32',
    ourCall: "model.compile({ loss: sparseCategoricalCrossentropy(), … })",
    theirs: () => byLayers("sparseCategoricalCrossentropy", [[0.1, 0.9]], tf.tensor2d([[1]], [1, 1], "int32")),
    ours: () => byLayers(sparseCategoricalCrossentropy(), [[0.1, 0.9]], tf.tensor2d([[1]], [1, 1], "int32")),
    truth: [-Math.log(0.9)],
  },
];

function squaredGradient(loss: (of: tf.Tensor) => tf.Tensor, of: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(tf.grad(loss)(of)));
}

/** ∇ Σ gₖ², g = p − q, with ∂pⱼ/∂zₖ = pⱼ·(δⱼₖ − pₖ): 2·pₖ·(gₖ − Σ pⱼ·gⱼ). */
function penaltyGradient(): number[] {
  const { gradient: g } = exact(q, z);
  const p = g.map((gk, k) => gk + q[0][k]);
  const mean = p.reduce((sum, pk, k) => sum + pk * g[k], 0);
  return p.map((pk, k) => 2 * pk * (g[k] - mean));
}

/** Σ wᵢ·lossᵢ of the column's weights. */
function weightedSum(): number {
  return column.reduce((sum, [w], row) => sum + w * exact([three.labels[row]], [three.logits[row]]).loss[0], 0);
}
