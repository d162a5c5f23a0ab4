import { type OptionSources, readConfigFile } from "./config-file.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";
import { type CheckedOptions, checkOptions } from "./options-schema.ts";
import { readArms } from "./read-arms.ts";
import { readPrior } from "./read-prior.ts";
import { requireOneMeaning } from "./require-one-meaning.ts";

/**
 * Puts the options of the command line over those of the file over the defaults.
 *
 * Names of files and folders are relative to the working directory, wherever they were written.
 * @throws {@link ArgumentError} in one readable sentence for whatever was written wrong, or says two things at once.
 */
export function resolveOptions({ flags, configFile, models }: OptionSources): CompareOptions {
  const fromFile = configFile === undefined ? {} : checkOptions(readConfigFile(configFile), configFile, models);
  const fromFlags = checkOptions(flags, null, models);
  const { command: _, ...chosen } = { ...fromFile, ...fromFlags } as CheckedOptions & { command?: string };
  requireOneMeaning(chosen);
  const { arms, trainer = null, trainSize } = chosen;
  return {
    ...compareDefaults,
    ...(chosen as Partial<CompareOptions>),
    data: chosen.data ?? null,
    epsilon: withBaseline(chosen.epsilon ?? compareDefaults.epsilon),
    arms: arms === undefined || arms === null ? null : readArms(arms, trainer === null ? "built-in" : "trainer"),
    trainSize: trainSize === "all" ? null : (trainSize ?? compareDefaults.trainSize),
    prior: readPrior(chosen.prior ?? compareDefaults.prior),
  };
}

/** ε = 0 is what every arm is compared with: it is always there. */
function withBaseline(epsilon: readonly number[]): readonly number[] {
  return [...new Set([0, ...epsilon])].sort((a, b) => a - b);
}
