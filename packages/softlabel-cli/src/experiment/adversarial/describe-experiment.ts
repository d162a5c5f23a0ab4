import type { Dataset } from "../../data/dataset.ts";
import { type Model, parameterCount } from "../../models/parameters.ts";
import { versions } from "../../training/code-version.ts";
import { replayOf } from "../replay-command.ts";
import { seedsOf } from "../trials.ts";
import { type AdversarialOptions, adversarialDefaults, coefficient } from "./options.ts";
import type { AdversarialExperiment } from "./results.ts";

/** Everything that decided the numbers of an experiment; nothing of when and where it ran. */
export function describeAdversarial(parts: {
  readonly options: AdversarialOptions;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly trainRows: number;
  /** Of the code that trains and attacks. */
  readonly codeVersion: string;
}): AdversarialExperiment {
  const { options, dataset, model, trainRows, codeVersion } = parts;
  const { name, hash, classes, classNames, height, width, channels } = dataset;
  const { epochs, batchSize, learningRate, optimizer, attackEpsilon, norm, steps, stepSize, restarts } = options;
  return {
    data: {
      name,
      hash,
      classes,
      classNames,
      height,
      width,
      channels,
      trainRows,
      testRows: dataset.test.rows,
      attackedRows: options.attackSize,
    },
    model: model.name,
    parameters: parameterCount(model),
    labelSmoothings: options.labelSmoothing,
    doubleSmoothing: options.cleverhansDoubleSmoothing,
    seeds: seedsOf(options),
    epochs,
    batchSize,
    learningRate,
    optimizer,
    attack: { name: options.attack, norm, epsilon: attackEpsilon, steps, stepSize, restarts, coefficient },
    strengths: options.strengths,
    versions: versions(),
    codeVersion,
    command: adversarialCommand(options),
  };
}

/** The command that runs the same experiment again, every option written out. */
export function adversarialCommand(options: AdversarialOptions): string {
  return replayOf("adversarial", options, Object.keys(adversarialDefaults) as (keyof AdversarialOptions)[]);
}
