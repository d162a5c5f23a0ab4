export { ArgumentError } from "./core/argument-error.ts";
export type { Convention, Reduction, SmoothingOptions } from "./core/options.ts";
export type { NestedNumbers, NumericArray, Tensor, TensorLike } from "./core/tensor.ts";
