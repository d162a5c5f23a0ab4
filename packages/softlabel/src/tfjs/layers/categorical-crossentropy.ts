import { cast, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../softmax-cross-entropy.ts";
import { type CategoricalOptions, type LayersLoss, named, requireCategoricalOptions } from "./layers-loss.ts";
import { logitsOfClasses } from "./predictions.ts";
import { requireClasses } from "./require-classes.ts";

/**
 * Softmax cross-entropy for `model.compile`, against one-hot or soft labels.
 *
 *     loss = (1 − ε)·H(q, p) + ε·H(u, p)   for each row
 *
 * The labels have the predictions' shape, any type. Validation loss is smoothed too: judge a model by the metric
 * {@link crossEntropy}.
 *
 * @param options - Without `fromLogits: true` the predictions are probabilities, as in Keras.
 * @returns the loss of each row in nats, the predictions' shape without the class axis.
 * @throws {@link ArgumentError} for an unknown option; the loss itself throws what `softmaxCrossEntropy` does.
 * @see keras/src/losses/losses.py CategoricalCrossentropy
 */
export function categoricalCrossentropy(options: CategoricalOptions = {}): LayersLoss {
  requireCategoricalOptions(options);
  const { fromLogits = false, ...rest } = options;
  return named("categoricalCrossentropy", (yTrue: Tensor, yPred: Tensor) =>
    tidy(() => {
      requireClasses("categoricalCrossentropy", yPred, rest.axis);
      const logits = fromLogits ? yPred : logitsOfClasses(yPred);
      return softmaxCrossEntropy(cast(yTrue, "float32"), logits, { ...rest, reduction: "none" });
    }),
  );
}
