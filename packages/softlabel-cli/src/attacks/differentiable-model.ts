/**
 * What an attack needs of a classifier: its logits, and how its loss changes with its input. Rows lie one after the
 * other; nothing of the engine that computes shows.
 */
export interface DifferentiableModel {
  readonly classes: number;
  /** Numbers per input. */
  readonly inputSize: number;
  /** Logits [rows, classes] of inputs [rows, inputSize]. */
  readonly logits: (inputs: Float32Array) => Float32Array;
  /**
   * The gradient of each row's own cross-entropy −log p[label] for that row's input: never averaged over rows, never
   * smoothed.
   *
   * @param labels - one class per row; `"predicted"` takes each row's largest logit, the first among equals, from the
   * same forward pass.
   */
  readonly inputGradient: (inputs: Float32Array, labels: Int32Array | "predicted") => InputGradient;
}

export interface InputGradient {
  /** [rows, inputSize], nats per unit of input. */
  readonly gradient: Float32Array;
  /** At the inputs; [rows, classes]. */
  readonly logits: Float32Array;
}
