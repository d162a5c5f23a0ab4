/** One step from pixels to logits. */
export type Layer =
  | {
      readonly kind: "convolution";
      readonly filters: number;
      readonly size: number;
      readonly stride: number;
      readonly padding: "same" | "valid";
    }
  | { readonly kind: "max-pool"; readonly size: number }
  | { readonly kind: "dense"; readonly units: number };

/** A classifier before it has weights. */
export interface Architecture {
  /**
   * Every convolution and dense layer with bias and ReLU. The logits follow as one linear layer with a unit per class;
   * what enters it are the penultimate activations.
   */
  readonly hidden: readonly Layer[];
  /** How the weights of every layer are drawn; biases begin at 0. */
  readonly initialWeights: InitialWeights;
}

/**
 * - `glorot-uniform`: W ~ U(−a, a), a = √(6 / (fanIn + fanOut)) (Glorot and Bengio 2010)
 * - `fan-in-normal`: W ~ N(0, 1 / fanIn) (LeCun et al. 1998)
 */
export type InitialWeights = "glorot-uniform" | "fan-in-normal";

/** The reference classifiers. */
export const models: Readonly<Record<string, Architecture>> = {
  /** Multinomial logistic regression. */
  softmax: glorot([]),
  mlp: glorot([dense(512), dense(512)]),
  /** The convolutional net of the TensorFlow tutorials, narrower at its end. */
  lenet: glorot([convolution(32, 5, "same"), maxPool(2), convolution(64, 5, "same"), maxPool(2), dense(128)]),
  /** LeCun et al. 1998, §II.B, with ReLU and max pooling. */
  lenet5: glorot([
    convolution(6, 5, "same"),
    maxPool(2),
    convolution(16, 5, "valid"),
    maxPool(2),
    dense(120),
    dense(84),
  ]),
  /** The basic CNN of cleverhans 3.1.0 (Papernot et al. 2018), which its MNIST tutorial attacks. */
  cleverhans: {
    hidden: [convolution(64, 8, "same", 2), convolution(128, 6, "valid", 2), convolution(128, 5, "valid")],
    initialWeights: "fan-in-normal",
  },
};

function glorot(hidden: readonly Layer[]): Architecture {
  return { hidden, initialWeights: "glorot-uniform" };
}

function convolution(filters: number, size: number, padding: "same" | "valid", stride = 1): Layer {
  return { kind: "convolution", filters, size, stride, padding };
}

function maxPool(size: number): Layer {
  return { kind: "max-pool", size };
}

function dense(units: number): Layer {
  return { kind: "dense", units };
}
