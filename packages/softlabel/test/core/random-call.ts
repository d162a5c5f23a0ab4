import type { SoftmaxCrossEntropyOptions, Tensor } from "softlabel";

/** Every option but the reduction, so that a loss is known to be a number. */
export type MeanOptions = Omit<SoftmaxCrossEntropyOptions, "reduction">;

/** mulberry32: a seeded stream of numbers in [0, 1). */
export function randomStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Labels and logits with different numbers in every lane. */
export interface Call {
  readonly logits: Tensor<Float64Array>;
  readonly indices: Tensor<Int32Array>;
  readonly distributions: Tensor<Float64Array>;
}

export function randomCall(random: () => number, rows: number, classes: number, spread = 3): Call {
  const logits = Float64Array.from({ length: rows * classes }, () => spread * (2 * random() - 1));
  const indices = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const distributions = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) distributions.set(randomDistribution(random, classes), row * classes);
  return {
    logits: { data: logits, shape: [rows, classes] },
    indices: { data: indices, shape: [rows] },
    distributions: { data: distributions, shape: [rows, classes] },
  };
}

/** With a class of probability 0 now and then. */
export function randomDistribution(random: () => number, classes: number): number[] {
  const shares = Array.from({ length: classes }, (_, k) => (k > 0 && random() < 0.2 ? 0 : random() + 0.01));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** Every option of the loss once, alone or with those that it meets. */
export function optionTable(random: () => number, rows: number, classes: number): [string, MeanOptions][] {
  const prior = randomDistribution(random, classes);
  const matrix = Array.from({ length: classes }, () => randomDistribution(random, classes));
  const weights = Array.from({ length: rows }, (_, row) => (row === 1 ? 0 : 2 * random()));
  const classWeights = Array.from({ length: classes }, () => 2 * random());
  const labelSmoothing = Array.from({ length: rows }, () => random());
  return [
    ["no option", {}],
    ["ε", { labelSmoothing: 0.1 }],
    ["ε = 1", { labelSmoothing: 1 }],
    ["ε per row", { labelSmoothing }],
    ["prior", { labelSmoothing: 0.3, prior }],
    ["prior per label", { labelSmoothing: 0.3, prior: matrix }],
    ["other-classes", { labelSmoothing: 0.2, convention: "other-classes" }],
    ["other-classes, prior", { labelSmoothing: 0.2, convention: "other-classes", prior }],
    ["other-classes, prior per label", { labelSmoothing: 0.2, convention: "other-classes", prior: matrix }],
    ["classy-vision", { labelSmoothing: 0.2, convention: "classy-vision", prior }],
    ["weights", { labelSmoothing: 0.1, weights }],
    ["weights, mean over rows", { labelSmoothing: 0.1, weights, meanOver: "rows" }],
    ["class weights", { labelSmoothing: 0.1, classWeights }],
    ["class weights and weights", { labelSmoothing: 0.1, classWeights, weights }],
    ["class weights as in PyTorch", { labelSmoothing: 0.1, classWeights, classWeighting: "pytorch" }],
    ["ignoreIndex", { labelSmoothing: 0.1, ignoreIndex: 0 }],
    ["minus the floor", { labelSmoothing: 0.1, subtractFloor: true }],
    ["uniform over another axis", { labelSmoothing: 0.1, uniformAxis: 0 }],
  ];
}
