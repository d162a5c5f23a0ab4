import { ArgumentError } from "softlabel";
import { type Dataset, loadDataset } from "../../data/dataset.ts";
import { splitDataset } from "../../data/split.ts";
import { createModel, parameterCount } from "../../models/parameters.ts";
import { codeVersion, versions } from "../../training/code-version.ts";
import { armsOf } from "../arms.ts";
import type { CompareOptions } from "../options.ts";
import { planTrials } from "../trials.ts";
import { plannedRun } from "./planned-run.ts";
import type { Source } from "./source.ts";

/**
 * The laboratory's own classifiers, trained on a data set.
 *
 * @throws {@link ArgumentError} when the options do not fit the data.
 */
export function builtInSource(options: CompareOptions): Source {
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, { ...dataset }, 1);
  const arms = armsOf(options);
  for (const { prior } of arms) requireFittingPrior(prior, dataset);
  const trainRows = splitDataset(dataset, { ...options, trainRows: "drawn", seed: 1 }).train.length;
  const { epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  return {
    arms,
    runs: planTrials({ ...options, trainSize: trainRows }, { dataHash: dataset.hash, codeVersion: codeVersion() }).map(
      (trial, at) => plannedRun(arms[at % arms.length], trial),
    ),
    trainer: null,
    work: (trial) => {
      const steps = trial.kind === "train" ? trial.config : options;
      return steps.epochs * Math.ceil(trainRows / steps.batchSize);
    },
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
      codeVersion: codeVersion(),
    }),
    remedy: "finished trials are kept, and the same command goes on from there",
  };
}

function requireFittingPrior(prior: CompareOptions["prior"], dataset: Dataset): void {
  if (typeof prior === "string" || prior.length === dataset.classes) return;
  throw new ArgumentError(
    `prior must be one number for each of the ${dataset.classes} classes of ${dataset.name}, got ${prior.length}`,
  );
}
