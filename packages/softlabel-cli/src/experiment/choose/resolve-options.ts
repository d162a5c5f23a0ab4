import { ArgumentError } from "softlabel";
import { type OptionSources, readConfigFile } from "../config-file.ts";
import { kebabCase } from "../kebab-case.ts";
import { resolveOptions } from "../resolve-options.ts";
import { parseSpace, spaceTexts } from "../search/space.ts";
import { readObjective } from "./objective.ts";
import { type ChooseOptions, chooseDefaults } from "./options.ts";
import { type CheckedChooseOptions, checkChooseOptions } from "./options-schema.ts";

/**
 * Puts the options of the command line over those of the file over the defaults; ε = 0 is always in the grid.
 *
 * @throws ArgumentError in one readable sentence for whatever was written wrong.
 */
export function resolveChooseOptions({ flags, configFile, models }: OptionSources): ChooseOptions {
  const { command: _, ...chosen } = {
    ...(configFile === undefined ? {} : checkChooseOptions(readConfigFile(configFile), configFile, models)),
    ...checkChooseOptions(flags, null, models),
  } as CheckedChooseOptions & { command?: string };
  const { objective, refine, search, samples, sampler, earlyStopping, ...training } = chosen;
  requireSearch(chosen);
  const { epsilon, seeds, out } = chooseDefaults;
  const {
    arms: _arms,
    from: _from,
    pattern: _pattern,
    base: _base,
    ...resolved
  } = resolveOptions({ flags: { epsilon, seeds, out, ...training }, models });
  return {
    ...resolved,
    objective: readObjective(objective ?? chooseDefaults.objective).text,
    refine: refine ?? chooseDefaults.refine,
    search: spaceTexts(parseSpace(search ?? chooseDefaults.search)),
    samples: samples ?? chooseDefaults.samples,
    sampler: sampler ?? chooseDefaults.sampler,
    earlyStopping: earlyStopping ?? chooseDefaults.earlyStopping,
  };
}

/** What is said about a search that there is none of would be passed over in silence. */
function requireSearch(chosen: CheckedChooseOptions): void {
  if (chosen.search !== undefined && chosen.search.length > 0) return;
  const name = (["samples", "sampler", "earlyStopping"] as const).find((option) => chosen[option] !== undefined);
  if (name === undefined) return;
  const isSwitch = name === "earlyStopping";
  const typed = `--${isSwitch && chosen[name] === false ? "no-" : ""}${kebabCase(name)}`;
  throw new ArgumentError(
    `${typed} must come with --search, got ${isSwitch ? typed : chosen[name]} without it; add --search NAME=RANGE or leave it out`,
  );
}
