export { type BinaryOptions, binaryCrossentropy } from "./layers/binary-crossentropy.ts";
export { categoricalCrossentropy } from "./layers/categorical-crossentropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./layers/cross-entropy.ts";
export type { CategoricalOptions, LayersLoss, PredictionOptions } from "./layers/layers-loss.ts";
export { sparseCategoricalCrossentropy } from "./layers/sparse-categorical-crossentropy.ts";
export type { SigmoidCrossEntropyOptions, SoftmaxCrossEntropyOptions } from "./options.ts";
export { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.ts";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";
export { prepareBackend } from "./webgpu/checked.ts";
