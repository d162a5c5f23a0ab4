import type { Conv2DAttrs, KernelFunc } from "@tensorflow/tfjs-core";
import { conv2dShape } from "./conv2d-shape.ts";
import { asKernel, type KernelCall } from "./heap.ts";
import { isTiled, tiledConvolution } from "./tiled-convolution.ts";
import { isWindowed, windowedConvolution } from "./windowed-convolution.ts";

/** Wraps a convolution's forward kernel so that the shapes that have a faster way take it. */
export function withFasterWays(stock: KernelFunc): KernelFunc {
  return asKernel(({ inputs: { x, filter }, attrs, backend }: KernelCall<"x" | "filter", Conv2DAttrs>) => {
    if (attrs.dataFormat === "NHWC" && [attrs.dilations].flat().every((dilation) => dilation === 1)) {
      const info = conv2dShape(x.shape, filter.shape, attrs);
      if (isTiled(info)) return tiledConvolution(backend, x, filter, info);
      if (isWindowed(info)) return windowedConvolution(backend, x, filter, info);
    }
    return stock({ inputs: { x, filter }, attrs: { ...attrs }, backend });
  });
}
