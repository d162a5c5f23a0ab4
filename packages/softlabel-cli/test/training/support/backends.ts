import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { type Random, randomStream } from "../../../src/data/random.ts";
import { startTensorFlow } from "../../../src/training/start.ts";
import { tf } from "../../../src/training/tensorflow.ts";

/** A tensor that has not been put on a backend yet. */
export interface Given {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Operation = (...tensors: Tensor[]) => Tensor;

/** A stream of test cases; the seed is in the name that a failing test prints. */
export function cases(seed: number): {
  random: Random;
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
} {
  const random = randomStream(seed, "test cases");
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  return { random, between, pick: (items) => items[between(0, items.length - 1)] };
}

/** Numbers in [−1, 1), no two lanes alike. */
export function values(shape: readonly number[], random: Random): Given {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1) };
}

/** A few values at or above 0, most of them several times: ties wherever a maximum is taken. */
export function ties(shape: readonly number[], random: Random): Given {
  return {
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => Math.max(0, Math.round(8 * random() - 4) / 4)),
  };
}

/** Numbers in [−1, 1), three quarters and more of them 0, as max pooling and ReLU leave a gradient. */
export function mostlyZero(shape: readonly number[], random: Random): Given {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (random() < 0.2 ? 2 * random() - 1 : 0)) };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

interface Comparison {
  /** What the CPU backend computes, where it lacks the operation itself. */
  readonly reference?: Operation;
  /** How the gradient that comes from above is drawn; {@link values} by default. */
  readonly upstreamFill?: (shape: readonly number[], random: Random) => Given;
}

/**
 * Expects an operation and its gradient for every input to be the same on WebAssembly as on the reference backend.
 *
 */
export async function expectSameOnBothBackends(
  inputs: readonly Given[],
  operation: Operation,
  upstreamRandom: Random,
  { reference = operation, upstreamFill = values }: Comparison = {},
): Promise<void> {
  await startTensorFlow();
  await tf.setBackend("cpu");
  const shape = tf.tidy(() => reference(...inputs.map((input) => tf.zeros([...input.shape]))).shape);
  const upstream = upstreamFill(shape, upstreamRandom);
  const expected = valueAndGradients(inputs, reference, upstream);
  await tf.setBackend("wasm");
  const actual = valueAndGradients(inputs, operation, upstream);
  expect(actual.map((t) => t.shape)).toEqual(expected.map((t) => t.shape));
  for (const [i, { data }] of expected.entries())
    expectAllClose(actual[i].data, data, i === 0 ? "value" : `gradient ${i}`);
}

function valueAndGradients(inputs: readonly Given[], operation: Operation, upstream: Given): Given[] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ shape, data }) => tf.tensor(data, [...shape]));
    const results = [
      operation(...tensors),
      ...tf.grads(operation)(tensors, tf.tensor(upstream.data, [...upstream.shape])),
    ];
    return results.map((result) => ({ shape: result.shape, data: result.dataSync<"float32">() }));
  });
}

/**
 * |a − e| ≤ 1e-5 · the largest |e|: sums of up to a few thousand float32 products of numbers near 1, in another order,
 * differ by some 1e-6 of the largest. NaN matches nothing.
 */
function expectAllClose(actual: Float32Array, expected: Float32Array, what: string): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++) {
    const close = Math.abs(actual[i] - expected[i]) <= 1e-5 * scale;
    if (!close) expect.fail(`${what}, lane ${i}: got ${actual[i]}, expected ${expected[i]} (scale ${scale})`);
  }
}
