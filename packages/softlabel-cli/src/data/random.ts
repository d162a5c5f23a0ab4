import { createHash } from "node:crypto";

/** Draws a number uniform in [0, 1) with 32 random bits. */
export type Random = () => number;

/**
 * An endless stream of random numbers that a seed and a purpose decide: streams of different purposes or seeds have
 * nothing in common, so that drawing more from one moves no other.
 *
 * The generator is sfc32 of PractRand (Doty-Humphrey 2010), its state the SHA-256 of seed and purpose.
 */
export function randomStream(seed: number, purpose: string): Random {
  const digest = createHash("sha256").update(`${seed}/${purpose}`).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** 0, 1, …, count − 1 in an order that every permutation shares equally (Fisher–Yates). */
export function shuffledIndices(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
