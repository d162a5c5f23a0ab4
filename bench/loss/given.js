// What every contender is given, in one folder per problem: logits.f32, labels.i32, and the core's answer in float64,
// gradient.f64 and loss in problem.json. Raw little-endian files, which Node and NumPy read alike.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";

export const labelSmoothing = 0.1;

/**
 * N(0, 1) logits and labels spread over the classes; the same at every call.
 * @param {number} rows
 * @param {number} classes
 */
export function problem(rows, classes) {
  const random = uniform(rows * 31 + classes);
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const logits = Float32Array.from({ length: rows * classes }, normal);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return { rows, classes, logits, labels };
}

/** A linear congruential generator on (0, 1), Numerical Recipes' constants. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Writes one problem and its answer into a new folder. */
export function writeProblem(folder, rows, classes) {
  const { logits, labels } = problem(rows, classes);
  // Float64 logits of the same values: the core's gradient is then float64 as well.
  const z = { data: Float64Array.from(logits), shape: [rows, classes] };
  const { loss, gradLogits } = softmaxCrossEntropy(labels, z, { labelSmoothing, gradient: true });
  const gradient = Float64Array.from(gradLogits.data);
  const sizes = rowSizes(logits, gradient, rows);
  mkdirSync(folder);
  writeFileSync(join(folder, "logits.f32"), logits);
  writeFileSync(join(folder, "labels.i32"), labels);
  writeFileSync(join(folder, "gradient.f64"), gradient);
  writeFileSync(join(folder, "problem.json"), JSON.stringify({ rows, classes, labelSmoothing, loss, sizes }));
}

/** What an error in a row's gradient is held against: its largest |gradient| or its largest p/rows. */
export function rowSizes(logits, gradient, rows) {
  const classes = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const top = z.reduce((largest, value) => Math.max(largest, value), -Infinity);
    const p = 1 / z.reduce((sum, value) => sum + Math.exp(value - top), 0);
    const g = gradient.subarray(row * classes, (row + 1) * classes);
    return g.reduce((largest, value) => Math.max(largest, Math.abs(value)), p / rows);
  });
}

/** @returns the problem of {@link writeProblem} with its answer. */
export function readProblem(folder) {
  const bytes = (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  return {
    ...JSON.parse(readFileSync(join(folder, "problem.json"), "utf8")),
    logits: new Float32Array(bytes("logits.f32")),
    labels: new Int32Array(bytes("labels.i32")),
    gradient: new Float64Array(bytes("gradient.f64")),
  };
}

/** q′ as rows of float32, for the libraries that want labels spelt out. */
export function smoothedOneHot({ rows, classes, labels }, smoothing = labelSmoothing) {
  const q = new Float32Array(rows * classes).fill(smoothing / classes);
  labels.forEach((label, row) => {
    q[row * classes + label] += 1 - smoothing;
  });
  return q;
}
