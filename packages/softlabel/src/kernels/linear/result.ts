import type { ReductionOptions } from "../../core/options.ts";
import type { SmoothedLoss } from "../../core/result.ts";
import type { Tensor } from "../../core/tensor.ts";

/** What `linearSoftmaxCrossEntropy` returns: the loss and its parts in nats, and the gradients of Σ loss. */
export interface LinearLoss<Options = ReductionOptions> extends Omit<SmoothedLoss<Options>, "gradLogits"> {
  /** With the features' shape. */
  readonly gradFeatures: Asked<Options>;
  /** Shape [classes, width]. */
  readonly gradWeight: Asked<Options>;
  /** Shape [classes]; undefined without a bias. */
  readonly gradBias: Tensor<Float32Array> | undefined;
}

/** Known to be there when the type of the options says that a gradient is asked for. */
type Asked<Options> = Options extends { readonly gradient: true }
  ? Tensor<Float32Array>
  : Tensor<Float32Array> | undefined;
