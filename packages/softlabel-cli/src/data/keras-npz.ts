import { DataError } from "./data-error.ts";
import type { RawDataset, RawPart } from "./dataset.ts";
import { type NpyArray, readNpz } from "./npz.ts";

/**
 * Reads Keras' layout of a data set: `x_train`, `y_train`, `x_test`, `y_test` in one .npz.
 *
 * Images are [rows, height, width] or [rows, height, width, channels], bytes or floats in [0, 1]; labels are integers
 * [rows] or [rows, 1].
 * @throws {@link DataError} when an array is missing, damaged, of another shape, or out of range.
 */
export function readKerasNpz(path: string): RawDataset {
  const arrays = readNpz(path, ["x_train", "y_train", "x_test", "y_test"]);
  const train = readPart(path, "train", arrays.x_train, arrays.y_train);
  const test = readPart(path, "test", arrays.x_test, arrays.y_test);
  if (String(train.image) !== String(test.image)) {
    const expected = `images of [${train.image}] as x_train`;
    throw new DataError(`x_test in ${path} must hold ${expected}, got [${test.image}]`);
  }
  const [height, width, channels] = train.image;
  return { height, width, channels, train, test };
}

type ImageSize = readonly [height: number, width: number, channels: number];

function readPart(path: string, part: "train" | "test", x: NpyArray, y: NpyArray): RawPart & { image: ImageSize } {
  const [xName, yName] = [`x_${part} in ${path}`, `y_${part} in ${path}`];
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    const expected = "have the shape [rows, height, width] or [rows, height, width, channels]";
    throw new DataError(`${xName} must ${expected}, got [${x.shape}]`);
  }
  const [rows, height, width, channels = 1] = x.shape;
  const columns = y.shape.length === 2 && y.shape[1] === 1 ? 1 : y.shape.length;
  if (columns !== 1 || y.shape[0] !== rows) {
    throw new DataError(`${yName} must have the shape [${rows}], an index for each image, got [${y.shape}]`);
  }
  const images = pixels(x, xName);
  return { images, labels: indices(y, yName), labelsName: yName, image: [height, width, channels] };
}

function pixels({ data }: NpyArray, name: string): Uint8Array | Float32Array {
  if (data instanceof Uint8Array) return data;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new DataError(
      `${name} must hold bytes or floats, got ${data.constructor.name}; save bytes, array.astype("uint8")`,
    );
  }
  const wrong = data.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) {
    const remedy = "save bytes in [0, 255], or divide by the largest value";
    throw new DataError(`${name} must hold floats in [0, 1], got ${data[wrong]}; ${remedy}`);
  }
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function indices({ data }: NpyArray, name: string): Int32Array {
  const labels = Int32Array.from(data as ArrayLike<number | bigint>, Number);
  const wrong = labels.findIndex((label, row) => label !== Number(data[row]) || label < 0);
  if (wrong >= 0) throw new DataError(`${name} must hold class indices from 0, got ${data[wrong]} at row ${wrong}`);
  return labels;
}
