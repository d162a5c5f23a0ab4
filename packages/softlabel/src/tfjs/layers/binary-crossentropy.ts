import { cast, mean, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { KeysOf } from "../../core/options.ts";
import type { SigmoidConvention } from "../../core/sigmoid-cross-entropy.ts";
import type { TensorLike } from "../../core/tensor.ts";
import { sigmoidCrossEntropy } from "../sigmoid-cross-entropy.ts";
import { type LayersLoss, named, type PredictionOptions, requirePredictionOptions } from "./layers-loss.ts";
import { logitsOfLabels } from "./predictions.ts";

/** Options of {@link binaryCrossentropy}. */
export interface BinaryOptions extends PredictionOptions {
  /** ε in [0, 1]; 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** How ε becomes y′; `"half"` by default, as in Keras. */
  readonly convention?: SigmoidConvention | undefined;
  /** Probability that a label is on before anything is known, ½ by default; broadcasts to the predictions' shape. */
  readonly prior?: TensorLike | undefined;
  /** The axis of the labels, over which the mean is taken; −1 by default. */
  readonly axis?: number | undefined;
}

/**
 * Sigmoid cross-entropy for `model.compile`, against labels that are independent of each other.
 *
 *     loss = mean over the labels of y′·softplus(−z) + (1 − y′)·softplus(z),   y′ = (1 − ε)·y + ε/2
 *
 * The labels have the predictions' shape, any type. With ε = 0 it is also the metric that stays unsmoothed.
 * TensorFlow.js' "accuracy" cuts predictions at ½, also where they are logits, and for more than one label it looks
 * for the largest instead: pass a metric of your own there.
 *
 * @param options - Without `fromLogits: true` the predictions are probabilities, as in Keras.
 * @returns the loss of each row in nats, the predictions' shape without `axis`.
 * @throws {@link ArgumentError} for an unknown option; the loss itself throws what `sigmoidCrossEntropy` does.
 * @see keras/src/losses/losses.py BinaryCrossentropy
 */
export function binaryCrossentropy(options: BinaryOptions = {}): LayersLoss {
  requirePredictionOptions(options, ownKeys);
  const { fromLogits = false, axis = -1, ...rest } = options;
  return named("binaryCrossentropy", (yTrue: Tensor, yPred: Tensor) =>
    tidy(() => {
      const logits = fromLogits ? yPred : logitsOfLabels(yPred);
      return mean(sigmoidCrossEntropy(cast(yTrue, "float32"), logits, { ...rest, reduction: "none" }), axis);
    }),
  );
}

const ownKeys: KeysOf<Omit<BinaryOptions, keyof PredictionOptions>> = {
  labelSmoothing: true,
  convention: true,
  prior: true,
  axis: true,
};
