import { ArgumentError } from "softlabel";
import { type OptionSources, readConfigFile } from "../config-file.ts";
import { type AdversarialOptions, adversarialDefaults, epochsFor, stepSizeFor, strengthsFor } from "./options.ts";
import { type CheckedOptions, checkAdversarialOptions } from "./options-schema.ts";

/**
 * Puts the options of the command line over those of the file over the defaults.
 *
 * @throws {@link ArgumentError} in one readable sentence for whatever was written wrong.
 */
export function resolveAdversarialOptions({ flags, configFile, models }: OptionSources): AdversarialOptions {
  const read = configFile === undefined ? {} : readConfigFile(configFile);
  const { command: _, ...chosen } = {
    ...(configFile === undefined ? {} : checkAdversarialOptions(read, configFile, models)),
    ...checkAdversarialOptions(flags, null, models),
  } as CheckedOptions & { command?: string };
  const { attackEpsilon, norm, steps, labelSmoothing } = { ...adversarialDefaults, ...chosen };
  requireInBox("attackEpsilon", attackEpsilon, norm);
  for (const strength of chosen.strengths ?? []) requireInBox("strengths", strength, norm);
  if (chosen.stepSize !== undefined && !(chosen.stepSize <= attackEpsilon)) {
    throw new ArgumentError(
      `stepSize must be at most attackEpsilon, ${attackEpsilon}, or every step leaves the ball, got ${chosen.stepSize}`,
    );
  }
  const trainSize = chosen.trainSize === "all" ? null : (chosen.trainSize ?? adversarialDefaults.trainSize);
  return {
    ...adversarialDefaults,
    epochs: epochsFor(trainSize),
    stepSize: stepSizeFor(attackEpsilon, steps),
    ...chosen,
    data: chosen.data ?? null,
    labelSmoothing: ascending(labelSmoothing),
    strengths: ascending([0, attackEpsilon, ...(chosen.strengths ?? strengthsFor(attackEpsilon, norm))]),
    trainSize,
  };
}

/** In L2 the farthest image depends on the data, and is checked with it. */
function requireInBox(name: string, epsilon: number, norm: AdversarialOptions["norm"]): void {
  if (norm === "inf" && !(epsilon <= 1)) {
    throw new ArgumentError(
      `${name} must be at most 1 with norm inf, where 1 turns any pixel in [0, 1] into any other, got ${epsilon}`,
    );
  }
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
