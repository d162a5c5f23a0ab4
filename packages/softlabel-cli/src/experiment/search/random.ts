import { randomStream } from "../../data/random.ts";

/**
 * Points drawn independently and uniformly in [0, 1), every coordinate from a stream of its own.
 *
 * @param seed - an integer.
 * @returns `count` points of `dimensions` coordinates; more points, or more coordinates, begin with the same.
 */
export function randomPoints(count: number, dimensions: number, seed: number): readonly (readonly number[])[] {
  const streams = Array.from({ length: dimensions }, (_, d) => randomStream(seed, `search, coordinate ${d}`));
  return Array.from({ length: count }, () => streams.map((draw) => draw()));
}
