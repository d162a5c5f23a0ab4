import { join } from "node:path";
import { judge } from "../../../../src/experiment/judge.ts";
import { judgeTrial } from "../../../../src/experiment/judge-trial.ts";
import { readPredictions } from "../../../../src/experiment/read-trial.ts";
import type { Arm, ArmFigures, ArmSettings, RunCard } from "../../../../src/experiment/results.ts";
import { type ExperimentPlan, requireAllTrials } from "../../../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../../../src/experiment/trial-store.ts";
import { type TrainingTrial, type TrialIngredients, trainingTrial } from "../../../../src/experiment/trials.ts";

/*
 * An experiment whose trials take milliseconds and whose results are real: predictions that differ from trial to trial,
 * judged as those of any classifier. What it takes from the laboratory is everything but the training.
 */

export interface ChaosResults {
  readonly arms: readonly Arm[];
  readonly run: RunCard;
}

/** What every worker of the experiment has. */
export const chaosIngredients: TrialIngredients = { dataHash: "da".repeat(32), codeVersion: "c0".repeat(32) };

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

const arms: readonly ArmSettings[] = [0, 0.1, 0.2].map((epsilon) => ({
  name: `ε = ${epsilon}`,
  epsilon,
  prior: "uniform",
  convention: "all-classes",
  parameters: {},
}));

/** Sixty, seed by seed, as `compare` orders its own. */
export const chaosTrials: readonly TrainingTrial[] = seeds.flatMap((seed) => arms.map((arm) => trialOf(arm, seed)));

/**
 * Trials judged against ε = 0.
 *
 * @param count - how many, the first of all; each seed has three.
 */
export function chaosExperiment(out: string, jobs: number, count: number): ExperimentPlan<ChaosResults> {
  const trials = chaosTrials.slice(0, count);
  return {
    out,
    jobs,
    resolvedConfig: `${JSON.stringify({ command: "npx softlabel compare --chaos", trials: count }, null, 2)}\n`,
    trainer: null,
    data: null,
    ingredients: { train: chaosIngredients },
    *phases() {
      yield trials;
    },
    work: () => 1,
    judge(folder, run, missing) {
      requireAllTrials(missing);
      const judged = arms.map((settings) => {
        const own = trials.filter(({ config }) => config.labelSmoothing === settings.epsilon);
        return {
          settings,
          trials: own.map(({ id, config }) => ({ id, seed: config.seed })),
          metrics: own.map(({ id }) => judgeTrial(readPredictions(trialFolder(folder, id))).metrics),
          figures: noFigures,
        };
      });
      return { arms: judge(judged), run };
    },
  };
}

/** Who carried which trial out, line by line; in the experiment's folder nobody could tell. */
export function diaryOf(folder: string): string {
  return join(folder, "..", "diary");
}

const noFigures: ArmFigures = {
  reliability: [],
  reliabilityAfterTemperature: [],
  confidence: [],
  confidenceAfterTemperature: [],
  riskCoverage: { coverage: [], risk: [] },
  history: [],
  penultimate: null,
};

function trialOf(arm: ArmSettings, seed: number): TrainingTrial {
  const config = {
    data: null,
    model: "mlp",
    labelSmoothing: arm.epsilon,
    prior: arm.prior,
    convention: arm.convention,
    seed,
    trainSize: null,
    trainRows: "drawn",
    validationSize: 60,
    epochs: 1,
    batchSize: 8,
    learningRate: 0.01,
    optimizer: "sgd",
    labelNoise: 0,
    adversary: null,
  } as const;
  return trainingTrial(config, chaosIngredients);
}
