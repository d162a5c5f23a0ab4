export { ArgumentError } from "./core/argument-error.ts";
export type { Convention, Reduction, ReductionOptions, SmoothingOptions } from "./core/options.ts";
export { presets } from "./core/presets.ts";
export type { Reduced, SmoothedLoss } from "./core/result.ts";
export {
  type SigmoidConvention,
  type SigmoidCrossEntropyOptions,
  sigmoidCrossEntropy,
} from "./core/sigmoid-cross-entropy.ts";
export { type SmoothLabelsOptions, smoothLabels } from "./core/smooth-labels.ts";
export type { SoftmaxCrossEntropyOptions } from "./core/softmax-cross-entropy.ts";
export type { Gradient, NestedNumbers, NumericArray, Tensor, TensorLike } from "./core/tensor.ts";
export { allocate, dispose, release } from "./kernels/memory.ts";
export { useRelaxedSimd } from "./kernels/relaxed-simd.ts";
export { softmaxCrossEntropy } from "./kernels/softmax-cross-entropy.ts";
