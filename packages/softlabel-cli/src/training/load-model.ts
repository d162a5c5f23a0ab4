import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../data/data-error.ts";
import { createModel, type ImageShape, type Model, parameterCount } from "../models/parameters.ts";

/**
 * The model that a training run left in `folder`: its weights are those that were saved, bit for bit.
 *
 * @param name - its name among the models.
 * @param image - what it was trained on.
 * @throws {@link DataError} when `model.json` and `weights.bin` are not of that model and those images.
 */
export function loadModel(folder: string, name: string, image: ImageShape): Model {
  const model = createModel(name, image, 1);
  const path = join(folder, "model.json");
  const { weightsManifest } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  const saved = weightsManifest.flatMap(({ weights }) => weights);
  for (const [i, { name: parameter, shape }] of model.parameters.entries()) {
    const found = saved[i];
    const expected = describe({ name: parameter, shape, dtype: "float32" });
    if (found === undefined || describe(found) !== expected) {
      throw new DataError(`${path} must hold ${expected}, got ${found === undefined ? "nothing" : describe(found)}`);
    }
  }
  const bytes = readWeights(join(folder, "weights.bin"), 4 * parameterCount(model));
  let at = 0;
  for (const { values } of model.parameters) {
    for (let k = 0; k < values.length; k++) values[k] = bytes.readFloatLE(at + 4 * k);
    at += 4 * values.length;
  }
  return model;
}

function readWeights(path: string, size: number): Buffer {
  const bytes = readFileSync(path);
  if (bytes.length !== size) throw new DataError(`${path} must hold ${size} bytes, got ${bytes.length}`);
  return bytes;
}

/** The part of `model.json` that says what `weights.bin` holds, tensor after tensor. */
interface Manifest {
  readonly weightsManifest: readonly { readonly weights: readonly SavedTensor[] }[];
}

interface SavedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

function describe({ name, shape, dtype }: SavedTensor): string {
  return `${name} [${shape.join(", ")}] ${dtype}`;
}
