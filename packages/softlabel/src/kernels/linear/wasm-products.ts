import { ArgumentError } from "../../core/argument-error.ts";
import type { ChunkProducts, Layer } from "./chunk-products.ts";
import type { LinearInstance } from "./module.ts";

/**
 * The products in WebAssembly. The weight and its gradient stay where they are and pass through the kernels' memory by
 * panels of classes, so that it holds one chunk of the logits and little else.
 *
 * @throws {@link ArgumentError} if the engine has not as much memory.
 */
export function wasmProducts(layer: Layer, chunkRows: number, { kernels, memory }: LinearInstance): ChunkProducts {
  const { classes, width, weight, bias, gradWeight, gradBias } = layer;
  const panelClasses = Math.min(classes, PANEL_CLASSES);
  const place = layOut(memory, chunkRows, {
    logits: chunkRows * classes,
    features: chunkRows * width,
    featuresAlong: panelSize(chunkRows, ROW_TILE, width),
    featuresAcross: panelSize(width, COLUMN_TILE, chunkRows),
    weight: panelClasses * width,
    gradWeight: gradWeight ? panelClasses * width : 0,
    weightPanel: Math.max(panelSize(panelClasses, COLUMN_TILE, width), panelSize(width, COLUMN_TILE, panelClasses)),
    gradientAlong: panelSize(chunkRows, ROW_TILE, panelClasses),
    gradientAcross: panelSize(panelClasses, ROW_TILE, chunkRows),
    sums: 2 * panelClasses,
  });
  const floats = (from: number, length: number): Float32Array => new Float32Array(memory.buffer, from, length);
  const features = floats(place.features, chunkRows * width);
  const logits = floats(place.logits, chunkRows * classes);
  const sums = new Float64Array(memory.buffer, place.sums, panelClasses);
  const widthBytes = 4 * width;
  const rowBytes = 4 * classes;

  /** Gives each panel of classes, its weights in place. */
  function eachPanel(use: (first: number, count: number) => void): void {
    for (let first = 0; first < classes; first += panelClasses) {
      const count = Math.min(panelClasses, classes - first);
      floats(place.weight, count * width).set(weight.subarray(first * width, (first + count) * width));
      use(first, count);
    }
  }

  /** z += x·wᵀ, by blocks of the width. */
  function addLogits(rows: number, first: number, count: number): void {
    for (let from = 0; from < width; from += BLOCK_WIDTH) {
      const depth = padded(Math.min(BLOCK_WIDTH, width - from));
      const x = place.featuresAlong + 4 * from * ceil(rows, ROW_TILE);
      kernels.packAlong(
        place.weight + 4 * from,
        widthBytes,
        count,
        Math.min(BLOCK_WIDTH, width - from),
        place.weightPanel,
        COLUMN_TILE,
      );
      kernels.addProduct(x, place.weightPanel, place.logits + 4 * first, rowBytes, rows, count, depth);
    }
  }

  /** x += ∂/∂z·w */
  function addGradFeatures(rows: number, first: number, count: number): void {
    const { weight, weightPanel, gradientAlong } = place;
    kernels.packAlong(place.logits + 4 * first, rowBytes, rows, count, gradientAlong, ROW_TILE);
    kernels.packAcross(weight, widthBytes, width, count, weightPanel, COLUMN_TILE);
    kernels.addProduct(gradientAlong, weightPanel, place.features, widthBytes, rows, width, padded(count));
  }

  /** gradWeight += ∂/∂zᵀ·x */
  function addGradWeight(to: Float32Array, rows: number, first: number, count: number): void {
    const { gradWeight, gradientAcross, featuresAcross } = place;
    const there = floats(gradWeight, count * width);
    const sum = to.subarray(first * width, (first + count) * width);
    there.set(sum);
    kernels.packAcross(place.logits + 4 * first, rowBytes, count, rows, gradientAcross, ROW_TILE);
    kernels.addProduct(gradientAcross, featuresAcross, gradWeight, widthBytes, count, width, padded(rows));
    sum.set(there);
  }

  function addGradBias(to: Float64Array, rows: number, first: number, count: number): void {
    sums.set(to.subarray(first, first + count));
    kernels.addColumnSums(place.logits + 4 * first, rowBytes, rows, count, place.sums);
    to.set(sums.subarray(0, count), first);
  }

  return {
    features,
    logits,

    forward(rows) {
      for (let row = 0; row < rows; row++) {
        const z = logits.subarray(row * classes, (row + 1) * classes);
        if (bias) z.set(bias);
        else z.fill(0);
      }
      for (let from = 0; from < width; from += BLOCK_WIDTH) {
        const x = place.featuresAlong + 4 * from * ceil(rows, ROW_TILE);
        const depth = Math.min(BLOCK_WIDTH, width - from);
        kernels.packAlong(place.features + 4 * from, widthBytes, rows, depth, x, ROW_TILE);
      }
      eachPanel((first, count) => addLogits(rows, first, count));
    },

    backward(rows) {
      kernels.packAcross(place.features, widthBytes, width, rows, place.featuresAcross, COLUMN_TILE);
      features.fill(0, 0, rows * width);
      eachPanel((first, count) => {
        addGradFeatures(rows, first, count);
        if (gradWeight) addGradWeight(gradWeight, rows, first, count);
        if (gradBias) addGradBias(gradBias, rows, first, count);
      });
    },
  };
}

/** The kernels' own: lanes of a panel of A and of B. */
const ROW_TILE = 4;
const COLUMN_TILE = 12;
/** 256 × 12 floats of B and as many × 4 of A are half a first cache of 32 KiB. */
const BLOCK_WIDTH = 256;
/** Whole tiles either way. */
const PANEL_CLASSES = 252;
/** A cache line. */
const ALIGNMENT = 64;
const PAGE = 65_536;

const ceil = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
/** Depths are filled up to what the kernels unroll by. */
const padded = (depth: number): number => ceil(depth, 4);
const panelSize = (lanes: number, tile: number, depth: number): number => ceil(lanes, tile) * padded(depth);

/** Gives each part, whose size is in floats, its address, and grows the memory to hold all. */
function layOut<Part extends string>(
  memory: LinearInstance["memory"],
  chunkRows: number,
  sizes: Readonly<Record<Part, number>>,
): Record<Part, number> {
  let end = ALIGNMENT;
  const place = {} as Record<Part, number>;
  for (const part of Object.keys(sizes) as Part[]) {
    place[part] = end;
    end = ceil(end + 4 * sizes[part], ALIGNMENT);
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) {
    try {
      memory.grow(Math.ceil(missing / PAGE));
    } catch {
      const remedy = `which needs ${end} bytes at once; pass fewer`;
      throw new ArgumentError(`chunkRows must leave room in WebAssembly's memory, got ${chunkRows}, ${remedy}`);
    }
  }
  return place;
}
