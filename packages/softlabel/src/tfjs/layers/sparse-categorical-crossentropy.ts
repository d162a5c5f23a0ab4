import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../softmax-cross-entropy.ts";
import { takesClassIndices, withoutClassAxis } from "./class-index-targets.ts";
import { type CategoricalOptions, type LayersLoss, named, requireCategoricalOptions } from "./layers-loss.ts";
import { meanOverKept } from "./mean-over-kept.ts";
import { logitsOfClasses } from "./predictions.ts";
import { requireClasses } from "./require-classes.ts";

/**
 * Softmax cross-entropy for `model.compile`, against class indices.
 *
 *     loss = lse(z) − (1 − ε)·z[label] − ε·⟨u, z⟩   for each row
 *
 * The labels are float32 or int32, of shape [rows], or the predictions' shape with 1 for the class axis. TensorFlow.js
 * takes labels of such a shape, and counts `metrics: ["accuracy"]` by them, for its own loss only; `model.compile` is
 * taught once, on the first call of this function after tfjs-layers was imported, to do the same for this one.
 *
 * Rows of `ignoreIndex` or `paddingIndex` give 0 and the others are scaled so that the batch's mean is theirs.
 * Validation loss is smoothed too: judge a model by the metric {@link crossEntropy}.
 *
 * @param options - Without `fromLogits: true` the predictions are probabilities, as in Keras.
 * @returns the loss of each row in nats, the predictions' shape without the class axis.
 * @throws {@link ArgumentError} for an unknown option; the loss itself throws what `softmaxCrossEntropy` does.
 * @see keras/src/losses/losses.py SparseCategoricalCrossentropy
 */
export function sparseCategoricalCrossentropy(options: CategoricalOptions = {}): LayersLoss {
  requireCategoricalOptions(options);
  const { fromLogits = false, ...rest } = options;
  const loss = named("sparseCategoricalCrossentropy", (yTrue: Tensor, yPred: Tensor) =>
    tidy(() => {
      const axis = requireClasses("sparseCategoricalCrossentropy", yPred, rest.axis);
      const labels = withoutClassAxis(yTrue, yPred, axis);
      const logits = fromLogits ? yPred : logitsOfClasses(yPred);
      return meanOverKept(softmaxCrossEntropy(labels, logits, { ...rest, reduction: "none" }), labels, rest);
    }),
  );
  return takesClassIndices(loss, rest.axis);
}
