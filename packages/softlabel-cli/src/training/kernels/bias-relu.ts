import type { GradConfig, KernelFunc, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";
import { addressOf, compiled } from "./compiled.ts";
import { asKernel, free, type KernelCall, view } from "./heap.ts";

/** max(x + bias, 0), the bias along the last axis. */
export const biasRelu: KernelFunc = asKernel(({ inputs: { x, bias }, backend }: KernelCall<"x" | "bias">) => {
  const out = backend.makeOutput(x.shape, "float32");
  const [xAt, biasAt, outAt] = [x, bias, out].map((tensor) => addressOf(backend, tensor));
  const channels = bias.shape[0];
  compiled(backend).biasRelu(xAt, biasAt, outAt, sizeOf(x) / channels, channels);
  return out;
});

/** dy where y > 0, else 0: the gradient of ReLU, read off its output. */
export const reluGradient: KernelFunc = asKernel(({ inputs: { dy, y }, backend }: KernelCall<"dy" | "y">) => {
  const out = backend.makeOutput(dy.shape, "float32");
  const [dyAt, yAt, outAt] = [dy, y, out].map((tensor) => addressOf(backend, tensor));
  compiled(backend).reluGradient(dyAt, yAt, outAt, sizeOf(dy));
  return out;
});

/** Sum over every axis but the last, accumulated in float64. */
export const columnSums: KernelFunc = asKernel(({ inputs: { x }, backend }: KernelCall<"x">) => {
  const channels = x.shape[x.shape.length - 1];
  const out = backend.makeOutput([channels], "float32");
  // Two float32 have the room of a float64, and the allocator aligns for it.
  const sums = backend.makeOutput([2 * channels], "float32");
  view(backend, sums).fill(0);
  const [xAt, sumsAt] = [x, sums].map((tensor) => addressOf(backend, tensor));
  compiled(backend).columnSums(xAt, sumsAt, sizeOf(x) / channels, channels);
  const { buffer } = view(backend, sums);
  view(backend, out).set(new Float64Array(buffer, sumsAt, channels));
  free(backend, sums);
  return out;
});

export const biasReluGradient: GradConfig = {
  kernelName: "BiasRelu",
  outputsToSave: [true],
  gradFunc: (dy, [y]) => {
    const upstream = throughRelu(dy as Tensor, y);
    return { x: () => upstream, bias: () => sumOfColumns(upstream) };
  },
};

export function throughRelu(dy: Tensor, y: Tensor): Tensor {
  return tf.engine().runKernel("ReluGradient", { dy, y });
}

export function sumOfColumns(x: Tensor): Tensor {
  return tf.engine().runKernel("ColumnSums", { x });
}

function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, n) => product * n, 1);
}
