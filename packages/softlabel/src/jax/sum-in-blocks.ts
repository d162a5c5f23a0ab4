import type { numpy as np } from "@jax-js/jax";

/**
 * Σ over the last axis, which stays with length 1.
 *
 * jax-js adds float32 numbers one after another, and the rounding error grows with their count. From 4096 of them on
 * they are summed in blocks and the blocks' sums then, so that it grows with the square root.
 *
 * @param array - Consumed.
 */
export function sumInBlocks(array: np.Array): np.Array {
  const { shape } = array;
  const rows = shape.slice(0, -1);
  const count = shape[shape.length - 1];
  const block = count < 4096 ? 1 : largestDivisor(count);
  if (block === 1) return array.sum(-1, { keepdims: true });
  return array
    .reshape([...rows, count / block, block])
    .sum(-1)
    .sum(-1, { keepdims: true });
}

/** The largest divisor that is not above the square root; 1 of a prime number. */
function largestDivisor(count: number): number {
  let divisor = Math.floor(Math.sqrt(count));
  while (count % divisor !== 0) divisor--;
  return divisor;
}
