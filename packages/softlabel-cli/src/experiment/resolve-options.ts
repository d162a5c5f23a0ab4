import { ArgumentError } from "softlabel";
import { firstLine, type OptionSources, readConfigFile, readText } from "./config-file.ts";
import { nearestName } from "./nearest-name.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";
import { type CheckedOptions, checkOptions } from "./options-schema.ts";

/**
 * Puts the options of the command line over those of the file over the defaults.
 *
 * Names of files and folders are relative to the working directory, wherever they were written.
 * @throws {@link ArgumentError} in one readable sentence for whatever was written wrong.
 */
export function resolveOptions({ flags, configFile, models }: OptionSources): CompareOptions {
  const fromFile = configFile === undefined ? {} : checkOptions(readConfigFile(configFile), configFile, models);
  const fromFlags = checkOptions(flags, null, models);
  const { command: _, ...chosen } = { ...fromFile, ...fromFlags } as CheckedOptions & { command?: string };
  return {
    ...compareDefaults,
    ...(chosen as Partial<CompareOptions>),
    data: chosen.data ?? null,
    epsilon: withBaseline(chosen.epsilon ?? compareDefaults.epsilon),
    trainSize: chosen.trainSize === "all" ? null : (chosen.trainSize ?? compareDefaults.trainSize),
    prior: readPrior(chosen.prior ?? compareDefaults.prior),
  };
}

/** ε = 0 is what every arm is compared with: it is always there. */
function withBaseline(epsilon: readonly number[]): readonly number[] {
  return [...new Set([0, ...epsilon])].sort((a, b) => a - b);
}

function readPrior(prior: string | readonly number[]): CompareOptions["prior"] {
  if (prior === "uniform" || prior === "class-frequencies") return prior;
  if (typeof prior !== "string") return checkPrior(prior, "");
  let content: unknown;
  try {
    content = JSON.parse(readText(prior, "prior"));
  } catch (error) {
    const word = nearestName(prior, ["uniform", "class-frequencies"]);
    if (error instanceof ArgumentError && word !== null) {
      throw new ArgumentError(`${error.message}; did you mean ${word}?`);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new ArgumentError(`prior must be a JSON file of numbers, got ${prior} with ${firstLine(error.message)}`);
  }
  if (!Array.isArray(content)) {
    throw new ArgumentError(`prior must be a list of one number per class, got ${typeof content} in ${prior}`);
  }
  return checkPrior(content, ` in ${prior}`);
}

/** How many numbers there must be is known when the data is. */
function checkPrior(prior: readonly unknown[], where: string): readonly number[] {
  const wrong = prior.findIndex((share) => typeof share !== "number" || !(share >= 0 && share <= 1));
  if (wrong >= 0) {
    throw new ArgumentError(`prior[${wrong}] must be a number in [0, 1], got ${JSON.stringify(prior[wrong])}${where}`);
  }
  const sum = (prior as readonly number[]).reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) <= priorTolerance)) {
    throw new ArgumentError(`prior must sum to 1, got ${sum}${where}; divide each number by the sum`);
  }
  return prior as readonly number[];
}

/** What the loss itself allows a prior's sum to miss 1 by. */
const priorTolerance = 1e-6;
