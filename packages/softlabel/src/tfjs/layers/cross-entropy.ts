import { cast, type Tensor, tidy, util } from "@tensorflow/tfjs-core";
import type { KeysOf, SmoothingOptions } from "../../core/options.ts";
import { softmaxCrossEntropy } from "../softmax-cross-entropy.ts";
import { withoutClassAxis } from "./class-index-targets.ts";
import { type LayersLoss, named, type PredictionOptions, requirePredictionOptions } from "./layers-loss.ts";
import { meanOverKept } from "./mean-over-kept.ts";
import { logitsOfClasses } from "./predictions.ts";
import { requireClasses } from "./require-classes.ts";

/** Options of {@link crossEntropy}: the loss' own, without what smooths or weighs. */
export interface CrossEntropyOptions
  extends PredictionOptions,
    Pick<SmoothingOptions, "axis" | "ignoreIndex" | "paddingIndex"> {}

/**
 * The unsmoothed cross-entropy as a metric for `model.compile`: what a validation curve should show.
 *
 *     H(q, p) = −log p[label]   for each row
 *
 * A smoothed loss cannot be compared across ε, since its floor moves; this can. The labels are one-hot, soft or class
 * indices, as the model's loss takes them. `history` names it `crossEntropy` and `val_crossEntropy`. For a sigmoid
 * output use {@link binaryCrossentropy} without smoothing.
 *
 * @param options - Without `fromLogits: true` the predictions are probabilities, as in Keras.
 * @returns the cross-entropy of each row in nats, the predictions' shape without the class axis.
 * @throws {@link ArgumentError} for an unknown option; the metric itself throws what `softmaxCrossEntropy` does.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): LayersLoss {
  requirePredictionOptions(options, ownKeys);
  const { fromLogits = false, ...rest } = options;
  return named("crossEntropy", (yTrue: Tensor, yPred: Tensor) =>
    tidy(() => {
      const axis = requireClasses("crossEntropy", yPred, rest.axis);
      const logits = fromLogits ? yPred : logitsOfClasses(yPred);
      if (util.arraysEqual(yTrue.shape, yPred.shape)) {
        return softmaxCrossEntropy(cast(yTrue, "float32"), logits, { ...rest, reduction: "none" });
      }
      const labels = withoutClassAxis(yTrue, yPred, axis);
      return meanOverKept(softmaxCrossEntropy(labels, logits, { ...rest, reduction: "none" }), labels, rest);
    }),
  );
}

const ownKeys: KeysOf<Omit<CrossEntropyOptions, keyof PredictionOptions>> = {
  axis: true,
  ignoreIndex: true,
  paddingIndex: true,
};
