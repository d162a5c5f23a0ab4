import { readFileSync } from "node:fs";
import {
  presets,
  type SigmoidCrossEntropyOptions,
  type SoftmaxCrossEntropyOptions,
  sigmoidCrossEntropy,
  smoothLabels,
  softmaxCrossEntropy,
  type TensorLike,
} from "softlabel";
import { describe, expect, test } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";

interface Case {
  readonly id: string;
  readonly inputs: Record<string, never>;
  readonly expected: unknown;
  readonly tolerance: number;
  readonly source: string;
}

const { cases } = JSON.parse(readFileSync(new URL("../fixtures/loss.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

const softmax = (labels: TensorLike, logits: TensorLike, options: SoftmaxCrossEntropyOptions) =>
  softmaxCrossEntropy(labels, logits, options).loss;
const sigmoid = (labels: TensorLike, logits: TensorLike, options: SigmoidCrossEntropyOptions) =>
  sigmoidCrossEntropy(labels, logits, options).loss;
const logOf = (nested: readonly unknown[]): never[] =>
  nested.map((value) => (Array.isArray(value) ? logOf(value) : Math.log(value as number))) as never[];
const oneHot = (target: number, classes: number, options: SoftmaxCrossEntropyOptions): ArrayLike<number> => {
  const { labelSmoothing, convention } = options;
  return smoothLabels([target], { classes, labelSmoothing, convention }).data;
};

/** How this library says what each case says; what comes back is compared with `expected`, or with `against`. */
const covered: Record<string, (inputs: Record<string, never>) => unknown> = {
  "tf1-sigmoid-eq-softmax-2class": ({ sigmoid: a, softmax: b, eps }: Record<string, never>) => [
    sigmoid((a as { labels: never }).labels, (a as { logits: never }).logits, {
      ...presets.tensorflowSigmoid,
      labelSmoothing: eps,
    }),
    softmax((b as { labels: never }).labels, (b as { logits: never }).logits, {
      ...presets.tensorflow,
      labelSmoothing: eps,
    }),
  ],
  "tfjs-sigmoid-ls-weighted-mean": ({ labels, logits, weights, eps }) =>
    sigmoid(labels, logits, { ...presets.tfjsSigmoid, reduction: "mean", weights, labelSmoothing: eps }),
  "tfjs-softmax-weighted-mean-nosmooth": ({ labels, logits, weights }) =>
    softmax(labels, logits, { ...presets.tfjs, reduction: "mean", weights }),
  "tfjs-softmax-none-weighted-nosmooth": ({ labels, logits, weights }) =>
    softmax(labels, logits, { ...presets.tfjs, reduction: "none", weights }),
  "keras-bce-ls": ({ labels, logits, eps }) => sigmoid(labels, logits, { ...presets.keras, labelSmoothing: eps }),
  "keras-cce-ls": ({ labels, logits, eps }) => softmax(labels, logits, { ...presets.keras, labelSmoothing: eps }),
  "keras-cce-ls-axis1": ({ labels, probs, eps, axis }) =>
    softmax(labels, logOf(probs), { ...presets.keras, labelSmoothing: eps, axis }),
  "tfjava-metric-cce-ls-mean": ({ labels, logits, eps }) => softmax(labels, logits, { labelSmoothing: eps }),
  "mlx-ce-ls-probs": ({ targets, logits, eps }) => softmax(targets, logits, { ...presets.mlx, labelSmoothing: eps }),
  "mlx-ce-shift-invariance": ({ targets, logits, offsets }) =>
    (offsets as number[]).map((offset) => softmax(targets, [(logits as number[][])[0].map((z) => z + offset)], {})),
  "mmpretrain-original-sigmoid": ({ targets, logits, eps }) =>
    sigmoid(smoothLabels(targets, { classes: 2 }), logits, { labelSmoothing: eps, prior: 1 / 2 }),
  "mmpretrain-classy_vision": ({ targets, logits, eps }) =>
    softmax(targets, logits, { ...presets.classyVision, labelSmoothing: eps }),
  "mmpretrain-mixup-linearity": ({ labels, logits, eps }) => softmax(labels, logits, { labelSmoothing: eps }),
  "flux-logitce-ls": ({ labels, logits, eps }) => softmax(labels, logits, { labelSmoothing: eps }),
  "flux-ce-balanced": ({ labels, probs, eps }) => [
    softmax(labels, logOf(probs), { labelSmoothing: eps }),
    softmax(labels, logOf(probs), {}),
  ],
  "optax-smooth-alpha-0.0": ({ labels, eps }) => smoothLabels(labels, { labelSmoothing: eps }).data,
  "optax-smooth-alpha-1.0": ({ labels, eps }) => smoothLabels(labels, { labelSmoothing: eps }).data,
  "randaugment-bug-correct": ({ target, K, eps }) => oneHot(target, K, { labelSmoothing: eps }),
  "pytorch-104776-weight-0.1-0.9": pytorch104776,
  "pytorch-104776-weight-1.0-1.0": pytorch104776,
  "pytorch-72056-ignore-weight-ls": ({ targets, logits, class_weight, ignore_index, eps }) =>
    softmax(targets, logits, {
      ...presets.pytorch,
      labelSmoothing: eps,
      classWeights: class_weight,
      ignoreIndex: ignore_index,
    }),
  "pytorch-index-vs-prob-weight-mismatch": ({ targets_index, logits, class_weight, eps }) => {
    const options = { ...presets.pytorch, labelSmoothing: eps, classWeights: class_weight };
    return [
      softmax(targets_index, logits, options),
      softmax(smoothLabels(targets_index, { classes: 3 }), logits, options),
    ];
  },
  "pytorch-148884-K2-optimum": ({ K, eps, target }) => {
    const optimum = oneHot(target, K, { labelSmoothing: eps });
    const { loss, floor } = softmaxCrossEntropy([target], [logOf(Array.from(optimum))], { labelSmoothing: eps });
    expectAllClose([loss], [floor], { rtol: 1e-15, atol: 0 });
    return optimum;
  },
  "eps-conversion-vminus1-to-uniform": ({ K, eps_vminus1, eps_uniform }) => {
    expectAllClose(
      oneHot(0 as never, K, { labelSmoothing: eps_vminus1, convention: "other-classes" }),
      oneHot(0 as never, K, { labelSmoothing: eps_uniform }),
      { rtol: 1e-15, atol: 0 },
    );
    return oneHot(0 as never, K, { labelSmoothing: eps_uniform });
  },
  "annotated-transformer-truedist": ({ size, smoothing, targets }) => {
    const { convention, paddingIndex } = presets.annotatedTransformer;
    return smoothLabels(targets, { classes: size, labelSmoothing: smoothing, convention, paddingIndex }).data;
  },
  "identity-decomposition": ({ logits, target, eps }) => {
    const { loss, crossEntropy, priorCrossEntropy } = softmaxCrossEntropy(target, logits, { labelSmoothing: eps });
    return [loss, (1 - eps) * crossEntropy + eps * priorCrossEntropy];
  },
  "identity-logit-form": ({ logits, target, eps }) => {
    const z = logits as number[];
    const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
    return softmaxCrossEntropy(target, logits).loss + eps * (z[target] - mean);
  },
  "deepbox-ce-ls": ({ targets, logits, eps }) => softmax(targets, logits, { labelSmoothing: eps }),
  "deepbox-ce-weight-ignore-ls-none": ({ targets, logits, class_weight, eps }) =>
    softmax(targets, logits, {
      ...presets.pytorch,
      reduction: "none",
      classWeights: class_weight,
      labelSmoothing: eps,
    }),
  "deepbox-ce-soft-ls": ({ targets, logits, eps }) => softmax(targets, logits, { labelSmoothing: eps }),
  "deepbox-ce-masked-eps0": ({ targets, logits }) =>
    softmax(
      targets,
      (logits as string[][]).map((row) => row.map(Number)),
      { labelSmoothing: 0 },
    ),
  "gradient-row-sum-trap": ({ logits, target, eps }) =>
    softmaxCrossEntropy(target, logits, { labelSmoothing: eps, gradient: true }).gradLogits.data,
  "cleverhans-double-smoothing": ({ target, K, eps }) => {
    const once = smoothLabels([target], { classes: K, labelSmoothing: eps });
    return [once.data, smoothLabels(once, { labelSmoothing: eps }).data];
  },
  "cleverhans-clip-form": ({ target, K, eps }) =>
    oneHot(target, K, { labelSmoothing: eps, convention: presets.cleverhans.convention }),
  "blog-eps-0.001": ({ labels, logits, eps }) => softmax(labels, logits, { labelSmoothing: eps }),
};

/** Cases of the same sources that are not losses of this library. */
const notCovered: Record<string, string> = {
  "keras-focal-ls-axis1": "focal loss: no softmax cross-entropy",
  "keras-focal-ls-logits": "focal loss: no softmax cross-entropy",
  "paddle-multihot": "a multi-hot row is not a distribution: refused, with sigmoidCrossEntropy as the remedy",
  maxsup: "MaxSup penalises the largest logit, not the label's: another regulariser",
  mbls: "margin-based label smoothing: another regulariser",
  "gls-negative": "ε < 0 is refused",
  "label-relaxation": "label relaxation is a set-valued target: another loss",
  cdpo: "preference loss over two answers, no classes",
};

function pytorch104776({ target, class_weight, eps, multiplier }: Record<string, never>): number[] {
  return Array.from({ length: 21 }, (_, i) => {
    const logits = [[0.05 * i, 1 - 0.05 * i]];
    const options = { ...presets.pytorch, classWeights: class_weight, labelSmoothing: eps };
    return multiplier * softmaxCrossEntropy(target, logits, options).loss;
  });
}

/** The numbers of a case in one list: where several of ours stand for one of theirs, theirs is repeated. */
function flat(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value as ArrayLike<unknown>, flat).flat();
  const { correct_grad, index_path, prob_path_onehot, once, twice } = value as Record<string, unknown>;
  return [correct_grad, index_path, prob_path_onehot, once, twice].filter((part) => part !== undefined).flatMap(flat);
}

describe("other libraries' published values", () => {
  test.each(cases.filter(({ id }) => id in covered))("$id: $source", ({ id, inputs, expected, tolerance }) => {
    const ours = flat(covered[id](inputs));
    const theirs = flat(expected);
    expect(ours.length % theirs.length).toBe(0);
    const repeated = theirs.length === 1 ? ours.map(() => theirs[0]) : theirs;
    expectAllClose(ours, repeated, { rtol: 0, atol: tolerance });
  });

  test("every case is covered, or left out by name with a reason", () => {
    expect(cases.map(({ id }) => id).sort()).toEqual([...Object.keys(covered), ...Object.keys(notCovered)].sort());
  });

  test("a multi-hot row is refused with the remedy", () => {
    expect(() => smoothLabels([[1, 0, 1]], { labelSmoothing: 0.1 })).toThrow(
      "labels must sum to 1 in every row, got 2 at row 0; for labels that are independent of each other use sigmoidCrossEntropy",
    );
  });
});
