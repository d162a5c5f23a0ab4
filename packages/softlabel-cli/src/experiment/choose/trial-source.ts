import { ArgumentError } from "softlabel";
import { loadDataset } from "../../data/dataset.ts";
import { splitDataset } from "../../data/split.ts";
import { createModel, parameterCount } from "../../models/parameters.ts";
import { codeVersion, versions } from "../../training/code-version.ts";
import { camelCase } from "../option-rules.ts";
import type { ArmSettings, Experiment } from "../results.ts";
import { parseSpace } from "../search/space.ts";
import { openTrainer } from "../trainers/open-trainer.ts";
import type { Trainer } from "../trainers/trainer.ts";
import {
  type ArmParameters,
  type ExternalTrial,
  planTrials,
  type TrainingTrial,
  type Trial,
  trialId,
} from "../trials.ts";
import type { ChooseOptions } from "./options.ts";

/** A trial that leaves predictions of validation and test rows. */
export type ArmTrial = TrainingTrial | ExternalTrial;

/** What makes the trials of a choice, one arm and one seed at a time: the same as those of a comparison. */
export interface TrialSource {
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
  readonly trialOf: (arm: ArmSettings, seed: number) => ArmTrial;
  /** How much a trial is to do, in steps of training or in whatever makes them comparable. */
  readonly work: (trial: Trial) => number;
  /** Epochs of a whole training; `null` where only the trainer knows. */
  readonly epochs: number | null;
  readonly describe: (rows: PredictedRows) => Pick<Experiment, "data" | "trainer" | "versions" | "codeVersion">;
}

/** What the trials made predictions of. */
export interface PredictedRows {
  readonly classes: number;
  readonly validationRows: number;
  readonly testRows: number;
}

/**
 * The laboratory's own classifiers, trained on a data set.
 *
 * @throws ArgumentError when the options do not fit the data.
 */
export function builtInSource(options: ChooseOptions): TrialSource {
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, { ...dataset }, 1);
  const { prior, epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  if (typeof prior !== "string" && prior.length !== dataset.classes) {
    throw new ArgumentError(
      `prior must be one number for each of the ${dataset.classes} classes of ${dataset.name}, got ${prior.length}`,
    );
  }
  const trainRows = splitDataset(dataset, { ...options, trainRows: "drawn", seed: 1 }).train.length;
  const ingredients = { dataHash: dataset.hash, codeVersion: codeVersion() };
  return {
    trainer: null,
    trialOf(arm, seed) {
      const trained = { ...options, ...overrides(arm.parameters), trainSize: trainRows };
      const trials = planTrials({ ...trained, arms: [{ ...arm, parameters: {} }], seeds: seed }, ingredients);
      return trials[seed - 1];
    },
    work: (trial) => (trial.kind === "train" ? trial.config.epochs * Math.ceil(trainRows / trial.config.batchSize) : 0),
    epochs,
    describe: ({ validationRows, testRows }) => ({
      data: {
        name: dataset.name,
        hash: dataset.hash,
        classes: dataset.classes,
        classNames: dataset.classNames,
        trainRows,
        validationRows,
        testRows,
      },
      trainer: {
        kind: "built-in",
        model: model.name,
        parameters: parameterCount(model),
        epochs,
        batchSize,
        learningRate,
        optimizer,
        labelNoise,
      },
      versions: versions(),
      codeVersion: codeVersion(),
    }),
  };
}

/**
 * Training code that is not the laboratory's: a command or a module.
 *
 * @param typed - what was typed after `--trainer`.
 * @throws ArgumentError when there is no such trainer.
 */
export function externalSource({ shell, trainerFiles, search }: ChooseOptions, typed: string): TrialSource {
  const parameters = parseSpace(search).map(({ name }) => name);
  const trainer = openTrainer({ typed, shell, files: trainerFiles, parameters });
  return {
    trainer,
    trialOf({ epsilon, prior, convention, parameters }, seed) {
      const config = { labelSmoothing: epsilon, prior, convention, seed, parameters };
      return { id: trialId(config, { dataHash: null, codeVersion: trainer.hash }), kind: "external", config };
    },
    // Nothing is known of how long a trainer takes: one trial is as much as another.
    work: () => 1,
    epochs: null,
    describe: ({ classes, validationRows, testRows }) => ({
      data: {
        name: "the trainer's data",
        hash: null,
        classes,
        classNames: null,
        trainRows: null,
        validationRows,
        testRows,
      },
      trainer: { kind: trainer.kind, typed },
      versions: versions(),
      codeVersion: trainer.hash,
    }),
  };
}

/** `learning-rate` of an arm → `learningRate` of the options. */
function overrides(parameters: ArmParameters): Partial<ChooseOptions> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [camelCase(name), value]));
}
