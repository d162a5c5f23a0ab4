import { type Convention, presets, smoothLabels, softmaxCrossEntropy } from "softlabel";

/** One row of logits, its label, and how it is smoothed. */
export interface Row {
  /** z; −∞ where a class cannot be predicted. */
  readonly logits: readonly number[];
  readonly label: number;
  /** ε in [0, 1]. */
  readonly labelSmoothing: number;
  /** u; `null` is uniform. */
  readonly prior: readonly number[] | null;
  readonly convention: Convention;
}

/** Everything that `softlabel explain` shows; losses in nats, lists in class order. */
export interface Explanation {
  /** p = softmax(z). */
  readonly probabilities: readonly number[];
  /** q, one-hot. */
  readonly target: readonly number[];
  /** q′. */
  readonly smoothedTarget: readonly number[];
  /** The share of q′ that comes from u: ε, or ε/(1 + ε) under "classy-vision". */
  readonly priorShare: number;
  /** H(q, p). */
  readonly crossEntropy: number;
  /** H(u, p), with u as this label meets it: without the label's own class under "other-classes". */
  readonly priorCrossEntropy: number;
  /** H(q′, p). */
  readonly loss: number;
  /** H(q′). */
  readonly floor: number;
  /** p − q′. */
  readonly gradLogits: readonly number[];
  readonly tensorflow: TensorFlowLosses;
}

/** The loss by TensorFlow's two ways to smooth, which know the uniform prior only. */
export interface TensorFlowLosses {
  /** `label_smoothing=ε`. */
  readonly labelSmoothing: number;
  /** `y -= ε * (y - 1 / K)` on one-hot labels, then the loss without smoothing. */
  readonly manual: number;
}

/** Takes the loss of one row apart. */
export function explainRow(row: Row): Explanation {
  const { logits, label, labelSmoothing, convention } = row;
  const smoothing = { labelSmoothing, convention, prior: row.prior ?? undefined };
  const result = softmaxCrossEntropy([label], [logits], { ...smoothing, gradient: true });
  const smoothed = smoothLabels([label], { classes: logits.length, ...smoothing });
  return {
    probabilities: softmax(logits),
    target: oneHot(label, logits.length),
    smoothedTarget: Array.from(smoothed.data),
    priorShare: convention === "classy-vision" ? labelSmoothing / (1 + labelSmoothing) : labelSmoothing,
    crossEntropy: result.crossEntropy,
    priorCrossEntropy: result.priorCrossEntropy,
    loss: result.loss,
    floor: result.floor,
    gradLogits: Array.from(result.gradLogits.data),
    tensorflow: tensorflowLosses(row),
  };
}

function tensorflowLosses({ logits, label, labelSmoothing }: Row): TensorFlowLosses {
  const classes = logits.length;
  const y = oneHot(label, classes).map((share) => share - labelSmoothing * (share - 1 / classes));
  return {
    labelSmoothing: softmaxCrossEntropy([label], [logits], { ...presets.tensorflow, labelSmoothing }).loss,
    manual: softmaxCrossEntropy([y], [logits]).loss,
  };
}

function softmax(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const exponentials = logits.map((z) => Math.exp(z - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

function oneHot(label: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0));
}
