import type { GradConfig, KernelFunc, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";
import { sumOfColumns, throughRelu } from "./bias-relu.ts";
import { asKernel, call, type KernelCall } from "./heap.ts";

interface Attributes {
  readonly activation: "linear" | "relu";
}

/**
 * activation(x·W + b) in one pass; x [rows, inputs], W [inputs, outputs], b [outputs].
 *
 * The engine's own fused product computes every gradient it is asked for at once, and fuses no activation while it
 * trains; with a gradient of its own the layer keeps the fusion, and what nobody needs is never computed.
 */
export const dense: KernelFunc = asKernel(
  ({
    inputs: { x, weights, bias },
    attrs: { activation },
    backend,
  }: KernelCall<"x" | "weights" | "bias", Attributes>) => {
    const rank3 = (tensor: TensorInfo): TensorInfo => ({ ...tensor, shape: [1, ...tensor.shape] });
    const product = call(
      backend,
      "_FusedMatMul",
      { a: rank3(x), b: rank3(weights), bias },
      { transposeA: false, transposeB: false, activation },
    );
    return { ...product, shape: product.shape.slice(1) };
  },
);

export const denseGradient: GradConfig = {
  kernelName: "Dense",
  inputsToSave: ["x", "weights"],
  outputsToSave: [true],
  gradFunc: (dy, [x, weights, y], attrs) => {
    const { activation } = attrs as unknown as Attributes;
    const upstream = activation === "relu" ? throughRelu(dy as Tensor, y) : (dy as Tensor);
    return {
      x: () => tf.matMul(upstream, weights, false, true),
      weights: () => tf.matMul(x, upstream, true, false),
      bias: () => sumOfColumns(upstream),
    };
  },
};
