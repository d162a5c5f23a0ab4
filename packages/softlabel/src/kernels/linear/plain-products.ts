import type { ChunkProducts, Layer } from "./chunk-products.ts";

/** The products as their formulas say, each sum in float64: where there is no WebAssembly with SIMD. */
export function plainProducts(layer: Layer, chunkRows: number): ChunkProducts {
  const { classes, width, weight, bias, gradWeight, gradBias } = layer;
  const features = new Float32Array(chunkRows * width);
  const logits = new Float32Array(chunkRows * classes);
  const gradient = new Float64Array(width);
  return {
    features,
    logits,

    forward(rows) {
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < classes; k++) {
          let z = bias?.[k] ?? 0;
          for (let i = 0, x = row * width, w = k * width; i < width; i++) z += features[x + i] * weight[w + i];
          logits[row * classes + k] = z;
        }
      }
    },

    backward(rows) {
      for (let row = 0; row < rows; row++) {
        const x = row * width;
        gradient.fill(0);
        for (let k = 0; k < classes; k++) {
          const g = logits[row * classes + k];
          const w = k * width;
          for (let i = 0; i < width; i++) gradient[i] += g * weight[w + i];
          if (gradWeight) for (let i = 0; i < width; i++) gradWeight[w + i] += g * features[x + i];
          if (gradBias) gradBias[k] += g;
        }
        features.set(gradient, x);
      }
    },
  };
}
