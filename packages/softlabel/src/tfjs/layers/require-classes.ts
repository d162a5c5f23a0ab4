import type { Tensor } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../../core/argument-error.ts";
import { classAxis } from "../../core/class-axis.ts";

/**
 * The class axis of a softmax layer's predictions, counted from the front.
 *
 * @throws {@link ArgumentError} if there is one class only, whose loss would be 0 whatever the model says.
 */
export function requireClasses(name: string, yPred: Tensor, axis = -1): number {
  const at = classAxis(yPred.shape, axis, "predictions");
  if (at.classes === 1) {
    const remedy = "; for one sigmoid output use binaryCrossentropy";
    throw new ArgumentError(`${name} must be given two classes at least, got 1${remedy}`);
  }
  return at.axis;
}
