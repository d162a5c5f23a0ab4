import { cpus } from "node:os";
import type { Dataset } from "../data/dataset.ts";
import { type Model, parameterCount } from "../models/parameters.ts";
import { codeVersion, versions } from "../training/code-version.ts";
import type { CompareOptions } from "./options.ts";
import { replayCommand } from "./replay-command.ts";
import type { Experiment, RunCard } from "./results.ts";
import { seedsOf } from "./trials.ts";

/** Everything that decided the numbers of an experiment; nothing of when and where it ran. */
export function describeExperiment(parts: {
  readonly options: CompareOptions;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly trainRows: number;
}): Experiment {
  const { options, dataset, model, trainRows } = parts;
  const { epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  return {
    data: {
      name: dataset.name,
      hash: dataset.hash,
      classes: dataset.classes,
      classNames: dataset.classNames,
      trainRows,
      validationRows: options.validationSize,
      testRows: dataset.test.rows,
    },
    seeds: seedsOf(options),
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
    command: replayCommand(options),
  };
}

export function describeMachine(): RunCard["machine"] {
  const processors = cpus();
  return {
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.version,
  };
}
