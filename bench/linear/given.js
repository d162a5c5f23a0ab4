// What every contender is given: features, the weight and labels, in raw little-endian files that Node and NumPy read
// alike. And the answer that it is held to, by the core in float64.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";

export const labelSmoothing = 0.1;
export const shape = { rows: 512, width: 256, classes: 32_000 };

/** Features are N(0, 1), weights N(0, 1/width), so that logits are about N(0, 1). */
export function problem() {
  const { rows, width, classes } = shape;
  const random = uniform(rows + 31 * width + 961 * classes);
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const features = Float32Array.from({ length: rows * width }, normal);
  const weight = Float32Array.from({ length: classes * width }, () => normal() / Math.sqrt(width));
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return { rows, width, classes, features, weight, labels };
}

/** @param {string} folder */
export function writeProblem(folder, { features, weight, labels }) {
  writeFileSync(join(folder, "features.f32"), features);
  writeFileSync(join(folder, "weight.f32"), weight);
  writeFileSync(join(folder, "labels.i32"), labels);
}

/** @param {string} folder - of {@link writeProblem} */
export function readProblem(folder) {
  const bytes = (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  return {
    ...shape,
    features: new Float32Array(bytes("features.f32")),
    weight: new Float32Array(bytes("weight.f32")),
    labels: new Int32Array(bytes("labels.i32")),
  };
}

/** A linear congruential generator on (0, 1), Numerical Recipes' constants. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/**
 * The loss, and of the gradients the sampled rows: every 64th of the features', every 1000th class and the labels of
 * the first rows of the weight's.
 */
export function samplesOf({ rows, width, classes, labels }, loss, gradFeatures, gradWeight) {
  const { featureRows, weightRows } = sampled(rows, classes, labels);
  const pick = (data, at) => at.map((row) => Array.from(data.subarray(row * width, (row + 1) * width)));
  return { loss, gradFeatures: pick(gradFeatures, featureRows), gradWeight: pick(gradWeight, weightRows) };
}

/** The same, row by row in float64. */
export function expectedSamples({ rows, width, classes, features, weight, labels }) {
  const { featureRows, weightRows } = sampled(rows, classes, labels);
  const gradFeatures = featureRows.map(() => new Float64Array(width));
  const gradWeight = weightRows.map(() => new Float64Array(width));
  const z = new Float64Array(classes);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const x = Float64Array.from(features.subarray(row * width, (row + 1) * width));
    for (let k = 0, w = 0; k < classes; k++) {
      z[k] = 0;
      for (let i = 0; i < width; i++, w++) z[k] += x[i] * weight[w];
    }
    const options = { labelSmoothing, normalizer: rows, gradient: true };
    const one = softmaxCrossEntropy([labels[row]], { data: z, shape: [1, classes] }, options);
    const g = one.gradLogits.data;
    loss += one.loss;
    weightRows.forEach((k, at) => {
      for (let i = 0; i < width; i++) gradWeight[at][i] += g[k] * x[i];
    });
    const to = gradFeatures[featureRows.indexOf(row)];
    if (to === undefined) continue;
    for (let k = 0, w = 0; k < classes; k++) for (let i = 0; i < width; i++, w++) to[i] += g[k] * weight[w];
  }
  return { loss, gradFeatures: gradFeatures.map((row) => [...row]), gradWeight: gradWeight.map((row) => [...row]) };
}

/** How far off the samples are: the loss relatively, a gradient's row against the largest number in it. */
export function errorsOf(samples, expected) {
  const rowError = (row, exact) => {
    const most = exact.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    return row.reduce((error, value, i) => Math.max(error, Math.abs(value - exact[i]) / most), 0);
  };
  const worst = (rows, exact) => Math.max(...rows.map((row, at) => rowError(row, exact[at])));
  return {
    loss: Math.abs(samples.loss - expected.loss) / expected.loss,
    gradFeatures: worst(samples.gradFeatures, expected.gradFeatures),
    gradWeight: worst(samples.gradWeight, expected.gradWeight),
  };
}

function sampled(rows, classes, labels) {
  const every = (count, step) => Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  return { featureRows: every(rows, 64), weightRows: [...every(classes, 1000), ...labels.subarray(0, 8)] };
}
