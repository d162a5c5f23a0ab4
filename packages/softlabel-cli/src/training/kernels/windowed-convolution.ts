import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, compiled } from "./compiled.ts";
import { free, view } from "./heap.ts";
import { holdsEveryWindow, padded, paddedSize, unpadded } from "./padded.ts";
import { matrixAt, multiply, panels, transposed } from "./product.ts";

/** 64 MiB: what the windows of a batch may take, laid out one after the other. */
const mostNumbers = 2 ** 24;

/**
 * Whether a convolution has so few windows, by its strides or because one covers the image, that they are best laid out
 * as the rows of a matrix and multiplied by the filter.
 */
export function isWindowed(info: backend_util.Conv2DInfo): boolean {
  const { outHeight, outWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { windows, windowSize } = sizesOf(info);
  return (
    ((strideHeight > 1 && strideWidth > 1) || outHeight * outWidth === 1) &&
    dilationHeight === 1 &&
    dilationWidth === 1 &&
    info.outChannels >= 16 &&
    windows * windowSize <= mostNumbers &&
    holdsEveryWindow(info)
  );
}

/** The convolution itself, [images, height, width, out]. */
export function windowedConvolution(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { windows, windowSize, filters } = sizesOf(info);
  const rows = gathered(backend, x, info);
  const y = backend.makeOutput(info.outShape, "float32");
  const room = panels(backend);
  const [rowsAt, filterAt, yAt, roomAt] = [rows, filter, y, room].map((tensor) => addressOf(backend, tensor));
  const [a, b] = [matrixAt(rowsAt, windowSize), matrixAt(filterAt, filters)];
  multiply(backend, a, b, yAt, [windows, windowSize, filters], roomAt);
  free(backend, room, ...(rows === x ? [] : [rows]));
  return y;
}

/** Its gradient for the filter, [height, width, in, out]: windowsᵀ · dy. */
export function windowedFilterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { windows, windowSize, filters } = sizesOf(info);
  const rows = gathered(backend, x, info);
  const gradient = backend.makeOutput(info.filterShape, "float32");
  const room = panels(backend);
  const [rowsAt, dyAt, gradientAt, roomAt] = [rows, dy, gradient, room].map((tensor) => addressOf(backend, tensor));
  const [a, b] = [transposed(matrixAt(rowsAt, windowSize)), matrixAt(dyAt, filters)];
  multiply(backend, a, b, gradientAt, [windowSize, windows, filters], roomAt);
  free(backend, room, ...(rows === x ? [] : [rows]));
  return gradient;
}

/** Its gradient for the input, [images, height, width, in]: dy · filterᵀ, each window's share added where it lies. */
export function windowedInputGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { windows, windowSize, filters } = sizesOf(info);
  const { height, width } = paddedSize(info);
  const images = backend.makeOutput([info.batchSize, height, width, info.inChannels], "float32");
  const shares = coversImage(info) ? images : backend.makeOutput([windows, windowSize], "float32");
  const room = panels(backend);
  const [dyAt, filterAt, sharesAt, roomAt] = [dy, filter, shares, room].map((tensor) => addressOf(backend, tensor));
  const [a, b] = [matrixAt(dyAt, filters), transposed(matrixAt(filterAt, filters))];
  multiply(backend, a, b, sharesAt, [windows, filters, windowSize], roomAt);
  if (shares !== images) {
    view(backend, images).fill(0);
    compiled(backend).scatterWindows(addressOf(backend, images), sharesAt, ...geometry(info));
    free(backend, shares);
  }
  free(backend, room);
  return unpadded(backend, images, info);
}

/** The windows as the rows of a matrix; the images themselves where each is one window. */
function gathered(backend: BackendWasm, x: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const images = padded(backend, x, info);
  if (coversImage(info)) return images;
  const { windows, windowSize } = sizesOf(info);
  const rows = backend.makeOutput([windows, windowSize], "float32");
  compiled(backend).gatherWindows(addressOf(backend, images), addressOf(backend, rows), ...geometry(info));
  if (images !== x) free(backend, images);
  return rows;
}

/** Whether one window is the whole image with its padding. */
function coversImage(info: backend_util.Conv2DInfo): boolean {
  const { height, width } = paddedSize(info);
  return info.filterHeight === height && info.filterWidth === width;
}

function sizesOf(info: backend_util.Conv2DInfo): { windows: number; windowSize: number; filters: number } {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } = info;
  return {
    windows: batchSize * outHeight * outWidth,
    windowSize: filterHeight * filterWidth * inChannels,
    filters: outChannels,
  };
}

/** What both kernels are told; sizes in memory are in bytes. */
function geometry(info: backend_util.Conv2DInfo): readonly number[] {
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth, inChannels } = info;
  const { height, width } = paddedSize(info);
  const pixel = 4 * inChannels;
  const row = width * pixel;
  return [
    batchSize,
    height * row,
    row,
    outHeight,
    outWidth,
    strideHeight * row,
    strideWidth * pixel,
    filterHeight,
    filterWidth * pixel,
  ];
}
