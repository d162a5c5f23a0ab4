import { laboratoryVersions } from "../../training/code-version.ts";
import type { CompareOptions } from "../options.ts";
import { openTrainer } from "../trainers/open-trainer.ts";
import { requireParameterNames } from "../trainers/placeholders.ts";
import { trialId } from "../trials.ts";
import type { TrialSource } from "./trial-source.ts";

/**
 * Training code that is not the laboratory's: a command or a module.
 *
 * @param typed - what was typed after `--trainer`.
 * @param parameters - the names of what each arm says besides ε, prior and convention.
 * @throws ArgumentError when there is no such trainer, or a name cannot be told to it.
 */
export function externalSource(
  { shell, trainerFiles }: Pick<CompareOptions, "shell" | "trainerFiles">,
  typed: string,
  parameters: readonly (readonly string[])[],
): TrialSource {
  requireParameterNames([...new Set(parameters.flat())]);
  // What every arm says, a command may ask for.
  const common = (parameters[0] ?? []).filter((name) => parameters.every((names) => names.includes(name)));
  const trainer = openTrainer({ typed, shell, files: trainerFiles, parameters: common });
  const ingredients = { dataHash: null, codeVersion: trainer.hash };
  return {
    trainer,
    data: null,
    ingredients: { external: ingredients },
    trialOf(arm, seed) {
      const { epsilon, prior, convention } = arm;
      const config = { labelSmoothing: epsilon, prior, convention, seed, parameters: arm.parameters };
      return { id: trialId(config, ingredients), kind: "external", config };
    },
    // Nothing is known of how long a trainer takes: one trial is as much as another.
    work: () => 1,
    epochs: null,
    describe: ({ classes, testRows, validationRows, testLabelsHash }) => ({
      data: {
        name: "the trainer's data",
        hash: null,
        classes,
        classNames: null,
        trainRows: null,
        validationRows,
        testRows,
        testLabelsHash,
      },
      trainer: { kind: trainer.kind, typed },
      versions: laboratoryVersions(),
      codeVersion: trainer.hash,
    }),
  };
}
