import type { ChooseOptions } from "./options.ts";
import { builtInSource, externalSource, type TrialSource } from "./trial-source.ts";

/**
 * What trains the arms that the options ask for.
 *
 * @throws ArgumentError when the options do not fit the data, or there is no such trainer.
 */
export function openSource(options: ChooseOptions): TrialSource {
  const { trainer: typed } = options;
  return typed === null ? builtInSource(options) : externalSource(options, typed);
}
