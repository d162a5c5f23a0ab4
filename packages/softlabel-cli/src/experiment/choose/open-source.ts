import { parseSpace } from "../search/space.ts";
import { builtInSource } from "../sources/built-in.ts";
import { externalSource } from "../sources/external.ts";
import type { TrialSource } from "../sources/trial-source.ts";
import type { ChooseOptions } from "./options.ts";

/**
 * What trains the arms that the options ask for.
 *
 * @throws ArgumentError when the options do not fit the data, or there is no such trainer.
 */
export function openSource(options: ChooseOptions): TrialSource {
  const { trainer } = options;
  if (trainer === null) return builtInSource(options, [options]);
  return externalSource(options, trainer, [parseSpace(options.search).map(({ name }) => name)]);
}
