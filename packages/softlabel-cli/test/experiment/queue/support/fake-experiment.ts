import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExperimentPlan } from "../../../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../../../src/experiment/trial-store.ts";
import { type TrainingTrial, type TrialIngredients, trainingTrial } from "../../../../src/experiment/trials.ts";
import type { TrainingConfig } from "../../../../src/training/run.ts";

/** What the trials of these experiments are made of, besides their configurations. */
export const ingredients: TrialIngredients = { dataHash: "d".repeat(64), codeVersion: "c".repeat(64) };

export interface FakeResults {
  readonly texts: readonly string[];
  readonly missing: readonly string[];
  readonly run: { readonly queue: string };
}

/** Two arms with as many seeds as wanted, of the kind that fake-worker.ts carries out. */
export function fakeTrials(seeds: number, config: Partial<TrainingConfig> = {}): readonly TrainingTrial[] {
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    [0, 0.1].map((labelSmoothing) => trainingTrial({ ...base, ...config, seed, labelSmoothing }, ingredients)),
  );
}

/** An experiment whose results are what its trials left. */
export function fakePlan(out: string, ...phases: readonly (readonly TrainingTrial[])[]): ExperimentPlan<FakeResults> {
  return {
    out,
    jobs: 2,
    resolvedConfig: '{ "command": "npx softlabel compare --seeds 2" }\n',
    trainer: null,
    data: phases[0]?.[0]?.config.data ?? null,
    ingredients: { train: ingredients },
    *phases() {
      yield* phases;
    },
    work: () => 1,
    judge: (folder, run, missing) => ({
      texts: phases
        .flat()
        .filter(({ id }) => !missing.some(({ trial }) => trial.id === id))
        .map(({ id }) => readFileSync(join(trialFolder(folder, id), "predictions.npz"), "utf8")),
      missing: missing.map(({ reason }) => reason),
      run,
    }),
  };
}

const base: TrainingConfig = {
  data: null,
  model: "quick",
  labelSmoothing: 0,
  prior: "uniform",
  convention: "all-classes",
  seed: 1,
  trainSize: null,
  trainRows: "drawn",
  validationSize: 100,
  epochs: 1,
  batchSize: 10,
  learningRate: 0.001,
  optimizer: "adam",
  labelNoise: 0,
  adversary: null,
};
