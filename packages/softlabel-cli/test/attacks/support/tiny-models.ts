import type { DifferentiableModel } from "../../../src/attacks/differentiable-model.ts";
import { predictedClass } from "../../../src/attacks/judge-logits.ts";
import { type Random, randomStream } from "../../../src/data/random.ts";

/** Rows of weights: one per number that enters, with one weight for each that leaves. */
export type Weights = readonly (readonly number[])[];

export interface TinyNetwork {
  /** What stands before the last layer; `null` for a linear model. */
  readonly hidden: { readonly weights: Weights; readonly activation: "relu" | "sigmoid" } | null;
  readonly weights: Weights;
  /** One for each class; zeros when left out. */
  readonly bias?: readonly number[];
  /** What the logits are multiplied by; 1 when left out. */
  readonly scale?: number;
}

/** A model of at most one hidden layer, plainly. Its softmax is of float32 numbers, as an engine's. */
export function tinyModel({ hidden, weights, bias, scale = 1 }: TinyNetwork): DifferentiableModel {
  const classes = weights[0].length;
  const inputSize = (hidden?.weights ?? weights).length;
  const hiddenOf = (x: Float32Array): number[] =>
    hidden === null ? [...x] : times(x, hidden.weights).map((a) => activate(a, hidden.activation));
  const logitsOf = (x: Float32Array): number[] =>
    times(hiddenOf(x), weights).map((z, k) => Math.fround(scale * (z + (bias?.[k] ?? 0))));
  const rowsOf = (inputs: Float32Array): Float32Array[] =>
    Array.from({ length: inputs.length / inputSize }, (_, row) =>
      inputs.subarray(row * inputSize, (row + 1) * inputSize),
    );
  const logits = (inputs: Float32Array): Float32Array => Float32Array.from(rowsOf(inputs).flatMap(logitsOf));
  return {
    classes,
    inputSize,
    logits,
    inputGradient: (inputs, labels) => ({
      logits: logits(inputs),
      gradient: Float32Array.from(
        rowsOf(inputs).flatMap((x, row) => {
          const z = logitsOf(x);
          const label = labels === "predicted" ? z.indexOf(Math.max(...z)) : labels[row];
          const byLogit = softmax32(z).map((p, k) => scale * Math.fround(p - (k === label ? 1 : 0)));
          const byHidden = weights.map((outgoing) => dot(outgoing, byLogit));
          if (hidden === null) return byHidden;
          const byActivation = times(x, hidden.weights).map((a, j) => byHidden[j] * slope(a, hidden.activation));
          return hidden.weights.map((outgoing) => dot(outgoing, byActivation));
        }),
      ),
    }),
  };
}

/** Says what it is told of any inputs: for a model whose gradient is known, whatever it is. */
export function toldModel(classes: number, gradient: readonly number[], inputSize: number): DifferentiableModel {
  return {
    classes,
    inputSize,
    logits: (inputs) => new Float32Array((inputs.length / inputSize) * classes),
    inputGradient: (inputs) => ({
      logits: new Float32Array((inputs.length / inputSize) * classes),
      gradient: Float32Array.from(gradient),
    }),
  };
}

/** `numbers` uniform in [low, high), as float32. */
export function uniform(numbers: number, random: Random, low = 0, high = 1): Float32Array {
  return Float32Array.from({ length: numbers }, () => low + (high - low) * random());
}

/** Weights uniform in [−reach, reach), which a seed and a name decide. */
export function drawnWeights(entering: number, leaving: number, seed: number, name: string, reach = 1): Weights {
  const random = randomStream(seed, `weights ${name}`);
  return Array.from({ length: entering }, () => [...uniform(leaving, random, -reach, reach)]);
}

/** Row by row, the distance between two sets of inputs, in float64. */
export function distances(a: Float32Array, b: Float32Array, inputSize: number, norm: "inf" | 2): number[] {
  return Array.from({ length: a.length / inputSize }, (_, row) => {
    const offsets = Array.from({ length: inputSize }, (_, i) => {
      const at = row * inputSize + i;
      return Math.abs(a[at] - b[at]);
    });
    return norm === "inf" ? Math.max(...offsets) : Math.sqrt(offsets.reduce((sum, offset) => sum + offset ** 2, 0));
  });
}

function times(x: ArrayLike<number>, weights: Weights): number[] {
  return weights[0].map((_, j) => weights.reduce((sum, outgoing, i) => sum + x[i] * outgoing[j], 0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function activate(a: number, activation: "relu" | "sigmoid"): number {
  return activation === "relu" ? Math.max(0, a) : 1 / (1 + Math.exp(-a));
}

function slope(a: number, activation: "relu" | "sigmoid"): number {
  if (activation === "relu") return a > 0 ? 1 : 0;
  const s = activate(a, activation);
  return s * (1 - s);
}

function softmax32(z: readonly number[]): number[] {
  const max = Math.max(...z);
  const powers = z.map((logit) => Math.fround(Math.exp(Math.fround(logit - max))));
  const sum = powers.reduce((total, power) => Math.fround(total + power), 0);
  return powers.map((power) => Math.fround(power / sum));
}

/** 1 for each row that the model predicts as its label, else 0. */
export function correctRows(model: DifferentiableModel, inputs: Float32Array, labels: Int32Array): Uint8Array {
  const logits = model.logits(inputs);
  return Uint8Array.from(labels, (label, row) => (predictedClass(logits, row, model.classes) === label ? 1 : 0));
}
