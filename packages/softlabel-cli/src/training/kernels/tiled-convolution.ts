import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf } from "./compiled.ts";
import { free, view } from "./heap.ts";
import { holdsEveryWindow, padded, paddedSize, unpadded } from "./padded.ts";
import { depthOf, fromPoints, type Grid, toPoints } from "./points.ts";
import { matrixAt, multiply, panels, transposed } from "./product.ts";
import { shortConvolution } from "./short-convolution.ts";

/**
 * Whether a convolution is one of three taps a side on few and deep pixels: 3 × 3 windows, or 6 × 6 at a stride of 2,
 * which are 3 × 3 windows on the image's four phases (its even and odd rows and columns) taken for channels.
 *
 * Such a convolution takes about a third of the multiplications by {@link shortConvolution} along both axes: a product
 * of matrices at each of P × Q points. With fewer channels the maps to and from the points outweigh that; on larger
 * images these maps, which are dense, grow faster than the image.
 */
export function isTiled(info: backend_util.Conv2DInfo): boolean {
  const { strideHeight: stride, filterHeight, filterWidth, inChannels, outChannels, outHeight, outWidth } = info;
  const taps = 3 * stride;
  return (
    stride <= 2 &&
    info.strideWidth === stride &&
    filterHeight === taps &&
    filterWidth === taps &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    [outHeight, outWidth].every((size) => size >= 2 && size <= 8) &&
    [inChannels, outChannels].every((channels) => channels >= 32 && channels % 4 === 0) &&
    holdsEveryWindow(info)
  );
}

/** The convolution itself, [images, height, width, out]. */
export function tiledConvolution(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { inputs, taps, outputs } = grids(info);
  const images = padded(backend, x, info);
  const [v, w] = [toPoints(backend, inputs, images), toPoints(backend, taps, filter)];
  if (images !== x) free(backend, images);
  const sizes = [info.batchSize, depthOf(inputs), info.outChannels] as const;
  const m = atEachPoint(backend, v, w, sizes, "plain");
  const y = backend.makeOutput(info.outShape, "float32");
  fromPoints(backend, outputs, m, y);
  free(backend, v, w, m);
  return y;
}

/** Its gradient for the filter, [height, width, in, out]. */
export function tiledFilterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { inputs, taps, outputs } = grids(info);
  const images = padded(backend, x, info);
  const [v, u] = [toPoints(backend, inputs, images), toPoints(backend, outputs, dy)];
  if (images !== x) free(backend, images);
  const sizes = [depthOf(inputs), info.batchSize, info.outChannels] as const;
  const dw = atEachPoint(backend, v, u, sizes, "first transposed");
  const gradient = backend.makeOutput(info.filterShape, "float32");
  fromPoints(backend, taps, dw, gradient);
  free(backend, v, u, dw);
  return gradient;
}

/** Its gradient for the input, [images, height, width, in]. */
export function tiledInputGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { inputs, taps, outputs } = grids(info);
  const [u, w] = [toPoints(backend, outputs, dy), toPoints(backend, taps, filter)];
  const sizes = [info.batchSize, info.outChannels, depthOf(inputs)] as const;
  const dv = atEachPoint(backend, u, w, sizes, "second transposed");
  const { height, width } = paddedSize(info);
  const images = backend.makeOutput([info.batchSize, height, width, info.inChannels], "float32");
  // No window reaches the last rows and columns where the stride does not divide the size.
  view(backend, images).fill(0);
  fromPoints(backend, inputs, dv, images);
  free(backend, u, w, dv);
  return unpadded(backend, images, info);
}

/** The three tensors of a convolution with their maps to the points. */
function grids(info: backend_util.Conv2DInfo): Readonly<Record<"inputs" | "taps" | "outputs", Grid>> {
  const { batchSize, strideHeight: stride, inChannels, outChannels, outHeight, outWidth } = info;
  const [rows, columns] = [shortConvolution(outHeight), shortConvolution(outWidth)];
  return {
    inputs: {
      count: batchSize,
      ...paddedSize(info),
      channels: inChannels,
      stride,
      rowMap: rows.inputs,
      columnMap: columns.inputs,
    },
    taps: {
      count: 1,
      height: info.filterHeight,
      width: info.filterWidth,
      channels: inChannels * outChannels,
      stride,
      rowMap: rows.taps,
      columnMap: columns.taps,
    },
    outputs: {
      count: batchSize,
      height: outHeight,
      width: outWidth,
      channels: outChannels,
      stride: 1,
      rowMap: rows.outputs,
      columnMap: columns.outputs,
    },
  };
}

/** A product a·b, aᵀ·b or a·bᵀ of matrices [rows, inner]·[inner, columns] at every point. */
function atEachPoint(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  [rows, inner, columns]: readonly [number, number, number],
  how: "plain" | "first transposed" | "second transposed",
): TensorInfo {
  const points = a.shape[0];
  const c = backend.makeOutput([points, rows, columns], "float32");
  const room = panels(backend);
  const [aAt, bAt, cAt, roomAt] = [a, b, c, room].map((tensor) => addressOf(backend, tensor));
  for (let point = 0; point < points; point++) {
    const [p, q] = [aAt + 4 * point * rows * inner, bAt + 4 * point * inner * columns];
    const first = how === "first transposed" ? transposed(matrixAt(p, rows)) : matrixAt(p, inner);
    const second = how === "second transposed" ? transposed(matrixAt(q, inner)) : matrixAt(q, columns);
    multiply(backend, first, second, cAt + 4 * point * rows * columns, [rows, inner, columns], roomAt);
  }
  free(backend, room);
  return c;
}
