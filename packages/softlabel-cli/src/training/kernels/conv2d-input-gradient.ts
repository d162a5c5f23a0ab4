import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { backend_util, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { type Conv2DGradientAttributes, conv2dShape } from "./conv2d-shape.ts";
import { asKernel, call, free, type KernelCall, padding, transpose, view } from "./heap.ts";
import { isSparse, sparseInputGradient } from "./sparse-convolution.ts";
import { isTiled, tiledInputGradient } from "./tiled-convolution.ts";
import { isWindowed, windowedInputGradient } from "./windowed-convolution.ts";

type Attributes = Conv2DGradientAttributes & { readonly inputShape: readonly number[] };

/** One addition in the scattering loop costs about as much as this many multiply-adds of XNNPACK (measured). */
const additionCost = 20;

/**
 * Gradient of a convolution for its input, by the cheapest of three ways. Where dy is mostly zero, the sum over the
 * rest.
 *
 * As a convolution of dy with the filter turned by 180°: dense and fast for stride 1, but it multiplies the zeros of
 * the padding. Or as a matrix product that gives what each window adds to dx, scattered by a loop: no product for
 * nothing, and the loop costs.
 */
export const conv2dInputGradient: KernelFunc = asKernel(
  ({ inputs: { dy, filter }, attrs, backend }: KernelCall<"dy" | "filter", Attributes>) => {
    const info = conv2dShape(attrs.inputShape, filter.shape, attrs);
    if (isTiled(info)) return tiledInputGradient(backend, dy, filter, info);
    if (isWindowed(info)) return windowedInputGradient(backend, dy, filter, info);
    if (isSparse(backend, dy)) return sparseInputGradient(backend, dy, filter, info);
    const turnedProducts = info.inHeight * info.inWidth * info.outChannels;
    const scatteredProducts = info.outHeight * info.outWidth * (info.outChannels + additionCost);
    const everyPixel = info.strideHeight === 1 && info.strideWidth === 1;
    return everyPixel && turnedProducts < scatteredProducts
      ? byTurnedFilter(backend, dy, filter, info)
      : byScatteredWindows(backend, dy, filter, info);
  },
);

function byTurnedFilter(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  { filterHeight, filterWidth, padInfo }: backend_util.Conv2DInfo,
): TensorInfo {
  const turned = call(backend, "Reverse", { x: filter }, { dims: [0, 1] });
  const swapped = transpose(backend, turned, [0, 1, 3, 2]);
  const pad = padding(
    filterHeight - 1 - padInfo.top,
    filterHeight - 1 - padInfo.bottom,
    filterWidth - 1 - padInfo.left,
    filterWidth - 1 - padInfo.right,
  );
  const attrs = { strides: 1, dilations: 1, pad, dataFormat: "NHWC" };
  const dx = call(backend, "Conv2D", { x: dy, filter: swapped }, attrs);
  free(backend, turned, swapped);
  return dx;
}

function byScatteredWindows(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const windows = batchSize * outHeight * outWidth;
  const windowSize = filterHeight * filterWidth * inChannels;
  const taps = transpose(backend, filter, [3, 0, 1, 2]);
  const shares = call(
    backend,
    "BatchMatMul",
    { a: { ...dy, shape: [1, windows, outChannels] }, b: { ...taps, shape: [1, outChannels, windowSize] } },
    { transposeA: false, transposeB: false },
  );
  free(backend, taps);
  const dx = backend.makeOutput([batchSize, inHeight, inWidth, inChannels], "float32");
  const from = view(backend, shares);
  const to = view(backend, dx).fill(0);
  let window = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * strideHeight - padInfo.top;
      const lastRow = Math.min(filterHeight, inHeight - top);
      for (let j = 0; j < outWidth; j++, window += windowSize) {
        const left = j * strideWidth - padInfo.left;
        const first = Math.max(-left, 0);
        const count = (Math.min(filterWidth, inWidth - left) - first) * inChannels;
        for (let row = Math.max(-top, 0); row < lastRow; row++) {
          const source = window + (row * filterWidth + first) * inChannels;
          const target = ((n * inHeight + top + row) * inWidth + left + first) * inChannels;
          for (let k = 0; k < count; k++) to[target + k] += from[source + k];
        }
      }
    }
  }
  free(backend, shares);
  return dx;
}
