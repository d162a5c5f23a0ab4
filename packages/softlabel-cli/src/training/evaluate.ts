import { softmaxCrossEntropy } from "softlabel";
import { gatherPixels } from "../data/batches.ts";
import type { Dataset, LabelledImages } from "../data/dataset.ts";
import type { Model } from "../models/parameters.ts";
import { imageTensor, parameterTensors } from "./as-tensors.ts";
import { forward } from "./forward.ts";
import { tf } from "./tensorflow.ts";

/** What a model says about some rows, with their true labels. */
export interface Predictions {
  /** [rows, classes]. */
  readonly logits: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Rows at once: few enough for the widest convolution to stay within a hundred megabytes. */
const rowsAtOnce = 250;

/** The model's logits for some rows of a part of the data. */
export function predict(model: Model, dataset: Dataset, part: LabelledImages, rows: Int32Array): Predictions {
  const logits = eachBatch(model, dataset, part, rows, "logits");
  return { logits, labels: rows.map((row) => part.labels[row]), classes: dataset.classes };
}

/** What enters the model's last layer for some rows; [rows, width]. */
export function penultimate(model: Model, dataset: Dataset, part: LabelledImages, rows: Int32Array): Float32Array {
  return eachBatch(model, dataset, part, rows, "penultimate");
}

/** Accuracy and mean H(q, p) in nats. */
export function score({ logits, labels, classes }: Predictions): { accuracy: number; nll: number } {
  const { crossEntropy } = softmaxCrossEntropy(labels, {
    data: Float64Array.from(logits),
    shape: [labels.length, classes],
  });
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    if (largest(logits.subarray(row * classes, (row + 1) * classes)) === labels[row]) right++;
  }
  return { accuracy: right / labels.length, nll: crossEntropy };
}

function eachBatch(
  model: Model,
  dataset: Dataset,
  part: LabelledImages,
  rows: Int32Array,
  wanted: "logits" | "penultimate",
): Float32Array {
  const batches: Float32Array[] = [];
  tf.tidy(() => {
    const parameters = parameterTensors(model);
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      tf.tidy(() => {
        const pixels = gatherPixels(dataset, part, rows.subarray(start, start + rowsAtOnce));
        batches.push(forward(model, parameters, imageTensor(model, pixels))[wanted].dataSync<"float32">());
      });
    }
  });
  return concatenate(batches);
}

function concatenate(batches: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(batches.reduce((length, batch) => length + batch.length, 0));
  let at = 0;
  for (const batch of batches) {
    whole.set(batch, at);
    at += batch.length;
  }
  return whole;
}

/** The first index of the largest value. */
export function largest(values: Float32Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}
