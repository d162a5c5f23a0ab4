import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, compiled } from "./compiled.ts";
import { free, view } from "./heap.ts";

/**
 * Whether so few numbers of a convolution's output gradient differ from zero that going through these alone is faster
 * than multiplying all: a 2 × 2 max pool leaves a quarter at most, ReLU without a pool about half.
 */
export function isSparse(backend: BackendWasm, dy: TensorInfo): boolean {
  const size = dy.shape.reduce((product, n) => product * n, 1);
  return compiled(backend).countNonZero(addressOf(backend, dy), size) < sparseShare * size;
}

/**
 * Measured on LeNet's and LeNet-5's layers and a 3 × 3 one of 16 channels: from 16 channels up both ways take the same
 * time at a share of 0.4 to 0.5; with fewer, the single numbers win at a share of 0.5 already.
 */
const sparseShare = 0.4;

/** Gradient of a convolution for its filter, [height, width, in, out]. */
export function sparseFilterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, batchSize } = info;
  const { run, paddedImage, geometry } = layout(info);
  const taps = backend.makeOutput([outChannels, filterHeight, run], "float32");
  const image = backend.makeOutput([paddedImage], "float32");
  const gradient = backend.makeOutput([filterHeight, filterWidth, inChannels, outChannels], "float32");
  const sums = view(backend, taps).fill(0);
  view(backend, image).fill(0);
  const [xAt, dyAt, tapsAt, imageAt] = [x, dy, taps, image].map((tensor) => addressOf(backend, tensor));
  compiled(backend).filterGradient(xAt, dyAt, tapsAt, imageAt, batchSize, ...geometry);
  const out = view(backend, gradient);
  eachTap(info, run, (inFilter, inTaps) => {
    out[inFilter] = sums[inTaps];
  });
  free(backend, taps, image);
  return gradient;
}

/** Gradient of a convolution for its input, [images, height, width, in]. */
export function sparseInputGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, inChannels, outChannels, batchSize, inHeight, inWidth } = info;
  const { run, paddedImage, geometry } = layout(info);
  const taps = backend.makeOutput([outChannels, filterHeight, run], "float32");
  const image = backend.makeOutput([paddedImage], "float32");
  const dx = backend.makeOutput([batchSize, inHeight, inWidth, inChannels], "float32");
  const copy = view(backend, taps).fill(0);
  const weights = view(backend, filter);
  eachTap(info, run, (inFilter, inTaps) => {
    copy[inTaps] = weights[inFilter];
  });
  const [dxAt, dyAt, tapsAt, imageAt] = [dx, dy, taps, image].map((tensor) => addressOf(backend, tensor));
  compiled(backend).inputGradient(dxAt, dyAt, tapsAt, imageAt, bytes(paddedImage), batchSize, ...geometry);
  free(backend, taps, image);
  return dx;
}

const bytes = (floats: number): number => 4 * floats;

/** Sizes of the padded image and of a window's run in it, and what both kernels are told of them. */
function layout(info: backend_util.Conv2DInfo): { run: number; paddedImage: number; geometry: readonly number[] } {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const run = 4 * Math.ceil((filterWidth * inChannels) / 4);
  const { top, bottom, left, right } = padInfo;
  // Sizes rounded up may let the last window reach beyond the padding that was asked for.
  const paddedWidth = Math.max(left + inWidth + right, (outWidth - 1) * strideWidth + filterWidth);
  const paddedHeight = Math.max(top + inHeight + bottom, (outHeight - 1) * strideHeight + filterHeight);
  const paddedRow = paddedWidth * inChannels;
  const geometry = [
    inHeight,
    bytes(inWidth * inChannels),
    bytes(paddedRow),
    bytes(top * paddedRow + left * inChannels),
    outHeight,
    outWidth,
    outChannels,
    bytes(strideHeight * paddedRow),
    bytes(strideWidth * inChannels),
    filterHeight,
    bytes(run),
  ];
  // A rounded-up run may reach three numbers past the last pixel.
  return { run, paddedImage: paddedHeight * paddedRow + 4, geometry };
}

/** Pairs each number's place in [height, width, in, out] with its place in [out, height, run]. */
function eachTap(
  { filterHeight, filterWidth, inChannels, outChannels }: backend_util.Conv2DInfo,
  run: number,
  visit: (inFilter: number, inTaps: number) => void,
): void {
  let inFilter = 0;
  for (let i = 0; i < filterHeight; i++) {
    for (let at = 0; at < filterWidth * inChannels; at++) {
      for (let k = 0; k < outChannels; k++) visit(inFilter++, (k * filterHeight + i) * run + at);
    }
  }
}
