import type { Dataset, LabelledImages } from "./dataset.ts";

/** The pixels of some rows one after the other, in [0, 1]. */
export function gatherPixels(
  { height, width, channels }: Dataset,
  part: LabelledImages,
  rows: Int32Array,
): Float32Array {
  const size = height * width * channels;
  const pixels = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    pixels.set(part.images.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  }
  if (part.images instanceof Uint8Array) for (let i = 0; i < pixels.length; i++) pixels[i] /= 255;
  return pixels;
}
