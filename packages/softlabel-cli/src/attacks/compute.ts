import type { DifferentiableModel, InputGradient } from "./differentiable-model.ts";
import { predictedClass } from "./judge-logits.ts";
import { requireComputed } from "./require.ts";

/** The model's logits, one finite number per row and class. */
export function logitsOf(model: DifferentiableModel, inputs: Float32Array): Float32Array {
  const logits = model.logits(inputs);
  requireComputed("logits", logits, inputs.length / model.inputSize, model.classes);
  return logits;
}

/** The model's input gradient and logits, all of them finite. */
export function gradientOf(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array | "predicted",
): InputGradient {
  const rows = inputs.length / model.inputSize;
  const computed = model.inputGradient(inputs, labels);
  requireComputed("logits", computed.logits, rows, model.classes);
  requireComputed("input gradient", computed.gradient, rows, model.inputSize);
  return computed;
}

/** Each row's largest logit, the first among equals. */
export function predictedLabels(model: DifferentiableModel, inputs: Float32Array): Int32Array {
  const logits = logitsOf(model, inputs);
  return Int32Array.from({ length: inputs.length / model.inputSize }, (_, row) =>
    predictedClass(logits, row, model.classes),
  );
}
