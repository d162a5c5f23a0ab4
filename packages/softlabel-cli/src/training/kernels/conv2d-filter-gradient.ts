import type { KernelFunc } from "@tensorflow/tfjs-core";
import { type Conv2DGradientAttributes, conv2dShape } from "./conv2d-shape.ts";
import { asKernel, call, free, type KernelCall, padding, transpose } from "./heap.ts";
import { isSparse, sparseFilterGradient } from "./sparse-convolution.ts";
import { isTiled, tiledFilterGradient } from "./tiled-convolution.ts";
import { isWindowed, windowedFilterGradient } from "./windowed-convolution.ts";

type Attributes = Conv2DGradientAttributes & { readonly filterShape: readonly number[] };

/**
 * Gradient of a convolution for its filter, itself a convolution: x with dy as the filter, the batch as channels,
 * the strides as dilations. Where dy is mostly zero, the sum over the rest.
 *
 *     dW[i, j, c, k] = Σ x[n, i + s·a, j + s·b, c] · dy[n, a, b, k]      over n, a, b
 */
export const conv2dFilterGradient: KernelFunc = asKernel(
  ({ inputs: { x, dy }, attrs, backend }: KernelCall<"x" | "dy", Attributes>) => {
    const info = conv2dShape(x.shape, attrs.filterShape, attrs);
    if (isTiled(info)) return tiledFilterGradient(backend, x, dy, info);
    if (isWindowed(info)) return windowedFilterGradient(backend, x, dy, info);
    if (isSparse(backend, dy)) return sparseFilterGradient(backend, x, dy, info);
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
    // Where the strides do not divide the size, no window reaches the last rows and columns: they are left out of the
    // padding as far as it goes, and what they add to the result is cut off.
    const unreachedRows =
      info.inHeight + padInfo.top + padInfo.bottom - filterHeight - (info.outHeight - 1) * strideHeight;
    const unreachedColumns =
      info.inWidth + padInfo.left + padInfo.right - filterWidth - (info.outWidth - 1) * strideWidth;
    const bottom = Math.max(padInfo.bottom - unreachedRows, 0);
    const right = Math.max(padInfo.right - unreachedColumns, 0);

    const image = transpose(backend, x, [3, 1, 2, 0]);
    const filter = transpose(backend, dy, [1, 2, 0, 3]);
    const whole = call(
      backend,
      "Conv2D",
      { x: image, filter },
      {
        strides: 1,
        dilations: [strideHeight, strideWidth],
        pad: padding(padInfo.top, bottom, padInfo.left, right),
        dataFormat: "NHWC",
      },
    );
    free(backend, image, filter);
    let reached = whole;
    if (whole.shape[1] > filterHeight || whole.shape[2] > filterWidth) {
      const size = [info.inChannels, filterHeight, filterWidth, info.outChannels];
      reached = call(backend, "Slice", { x: whole }, { begin: [0, 0, 0, 0], size });
      free(backend, whole);
    }
    const gradient = transpose(backend, reached, [1, 2, 0, 3]);
    free(backend, reached);
    return gradient;
  },
);
