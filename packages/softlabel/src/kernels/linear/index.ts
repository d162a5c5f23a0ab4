export { linearSoftmaxCrossEntropy } from "./linear-softmax-cross-entropy.ts";
export type { LinearSoftmaxCrossEntropyOptions } from "./options.ts";
export type { LinearLoss } from "./result.ts";
