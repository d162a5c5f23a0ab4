import { createHash } from "node:crypto";
import type { TrainingConfig } from "../training/run.ts";
import type { AttackTrialConfig } from "./adversarial/measuring/attack-trial.ts";
import type { CraftTrialConfig } from "./adversarial/measuring/craft-trial.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { CompareOptions } from "./options.ts";

/** A unit of an experiment's work, carried out in one process and kept in one folder. */
export type Trial = TrainingTrial | CraftTrial | AttackTrial;

/** One training run. */
export interface TrainingTrial {
  /** What it is, not where it is: the same configuration, data and code give the same id in any experiment. */
  readonly id: string;
  readonly kind: "train";
  readonly config: TrainingConfig;
}

/** Adversarial images made on one trained model for others. */
export interface CraftTrial {
  readonly id: string;
  readonly kind: "craft";
  readonly config: CraftTrialConfig;
}

/** One trained model attacked. */
export interface AttackTrial {
  readonly id: string;
  readonly kind: "attack";
  readonly config: AttackTrialConfig;
}

/** How far a trial is, in steps of whatever it does. */
export interface TrialProgress {
  readonly step: number;
  readonly totalSteps: number;
}

/** What decides a trial besides the options: a change of either is another trial. */
export interface TrialIngredients {
  /** SHA-256 of the images and labels as read. */
  readonly dataHash: string;
  /** SHA-256 of the code that trains and attacks. */
  readonly codeVersion: string;
}

/**
 * The trials of an experiment: every ε with every seed, seed by seed, so that an experiment that is stopped early has
 * whole pairs.
 */
export function planTrials(options: CompareOptions, ingredients: TrialIngredients): readonly TrainingTrial[] {
  return seedsOf(options).flatMap((seed) =>
    options.epsilon.map((epsilon) => {
      const config = trialConfig(options, epsilon, seed);
      return trainingTrial(config, ingredients);
    }),
  );
}

/** 1, 2, …, `seeds`: more seeds later keep the trials of the first. */
export function seedsOf({ seeds }: Pick<CompareOptions, "seeds">): readonly number[] {
  return Array.from({ length: seeds }, (_, i) => i + 1);
}

export function trainingTrial(config: TrainingConfig, ingredients: TrialIngredients): TrainingTrial {
  return { id: trialId(config, ingredients), kind: "train", config };
}

/**
 * The first 16 digits of a SHA-256 over everything that decides a trial's result. The place of the data is left out:
 * its hash stands for it.
 */
export function trialId({ data: _, ...config }: Trial["config"], ingredients: TrialIngredients): string {
  return createHash("sha256")
    .update(canonicalJson({ ...config, ...ingredients }))
    .digest("hex")
    .slice(0, 16);
}

function trialConfig(options: CompareOptions, epsilon: number, seed: number): TrainingConfig {
  const { data, model, trainSize, validationSize, epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  // At ε = 0 no prior and no convention has a say: experiments that differ in these alone share their baseline.
  const { prior, convention } = epsilon === 0 ? ({ prior: "uniform", convention: "all-classes" } as const) : options;
  return {
    data,
    model,
    labelSmoothing: epsilon,
    prior,
    convention,
    seed,
    trainSize,
    trainRows: "drawn",
    validationSize,
    epochs,
    batchSize,
    learningRate,
    optimizer,
    labelNoise,
    adversary: null,
  };
}
