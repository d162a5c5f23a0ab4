import { ArgumentError } from "softlabel";
import { drawWeights } from "./initial-weights.ts";
import { type Layer, models } from "./models.ts";

/** What a model meets: images [height, width, channels] of `classes` kinds. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
}

/** One trainable tensor. */
export interface Parameter {
  /** `<layer>/kernel` or `<layer>/bias`, as the layers format names them. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A model with its parameters, kernel and bias by turns, in the order of the layers. */
export interface Model {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly image: ImageShape;
  readonly parameters: readonly Parameter[];
}

/**
 * A named model for images of a shape, its weights drawn from the seed as its architecture says, its biases 0.
 *
 * @throws {@link ArgumentError} when the name is unknown or the images are too small for it.
 */
export function createModel(name: string, image: ImageShape, seed: number): Model {
  const architecture = Object.hasOwn(models, name) ? models[name] : undefined;
  if (!architecture) throw new ArgumentError(`model must be one of ${Object.keys(models).join(", ")}, got ${name}`);
  const { hidden, initialWeights } = architecture;
  const { classes } = image;
  const parameters: Parameter[] = [];
  let { height, width, channels } = image;
  let features: number | undefined;
  const add = (kind: string, kernel: readonly number[], fanIn: number, fanOut: number): void => {
    const layer = `${kind}_${parameters.length / 2 + 1}`;
    const size = kernel.reduce((product, n) => product * n, 1);
    const values = drawWeights(initialWeights, size, { fanIn, fanOut }, seed, layer);
    parameters.push({ name: `${layer}/kernel`, shape: kernel, values });
    const units = kernel[kernel.length - 1];
    parameters.push({ name: `${layer}/bias`, shape: [units], values: new Float32Array(units) });
  };
  for (const layer of [...hidden, logitsLayer(classes)]) {
    if (layer.kind === "dense") {
      features ??= height * width * channels;
      add("dense", [features, layer.units], features, layer.units);
      features = layer.units;
      continue;
    }
    if (layer.kind === "convolution") {
      const { size, filters, stride, padding } = layer;
      const area = size * size;
      add("conv2d", [size, size, channels, filters], area * channels, area * filters);
      const windows = (pixels: number): number =>
        Math.ceil((padding === "valid" ? pixels - size + 1 : pixels) / stride);
      [height, width] = [windows(height), windows(width)];
      channels = filters;
    } else {
      [height, width] = [Math.floor(height / layer.size), Math.floor(width / layer.size)];
    }
    if (height < 1 || width < 1) {
      const size = `${image.height}×${image.width}`;
      throw new ArgumentError(`images must be large enough for ${name}, got ${size}; choose the model softmax or mlp`);
    }
  }
  const shape = { height: image.height, width: image.width, channels: image.channels, classes };
  return { name, layers: hidden, image: shape, parameters };
}

/** The linear layer that follows every model's hidden layers. */
export function logitsLayer(classes: number): Layer & { readonly kind: "dense" } {
  return { kind: "dense", units: classes };
}

/** How many numbers a model trains. */
export function parameterCount(model: Model): number {
  return model.parameters.reduce((count, { values }) => count + values.length, 0);
}
