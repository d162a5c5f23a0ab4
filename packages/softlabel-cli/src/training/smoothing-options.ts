import { ArgumentError, type SmoothingOptions } from "softlabel";
import type { TrainingConfig } from "./run.ts";

/**
 * What the loss is told. Class frequencies are those of the labels that are trained with, redrawn ones included.
 *
 * @throws {@link ArgumentError} when the prior has not one number per class.
 */
export function smoothingOptions(
  { labelSmoothing, prior, convention }: TrainingConfig,
  trainLabels: Int32Array,
  classes: number,
): SmoothingOptions {
  if (prior === "uniform") return { labelSmoothing, convention };
  if (prior === "class-frequencies") {
    return { labelSmoothing, convention, prior: frequencies(trainLabels, classes) };
  }
  if (prior.length !== classes) {
    throw new ArgumentError(`prior must have one number for each of ${classes} classes, got ${prior.length}`);
  }
  return { labelSmoothing, convention, prior };
}

function frequencies(labels: Int32Array, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  for (const label of labels) shares[label] += 1 / labels.length;
  return shares;
}
