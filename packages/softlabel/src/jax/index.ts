export type { JaxReductionOptions, JaxTensorLike, SoftmaxCrossEntropyOptions } from "./options.ts";
export { type SigmoidCrossEntropyOptions, sigmoidCrossEntropy } from "./sigmoid-cross-entropy.ts";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";
