import { ArgumentError } from "softlabel";
import { canonicalJson } from "../canonical-json.ts";
import type { ArmParameters } from "../trials.ts";
import { randomPoints } from "./random.ts";
import { sobolPoints } from "./sobol.ts";
import type { SearchSpace } from "./space.ts";
import { valueAt, valueCount } from "./value-at.ts";

/** How the candidates are spread over the space. */
export const samplers: readonly ["sobol", "random"] = ["sobol", "random"];
export type Sampler = (typeof samplers)[number];

/** More candidates than this no list of trials is made for. */
export const mostSamples = 1000;

/**
 * The settings of the other parameters that every ε is tried with, all different.
 *
 * A space with no more settings than `samples` is tried whole. More samples begin with the same candidates.
 * @param samples - an integer in [1, {@link mostSamples}]; with Sobol's points a power of 2 fills the space evenly.
 * @param seed - an integer that decides the points.
 * @returns one record of values by the parameters' names for each candidate.
 * @throws {@link ArgumentError} when the space has no parameter, `samples` is out of range, or Sobol's points have not
 * as many coordinates as there are parameters.
 */
export function candidates(
  space: SearchSpace,
  samples: number,
  sampler: Sampler,
  seed: number,
): readonly ArmParameters[] {
  if (space.length === 0) throw new ArgumentError("a search must have a parameter, got none; add --search NAME=RANGE");
  if (!(Number.isInteger(samples) && samples >= 1 && samples <= mostSamples)) {
    throw new ArgumentError(`--samples must be an integer from 1 to ${mostSamples}, got ${samples}`);
  }
  const points = sampler === "sobol" ? sobolPoints : randomPoints;
  const settings = space.reduce((product, { range }) => product * valueCount(range), 1);
  const wanted = Math.min(samples, settings);
  const found = new Map<string, ArmParameters>();
  // Points that round to the same setting are one candidate: the space is large enough that more points find the rest.
  for (let count = wanted; found.size < wanted; count *= 2) {
    for (const point of points(count, space.length, seed)) {
      const parameters = Object.fromEntries(space.map(({ name, range }, d) => [name, valueAt(range, point[d])]));
      const key = canonicalJson(parameters);
      if (found.size < wanted && !found.has(key)) found.set(key, parameters);
    }
  }
  return [...found.values()];
}
