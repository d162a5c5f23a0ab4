import { ArgumentError } from "softlabel";
import { kebabCase } from "./kebab-case.ts";
import { showWritten } from "./option-rules.ts";
import type { CompareOptions } from "./options.ts";
import type { CheckedOptions } from "./options-schema.ts";

type OptionName = keyof CompareOptions;

/** What the laboratory's own training is told, and no other. */
export const builtInOptions: readonly OptionName[] = [
  "data",
  "model",
  "trainSize",
  "validationSize",
  "epochs",
  "batchSize",
  "learningRate",
  "optimizer",
  "labelNoise",
];

/** What only a trainer of one's own needs. */
export const trainerOptions: readonly OptionName[] = ["shell", "trainerFiles"];

/** What says every arm's smoothing where no list of arms does. */
export const smoothingOptions: readonly OptionName[] = ["epsilon", "prior", "convention"];

/** What only predictions that are there already need. */
export const givenOptions: readonly OptionName[] = ["pattern", "base"];

/**
 * Refuses options that have no say beside others, so that nothing that was written is passed over in silence.
 *
 * @param chosen - the options that were written, in a file or on the command line.
 * @throws {@link ArgumentError} naming the option, and where what it says belongs.
 */
export function requireOneMeaning(chosen: CheckedOptions): void {
  const refuse = (names: readonly OptionName[], beside: string, remedy: (name: string) => string): void => {
    const name = names.find((candidate) => isWritten(chosen[candidate]));
    if (name === undefined) return;
    const flag = `--${kebabCase(name)}`;
    throw new ArgumentError(`${flag} must be left out ${beside}, got ${showWritten(chosen[name])}; ${remedy(flag)}`);
  };
  if (isWritten(chosen.from)) {
    const training: readonly OptionName[] = [
      ...builtInOptions,
      "trainer",
      ...trainerOptions,
      "arms",
      ...smoothingOptions,
    ];
    refuse(
      [...training, "seeds", "jobs"],
      "with --from",
      () => "predictions are judged as they are, and nothing is trained",
    );
  } else {
    refuse(givenOptions, "without --from", (flag) => `${flag} is about predictions that are there already`);
  }
  if (isWritten(chosen.trainer)) {
    const remedy = "say it in the trainer's command, or as a parameter of an arm";
    refuse(builtInOptions, "with --trainer", (flag) => `${flag} is the laboratory's own: ${remedy}`);
  } else {
    refuse(trainerOptions, "without --trainer", (flag) => `${flag} is about a trainer of your own`);
  }
  if (isWritten(chosen.arms)) {
    refuse(smoothingOptions, "with --arms", () => "each arm says its own");
  }
}

/** `null`, `false` and an empty list say nothing: a file may hold them. */
function isWritten(value: unknown): boolean {
  return !(value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0));
}
