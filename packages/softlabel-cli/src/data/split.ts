import { ArgumentError } from "softlabel";
import type { Dataset } from "./dataset.ts";
import { randomStream, shuffledIndices } from "./random.ts";

/** Which of a data set's training images train, and which are held out to choose and to calibrate by. */
export interface Split {
  /** Rows of the data set's training images. */
  readonly train: Int32Array;
  /** The label that each of `train` is trained with. */
  readonly trainLabels: Int32Array;
  readonly validation: Int32Array;
}

export interface SplitOptions {
  readonly seed: number;
  /** `null` takes all that validation leaves. */
  readonly trainSize: number | null;
  /** 0 holds none out. */
  readonly validationSize: number;
  /** Whether the seed draws the rows that train, or the data set's first ones do; validation is drawn of the others. */
  readonly trainRows: "drawn" | "first";
  /** Share of `trainLabels` drawn anew, uniformly over the classes, the true one among them. */
  readonly labelNoise: number;
}

/**
 * Splits a data set's training images as a seed decides. With more drawn images to train on, the same seed keeps the
 * validation images and the first of the training images.
 *
 * @throws {@link ArgumentError} when the images do not suffice, or a share is not in [0, 1].
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  const { seed, validationSize, trainRows, labelNoise } = options;
  const { rows, labels } = dataset.train;
  if (!(Number.isInteger(validationSize) && validationSize >= 0 && validationSize < rows)) {
    throw new ArgumentError(
      `validationSize must be a whole number below the ${rows} training images, got ${validationSize}; --validation-size sets it`,
    );
  }
  const trainSize = options.trainSize ?? rows - validationSize;
  if (!(Number.isInteger(trainSize) && trainSize >= 1 && trainSize <= rows - validationSize)) {
    const most = `[1, ${rows - validationSize}], the images that validation leaves`;
    const remedy = "--train-size sets it, and all takes all of them";
    throw new ArgumentError(`trainSize must be an integer in ${most}, got ${trainSize}; ${remedy}`);
  }
  if (trainRows !== "drawn" && trainRows !== "first") {
    throw new ArgumentError(`trainRows must be drawn or first, got ${trainRows}`);
  }
  if (!(labelNoise >= 0 && labelNoise <= 1)) throw new ArgumentError(`labelNoise must be in [0, 1], got ${labelNoise}`);
  const order = shuffledIndices(rows, randomStream(seed, "split"));
  const isFirst = trainRows === "first";
  const others = isFirst ? order.filter((row) => row >= trainSize) : order;
  const train = isFirst
    ? Int32Array.from({ length: trainSize }, (_, row) => row)
    : order.slice(validationSize, validationSize + trainSize);
  const trainLabels = train.map((row) => labels[row]);
  redraw(trainLabels, labelNoise, dataset.classes, seed);
  return { train, trainLabels, validation: others.slice(0, validationSize) };
}

function redraw(labels: Int32Array, share: number, classes: number, seed: number): void {
  const random = randomStream(seed, "label noise");
  const chosen = shuffledIndices(labels.length, random).subarray(0, Math.round(share * labels.length));
  for (const row of chosen) labels[row] = Math.floor(random() * classes);
}
