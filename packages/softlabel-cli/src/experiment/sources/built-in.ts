import { ArgumentError } from "softlabel";
import { type Dataset, loadDataset } from "../../data/dataset.ts";
import { splitDataset } from "../../data/split.ts";
import { createModel, parameterCount } from "../../models/parameters.ts";
import { codeVersion, versions } from "../../training/code-version.ts";
import type { CompareOptions } from "../options.ts";
import type { ArmSettings } from "../results.ts";
import { trainingConfig, trainingTrial } from "../trials.ts";
import type { TrialSource } from "./trial-source.ts";

/** The options of the laboratory's own training. */
type BuiltInOptions = Pick<
  CompareOptions,
  | "data"
  | "model"
  | "trainSize"
  | "validationSize"
  | "epochs"
  | "batchSize"
  | "learningRate"
  | "optimizer"
  | "labelNoise"
>;

/**
 * The laboratory's own classifiers, trained on a data set.
 *
 * @param arms - those that are known beforehand.
 * @throws {@link ArgumentError} when options or arms do not fit the data.
 */
export function builtInSource(options: BuiltInOptions, arms: readonly Pick<ArmSettings, "prior">[]): TrialSource {
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, { ...dataset }, 1);
  for (const { prior } of arms) requireFittingPrior(prior, dataset);
  const trainRows = splitDataset(dataset, { ...options, trainRows: "drawn", seed: 1 }).train.length;
  const { epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  const sized = { ...options, trainSize: trainRows };
  const ingredients = { dataHash: dataset.hash, codeVersion: codeVersion() };
  return {
    trainer: null,
    data: options.data,
    ingredients: { train: ingredients },
    trialOf: (arm, seed) => trainingTrial(trainingConfig(sized, arm, seed), ingredients),
    work: (trial) => {
      const steps = trial.kind === "train" ? trial.config : options;
      return steps.epochs * Math.ceil(trainRows / steps.batchSize);
    },
    epochs,
    describe: ({ validationRows, testRows, testLabelsHash }) => ({
      data: {
        name: dataset.name,
        hash: dataset.hash,
        classes: dataset.classes,
        classNames: dataset.classNames,
        trainRows,
        validationRows,
        testRows,
        testLabelsHash,
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
      codeVersion: ingredients.codeVersion,
    }),
  };
}

function requireFittingPrior(prior: ArmSettings["prior"], dataset: Dataset): void {
  if (typeof prior === "string" || prior.length === dataset.classes) return;
  throw new ArgumentError(
    `prior must be one number for each of the ${dataset.classes} classes of ${dataset.name}, got ${prior.length}`,
  );
}
