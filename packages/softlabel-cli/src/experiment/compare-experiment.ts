import { ArgumentError } from "softlabel";
import { type Dataset, loadDataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { createModel } from "../models/parameters.ts";
import { codeVersion } from "../training/code-version.ts";
import { armFigures } from "./arm-figures.ts";
import { armsOf } from "./arms.ts";
import { describeExperiment } from "./describe-experiment.ts";
import { type JudgedArm, judge } from "./judge.ts";
import { judgeTrial, type TrialJudgement } from "./judge-trial.ts";
import type { CompareOptions } from "./options.ts";
import { readHistory, readPenultimate, readPredictions } from "./read-trial.ts";
import { resolvedConfigText } from "./replay-command.ts";
import type { ArmSettings, Results } from "./results.ts";
import { type ExperimentPlan, requireAllTrials, TrialsMissingError } from "./run-experiment.ts";
import { trialName } from "./trial-name.ts";
import { trialFolder } from "./trial-store.ts";
import { planTrials, type TrainingTrial } from "./trials.ts";
import { verdict } from "./verdict.ts";

/**
 * The experiment of `softlabel compare`: every ε with every seed, judged against ε = 0.
 *
 * @throws ArgumentError when the options do not fit the data.
 */
export function compareExperiment(options: CompareOptions): ExperimentPlan<Results> {
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, { ...dataset }, 1);
  const trainRows = requireFittingOptions(options, dataset);
  const ingredients = { dataHash: dataset.hash, codeVersion: codeVersion() };
  const trials = planTrials({ ...options, trainSize: trainRows }, ingredients);
  return {
    out: options.out,
    jobs: options.jobs,
    resolvedConfig: resolvedConfigText(options),
    trainer: null,
    data: options.data,
    ingredients: { train: ingredients },
    *phases() {
      yield trials;
    },
    work: () => options.epochs * Math.ceil(trainRows / options.batchSize),
    judge(folder, run, failed) {
      requireAllTrials(failed);
      const experiment = describeExperiment({ options, dataset, model, trainRows });
      const settings = armsOf(options);
      const arms = judge(
        settings.map((arm, at) =>
          judgeArm(
            folder,
            arm,
            trials.filter((_, i) => i % settings.length === at),
          ),
        ),
      );
      const evidence = { schema: "softlabel.compare/2", experiment, arms, missing: [], run } as const;
      return { schema: evidence.schema, verdict: verdict(evidence), experiment, arms, missing: [], run };
    },
  };
}

/** @returns how many images train. */
function requireFittingOptions(options: CompareOptions, dataset: Dataset): number {
  const { prior } = options;
  if (typeof prior !== "string" && prior.length !== dataset.classes) {
    throw new ArgumentError(
      `prior must be one number for each of the ${dataset.classes} classes of ${dataset.name}, got ${prior.length}`,
    );
  }
  return splitDataset(dataset, { ...options, trainRows: "drawn", seed: 1 }).train.length;
}

function judgeArm(folder: string, settings: ArmSettings, own: readonly TrainingTrial[]): JudgedArm {
  const folders = own.map(({ id }) => trialFolder(folder, id));
  const judgements = own.map((trial) => judgeFinished(folder, trial));
  return {
    settings,
    trials: own.map(({ id, config }) => ({ id, seed: config.seed })),
    metrics: judgements.map(({ metrics }) => metrics),
    figures: armFigures({
      judgements,
      histories: folders.map(readHistory),
      penultimate: readPenultimate(folders[0]),
    }),
  };
}

function judgeFinished(folder: string, trial: TrainingTrial): TrialJudgement {
  try {
    return judgeTrial(readPredictions(trialFolder(folder, trial.id)));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new TrialsMissingError(
      `the trial ${trialName(trial)}, seed ${trial.config.seed} cannot be judged: ${error.message}; did training ` +
        `diverge? Try a smaller --learning-rate`,
    );
  }
}
