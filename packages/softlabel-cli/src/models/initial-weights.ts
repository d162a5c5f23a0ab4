import { type Random, randomStream } from "../data/random.ts";
import type { InitialWeights } from "./models.ts";

/** What a kernel joins: how many inputs each output sums, and how many outputs each input enters. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * A kernel's first weights.
 *
 * @param layer - the layer's name; with the seed it decides the numbers.
 */
export function drawWeights(
  how: InitialWeights,
  size: number,
  { fanIn, fanOut }: Fans,
  seed: number,
  layer: string,
): Float32Array {
  const random = randomStream(seed, `weights of ${layer}`);
  if (how === "fan-in-normal") {
    const deviation = 1 / Math.sqrt(fanIn);
    return Float32Array.from({ length: size }, () => deviation * standardNormal(random));
  }
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return Float32Array.from({ length: size }, () => (2 * random() - 1) * limit);
}

/** One of the two numbers of Box and Muller 1958: the other is not kept, so that each draw takes the same two. */
function standardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
