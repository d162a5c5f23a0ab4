import type { Tensor } from "softlabel";
import { randomDistribution, randomStream } from "../../core/random-call.ts";

/** Different numbers in every lane, in [−1, 1). */
export interface RandomLayer {
  readonly rows: number;
  readonly width: number;
  readonly classes: number;
  readonly features: Tensor<Float32Array>;
  readonly weight: Tensor<Float32Array>;
  readonly bias: Float32Array;
  readonly indices: Int32Array;
  readonly distributions: () => Tensor<Float64Array>;
  readonly random: () => number;
}

export function randomLayer(seed: number, rows: number, width: number, classes: number): RandomLayer {
  const random = randomStream(seed);
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
  return {
    rows,
    width,
    classes,
    features: { data: numbers(rows * width), shape: [rows, width] },
    weight: { data: numbers(classes * width), shape: [classes, width] },
    bias: numbers(classes),
    indices: Int32Array.from({ length: rows }, () => Math.floor(random() * classes)),
    distributions: () => ({
      data: Float64Array.from(Array.from({ length: rows }, () => randomDistribution(random, classes)).flat()),
      shape: [rows, classes],
    }),
    random,
  };
}

/** A value, and how far float32 may be from it. */
export interface Bounded {
  readonly value: Float64Array;
  readonly bound: Float64Array;
}

/** 2⁻²⁴: how much of a float32 rounding may take, half a unit in the last place. */
const UNIT = 2 ** -24;

/**
 * a·b in float64 of two matrices that are given by their elements, and the bound on a float32 sum of n products in any
 * order: (n + 1)·2⁻²⁴·Σ |a|·|b|, with a little room for the second order.
 */
export function exactProduct(
  rows: number,
  columns: number,
  depth: number,
  a: (row: number, k: number) => number,
  b: (k: number, column: number) => number,
  initial: (row: number, column: number) => number = () => 0,
): Bounded {
  const [value, bound] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      value[at] = initial(row, column);
      bound[at] = Math.abs(value[at]);
      for (let k = 0; k < depth; k++) {
        value[at] += a(row, k) * b(k, column);
        bound[at] += Math.abs(a(row, k) * b(k, column));
      }
      bound[at] *= (depth + 4) * UNIT;
    }
  }
  return { value, bound };
}
