import { jit, numpy as np } from "@jax-js/jax";
import { ArgumentError } from "softlabel";
import { type SoftmaxCrossEntropyOptions, sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";

const logits = (): np.Array => np.array([0.5, 1, -1, 2, 0, 1]).reshape([2, 3]);
const labels = (): np.Array => np.array(Int32Array.of(1, 2));
const call = (options: object) => softmaxCrossEntropy(labels(), logits(), options as SoftmaxCrossEntropyOptions);

const refused: [string, () => np.Array, string][] = [
  [
    "plain logits",
    () => softmaxCrossEntropy(labels(), [[1, 2]] as never),
    "logits must be an array of jax-js, got an array of length 1; make one with np.array",
  ],
  ["integer logits", () => softmaxCrossEntropy([0], np.eye(1).astype(np.int32)), "logits must hold floats, got int32"],
  [
    "no rows",
    () => softmaxCrossEntropy(labels(), np.zeros([0, 3])),
    "logits must have at least one row, got shape [0, 3]",
  ],
  [
    "an axis that is not there",
    () => call({ axis: 2 }),
    "axis must be an integer in [-2, 2) for logits of shape [2, 3], got 2",
  ],
  [
    "labels of another shape",
    () => softmaxCrossEntropy(np.array(Int32Array.of(1, 2, 0)), logits()),
    "labels must have shape [2] (class indices) or [2, 3] (distributions) for logits of shape [2, 3], got [3]",
  ],
  [
    "a plain label that is no class",
    () => softmaxCrossEntropy([1, 3], logits()),
    "labels must be integers in [0, 3), got 3 at row 1; if labels start at 1, subtract 1",
  ],
  [
    "a plain label that allowed excludes",
    () => softmaxCrossEntropy([1, 2], logits(), { labelSmoothing: 0.1, allowed: [1, 0, 1] }),
    "labels must be classes that allowed permits, got class 1 at row 0",
  ],
  ["null for options", () => call(null as never), "options must be an object, got null"],
  [
    "null for a sigmoid's options",
    () => sigmoidCrossEntropy([0, 1], np.array([1, 2]), null as never),
    "options must be an object, got null",
  ],
  ["ε", () => call({ labelSmoothing: 1.5 }), "labelSmoothing must be a number in [0, 1], got 1.5"],
  [
    "the shape of ε",
    () => call({ labelSmoothing: np.array([0.1, 0.2, 0.3]) }),
    "labelSmoothing must be a number or one number per row, shape [2], got [3]",
  ],
  ["a prior", () => call({ prior: [0.5, 0.4, 0] }), "prior must sum to 1, got 0.9"],
  [
    "the shape of a prior",
    () => call({ labelSmoothing: 0.1, prior: np.array([0.5, 0.5]) }),
    "prior must have shape [3] or [3, 3], got [2]",
  ],
  ["a mask", () => call({ allowed: [1, 2, 1] }), "allowed must hold 0 and 1 only, got 2"],
  ["the shape of a mask", () => call({ allowed: np.array([1, 1]) }), "allowed must have shape [3] or [2, 3], got [2]"],
  ["a weight", () => call({ weights: [1, -1] }), "weights must be a finite number ≥ 0, got -1 at position 1"],
  [
    "the shape of class weights",
    () => call({ classWeights: np.array([1, 2]) }),
    "classWeights must have shape [3], got [2]",
  ],
  [
    "a normaliser with nothing to divide",
    () => call({ reduction: "sum", normalizer: np.array(2) }),
    'normalizer must come with a reduction that divides, got reduction "sum"',
  ],
  [
    "a normaliser of many",
    () => call({ normalizer: np.array([1, 2]) }),
    "normalizer must hold one number, got shape [2]",
  ],
  [
    "a reduction",
    () => call({ reduction: "avg" }),
    'reduction must be one of "mean", "sum", "none", "sum-by-nonzero-weights", got "avg"',
  ],
  [
    "a gradient",
    () => call({ gradient: true }),
    "gradient must be left out: jax-js takes the gradient, with grad or valueAndGrad",
  ],
  [
    "a place for the gradient",
    () => call({ gradientInto: {} }),
    "gradientInto must be left out: jax-js takes the gradient, with grad or valueAndGrad",
  ],
  [
    "a sigmoid's labels of another shape",
    () => sigmoidCrossEntropy(labels(), logits()),
    "labels must have the logits' shape [2, 3], got [2]",
  ],
  [
    "a sigmoid's plain label",
    () => sigmoidCrossEntropy([0, 2], np.array([1, 2])),
    "labels must be in [0, 1], got 2 at position 1",
  ],
  [
    "what does not broadcast",
    () => sigmoidCrossEntropy([0, 1], np.array([1, 2]), { weights: np.array([1, 2, 3]) }),
    "weights must broadcast to [2], got [3]",
  ],
  [
    "a prior of turned labels",
    () => sigmoidCrossEntropy([0, 1], np.array([1, 2]), { convention: "full", prior: 0.5 }),
    'prior must come with convention "half", got it with "full", which turns labels over',
  ],
];

describe("a wrong call is refused in one sentence", () => {
  test.each(refused)("%s", (_, run, message) => {
    expect(run).toThrow(new ArgumentError(message));
  });

  test("a mistyped option is named beside the known ones", () => {
    expect(() => call({ labelsmoothing: 0.1 })).toThrow(
      /^options must be among labelSmoothing, .*, got "labelsmoothing"$/,
    );
  });

  test("also while jit traces", () => {
    const traced = jit((z: np.Array) => softmaxCrossEntropy([1, 2], z, { labelSmoothing: -1 }));
    expect(() => traced(logits())).toThrow("labelSmoothing must be a number in [0, 1], got -1");
  });
});
