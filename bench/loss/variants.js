// What makes the loss harder: logits far from N(0, 1), and options beyond the plain call.
import { softmaxCrossEntropy as core } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";
import { rowSizes, smoothedOneHot, uniform } from "./given.js";

/** Unfriendly logits by name, made from friendly ones. */
const unfriendlyLogits = {
  offset: (logits) => logits.map((z) => z - 100),
  wide: (logits) => logits.map((z) => 30 * z),
  // One in each row, at another place in each.
  spike: (logits, classes) =>
    logits.map((z, at) => (at % classes === (7 * Math.floor(at / classes)) % classes ? 60 : z)),
};

/** The problem with each kind of unfriendly logits, by name. */
export function unfriendlyProblems(problem) {
  return Object.entries(unfriendlyLogits).map(([name, change]) => {
    const logits = change(problem.logits, problem.classes);
    return { name, problem: answered({ ...problem, logits }, problem.labels, {}) };
  });
}

/**
 * Labels, options and the answer to them, by name.
 * @param inMemory - Puts numbers into a tensor in the kernel's memory, as a training loop would its distributions.
 */
export function optionVariants(problem, inMemory) {
  const { rows, classes, labels } = problem;
  const random = uniform(7);
  const positive = (count) => Float64Array.from({ length: count }, () => 0.5 + random());
  const prior = normalised(positive(classes));
  const occurring = new Set(labels);
  // About one class in four cannot occur.
  const allowed = Array.from({ length: classes }, (_, k) => occurring.has(k) || random() < 0.75);
  const dense = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) dense.set(normalised(positive(classes)), row * classes);
  const variants = {
    prior: [labels, { prior }],
    weights: [labels, { weights: positive(rows) }],
    allowed: [labels, { allowed }],
    "smoothing-per-row": [labels, { labelSmoothing: positive(rows).map((x) => 0.2 * x) }],
    distributions: [inMemory(dense), {}],
    "distributions-plain": [{ data: dense, shape: [rows, classes] }, {}],
    "one-hot": [inMemory(smoothedOneHot(problem, 0)), {}],
  };
  return Object.entries(variants).map(([name, [given, options]]) => ({
    name,
    labels: given,
    options,
    problem: answered(problem, given, options),
  }));
}

/** The problem with the core's answer to these labels and options. */
function answered(problem, labels, options) {
  const { rows, classes, logits, labelSmoothing } = problem;
  const z = { data: Float64Array.from(logits), shape: [rows, classes] };
  const { loss, gradLogits } = core(labels, z, { labelSmoothing, ...options, gradient: true });
  return { ...problem, loss, gradient: gradLogits.data, sizes: rowSizes(logits, gradLogits.data, rows) };
}

function normalised(values) {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
