/** One step from pixels to logits. */
export type Layer =
  | {
      readonly kind: "convolution";
      readonly filters: number;
      readonly size: number;
      readonly padding: "same" | "valid";
    }
  | { readonly kind: "max-pool"; readonly size: number }
  | { readonly kind: "dense"; readonly units: number };

/**
 * The reference classifiers: their hidden layers, every convolution and dense layer with bias and ReLU. The logits
 * follow as one linear layer with a unit per class; what enters it are the penultimate activations.
 */
export const models: Readonly<Record<string, readonly Layer[]>> = {
  /** Multinomial logistic regression. */
  softmax: [],
  mlp: [dense(512), dense(512)],
  /** The convolutional net of the TensorFlow tutorials, narrower at its end. */
  lenet: [convolution(32, 5, "same"), maxPool(2), convolution(64, 5, "same"), maxPool(2), dense(128)],
  /** LeCun et al. 1998, §II.B, with ReLU and max pooling. */
  lenet5: [convolution(6, 5, "same"), maxPool(2), convolution(16, 5, "valid"), maxPool(2), dense(120), dense(84)],
};

function convolution(filters: number, size: number, padding: "same" | "valid"): Layer {
  return { kind: "convolution", filters, size, padding };
}

function maxPool(size: number): Layer {
  return { kind: "max-pool", size };
}

function dense(units: number): Layer {
  return { kind: "dense", units };
}
