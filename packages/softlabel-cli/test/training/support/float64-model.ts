import type { Model } from "../../../src/models/parameters.ts";

/** [height, width, channels] of numbers. */
interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** A model's logits for one image in float64, by the definitions alone: what the engine is measured by. */
export function logitsInFloat64(model: Model, pixels: ArrayLike<number>): Float64Array {
  const parameters = model.parameters.map(({ values }) => Float64Array.from(values));
  let next = 0;
  let x: Image = { ...model.image, data: Float64Array.from(pixels) };
  for (const layer of model.layers) {
    if (layer.kind === "max-pool") throw new Error("a pool must not be asked of the float64 model");
    const [kernel, bias] = [parameters[next++], parameters[next++]];
    if (layer.kind === "dense") x = relu(vector(product(x.data, kernel, bias)));
    else x = relu(convolution(x, kernel, bias, layer));
  }
  return product(x.data, parameters[next], parameters[next + 1]);
}

/** −log p[label]. */
export function crossEntropyInFloat64(logits: Float64Array, label: number): number {
  const most = Math.max(...logits);
  return most + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - most), 0)) - logits[label];
}

const vector = (data: Float64Array): Image => ({ height: 1, width: 1, channels: data.length, data });
const relu = (x: Image): Image => ({ ...x, data: x.data.map((z) => Math.max(z, 0)) });

function product(x: Float64Array, kernel: Float64Array, bias: Float64Array): Float64Array {
  const sums = bias.slice();
  for (let i = 0; i < x.length; i++)
    for (let k = 0; k < sums.length; k++) sums[k] += x[i] * kernel[i * sums.length + k];
  return sums;
}

function convolution(
  x: Image,
  kernel: Float64Array,
  bias: Float64Array,
  { filters, size, stride, padding }: { filters: number; size: number; stride: number; padding: "same" | "valid" },
): Image {
  const windows = (pixels: number): number =>
    padding === "same" ? Math.ceil(pixels / stride) : Math.floor((pixels - size) / stride) + 1;
  const before = (pixels: number): number =>
    padding === "same" ? Math.floor(Math.max((windows(pixels) - 1) * stride + size - pixels, 0) / 2) : 0;
  const [height, width] = [windows(x.height), windows(x.width)];
  const [top, left] = [before(x.height), before(x.width)];
  const data = new Float64Array(height * width * filters);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const sums = bias.slice();
      for (let a = 0; a < size; a++) {
        const row = i * stride + a - top;
        if (row < 0 || row >= x.height) continue;
        for (let b = 0; b < size; b++) {
          const column = j * stride + b - left;
          if (column < 0 || column >= x.width) continue;
          for (let c = 0; c < x.channels; c++) {
            const value = x.data[(row * x.width + column) * x.channels + c];
            if (value === 0) continue;
            const taps = ((a * size + b) * x.channels + c) * filters;
            for (let k = 0; k < filters; k++) sums[k] += value * kernel[taps + k];
          }
        }
      }
      data.set(sums, (i * width + j) * filters);
    }
  }
  return { height, width, channels: filters, data };
}
