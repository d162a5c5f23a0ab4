import { Tensor } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../../core/argument-error.ts";
import { type ClassWeightOptions, classWeightKeys } from "../../core/class-weights.ts";
import { type KeysOf, requireOptions, type SmoothingOptions, smoothingKeys } from "../../core/options.ts";

/** What `model.compile` takes as a loss or a metric: labels and predictions in, one number per row out. */
export type LayersLoss = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** What the model's last layer gives. */
export interface PredictionOptions {
  /**
   * Whether the model predicts logits (true) or probabilities (false, the default as in Keras), which are clipped to
   * [1e-7, 1 − 1e-7] and taken back to logits: the loss of one label then ends at 16.1 nats and has no gradient
   * beyond. Leave the last layer linear and pass true.
   */
  readonly fromLogits?: boolean | undefined;
  /** Whether labels on a GPU are read back and checked too; see `softmaxCrossEntropy`. */
  readonly validate?: boolean | undefined;
}

/**
 * Options of {@link categoricalCrossentropy} and {@link sparseCategoricalCrossentropy}: those of `softmaxCrossEntropy`
 * that do not depend on the batch. `model.fit` takes the mean; class weights multiply and do not divide.
 */
export interface CategoricalOptions extends SmoothingOptions, ClassWeightOptions, PredictionOptions {
  /** Reports loss − floor = KL(q′ ‖ p), which is 0 at best. The gradient is the same. */
  readonly subtractFloor?: boolean | undefined;
}

const predictionKeys: KeysOf<PredictionOptions> = { fromLogits: true, validate: true };

/** @throws {@link ArgumentError} naming a key that no option has. */
export function requireCategoricalOptions(options: CategoricalOptions): void {
  requireCalled(options);
  requireOptions(options, smoothingKeys, classWeightKeys, { subtractFloor: true }, predictionKeys);
}

/** @throws {@link ArgumentError} naming a key that is neither among `own` nor a {@link PredictionOptions}. */
export function requirePredictionOptions(options: object, own: Readonly<Record<string, true>>): void {
  requireCalled(options);
  requireOptions(options, own, predictionKeys);
}

/** @throws {@link ArgumentError} if labels came in place of options: the function itself was given to `model.compile`. */
function requireCalled(options: object): void {
  if (!(options instanceof Tensor)) return;
  const remedy = "model.compile takes what this function returns: call it first";
  throw new ArgumentError(`options must be an object, got a tensor; ${remedy}`);
}

/** `model.fit` names a metric's history by its function's name, which a minifier would change. */
export function named(name: string, loss: LayersLoss): LayersLoss {
  return Object.defineProperty(loss, "name", { value: name });
}
