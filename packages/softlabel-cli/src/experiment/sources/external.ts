import { laboratoryVersions } from "../../training/code-version.ts";
import { armsOf } from "../arms.ts";
import type { CompareOptions } from "../options.ts";
import type { ArmSettings } from "../results.ts";
import { openTrainer } from "../trainers/open-trainer.ts";
import { requireParameterNames } from "../trainers/placeholders.ts";
import { type ExternalTrial, seedsOf, trialId } from "../trials.ts";
import { plannedRun } from "./planned-run.ts";
import type { Source } from "./source.ts";

/**
 * Training code that is not the laboratory's: a command or a module.
 *
 * @throws ArgumentError when there is no such trainer.
 */
export function externalSource(options: CompareOptions & { readonly trainer: string }): Source {
  const { trainer: typed, shell, trainerFiles } = options;
  const arms = armsOf(options);
  requireParameterNames([...new Set(arms.flatMap(({ parameters }) => Object.keys(parameters)))]);
  const trainer = openTrainer({ typed, shell, files: trainerFiles, parameters: commonParameters(arms) });
  return {
    arms,
    runs: seedsOf(options).flatMap((seed) =>
      arms.map((arm) => plannedRun(arm, externalTrial(arm, seed, trainer.hash))),
    ),
    trainer,
    // Nothing is known of how long a trainer takes: one trial is as much as another.
    work: () => 1,
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
    remedy: "finished trials are kept, and the same command goes on from there",
  };
}

/** What every arm says, and a command may therefore ask for. */
function commonParameters(arms: readonly ArmSettings[]): readonly string[] {
  return Object.keys(arms[0].parameters).filter((name) => arms.every(({ parameters }) => name in parameters));
}

function externalTrial(arm: ArmSettings, seed: number, codeVersion: string): ExternalTrial {
  const { epsilon, prior, convention, parameters } = arm;
  const config = { labelSmoothing: epsilon, prior, convention, seed, parameters };
  return { id: trialId(config, { dataHash: null, codeVersion }), kind: "external", config };
}
