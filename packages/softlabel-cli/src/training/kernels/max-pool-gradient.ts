import type { backend_util, KernelFunc } from "@tensorflow/tfjs-core";
import { tf } from "../tensorflow.ts";
import { addressOf, compiled } from "./compiled.ts";
import { asKernel, type KernelCall, view } from "./heap.ts";

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Gradient of max pooling: each window's share goes to the first pixel that equals the window's maximum.
 *
 * The shipped kernel searches every window again for every pixel of the input; this one visits each window once.
 */
export const maxPoolGradient: KernelFunc = asKernel(
  ({ inputs: { dy, input, output }, attrs, backend }: KernelCall<"dy" | "input" | "output", Attributes>) => {
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      attrs.filterSize,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    const gradient = backend.makeOutput(input.shape, "float32");
    view(backend, gradient).fill(0);
    const [xAt, yAt, dyAt, dxAt] = [input, output, dy, gradient].map((tensor) => addressOf(backend, tensor));
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
    const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
    const image = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth];
    const window = [filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left];
    compiled(backend).maxPoolGradient(xAt, yAt, dyAt, dxAt, ...image, ...window);
    return gradient;
  },
);
