import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { free, view } from "./heap.ts";

/** The images of a convolution with its padding around them; they themselves where there is none. */
export function padded(backend: BackendWasm, x: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  if (!isPadded(info)) return x;
  const { height, width } = paddedSize(info);
  const images = backend.makeOutput([info.batchSize, height, width, info.inChannels], "float32");
  const [from, to] = [view(backend, x), view(backend, images).fill(0)];
  eachRow(info, (inside, outside, length) => to.set(from.subarray(inside, inside + length), outside));
  return images;
}

/** The images within their padding; takes `images` over, whose memory it frees or hands on. */
export function unpadded(backend: BackendWasm, images: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  if (!isPadded(info)) return images;
  const x = backend.makeOutput(info.inShape, "float32");
  const [from, to] = [view(backend, images), view(backend, x)];
  eachRow(info, (inside, outside, length) => to.set(from.subarray(outside, outside + length), inside));
  free(backend, images);
  return x;
}

export function paddedSize({ inHeight, inWidth, padInfo }: backend_util.Conv2DInfo): { height: number; width: number } {
  return { height: inHeight + padInfo.top + padInfo.bottom, width: inWidth + padInfo.left + padInfo.right };
}

/** Whether every window lies within the padding; where sizes are rounded up the last may reach beyond it. */
export function holdsEveryWindow(info: backend_util.Conv2DInfo): boolean {
  const { height, width } = paddedSize(info);
  return (
    (info.outHeight - 1) * info.strideHeight + info.filterHeight <= height &&
    (info.outWidth - 1) * info.strideWidth + info.filterWidth <= width
  );
}

function isPadded({ padInfo: { top, bottom, left, right } }: backend_util.Conv2DInfo): boolean {
  return top + bottom + left + right > 0;
}

/** Where each row of pixels lies in the images, and where in the padded ones. */
function eachRow(
  info: backend_util.Conv2DInfo,
  visit: (inside: number, outside: number, length: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = info;
  const { height, width } = paddedSize(info);
  const length = inWidth * inChannels;
  for (let n = 0; n < batchSize; n++) {
    for (let row = 0; row < inHeight; row++) {
      const outside = ((n * height + padInfo.top + row) * width + padInfo.left) * inChannels;
      visit((n * inHeight + row) * length, outside, length);
    }
  }
}
