import type { PgdConfig } from "../../attacks/attack-config.ts";
import type { Adversary, TrainingConfig } from "../../training/run.ts";
import {
  type AttackTrial,
  type CraftTrial,
  seedsOf,
  type TrainingTrial,
  type TrialIngredients,
  trainingTrial,
  trialId,
} from "../trials.ts";
import type { Measurement } from "./measuring/measurement.ts";
import { type AdversarialOptions, coefficient, twice } from "./options.ts";
import type { Training } from "./results.ts";

/** The trials of an adversarial experiment: each list needs nothing but trials of the lists before it. */
export interface AdversarialTrials {
  readonly train: readonly TrainingTrial[];
  readonly craft: readonly CraftTrial[];
  readonly attack: readonly AttackTrial[];
  /** By ε ascending, and of each ε the one trained on clean images first; their trials in the order of the seeds. */
  readonly arms: readonly PlannedArm[];
}

export interface PlannedArm {
  readonly labelSmoothing: number;
  readonly training: Training;
  readonly trials: readonly { readonly train: TrainingTrial; readonly attack: AttackTrial }[];
}

/** What decides the trials besides the options; attacks have code of their own. */
export interface AdversarialIngredients extends TrialIngredients {
  readonly attackCodeVersion: string;
}

/**
 * Plans every ε of label smoothing with every training and every seed, seed by seed, then an attack on each model.
 *
 * The images that are transferred to the models of a seed are made on the ε = 0 model of the next seed, of the last
 * seed on that of the first; with one seed on that of seed 2. Where such a model is no arm's, it is trained as a source
 * alone.
 * @param options - `trainSize` as a number.
 */
export function planAdversarialTrials(
  options: AdversarialOptions,
  { attackCodeVersion, ...ingredients }: AdversarialIngredients,
): AdversarialTrials {
  const seeds = seedsOf(options);
  const trainingOf = (labelSmoothing: number, training: Training, seed: number): TrainingTrial =>
    trainingTrial(trainingConfig(options, labelSmoothing, training, seed), ingredients);
  const sources = seeds.map((seed) => trainingOf(0, "clean", sourceSeed(seed, options.seeds)));

  const measurement = measurementOf(options);
  const ofAttacks = { ...ingredients, codeVersion: attackCodeVersion };
  const craft = sources.map((source): CraftTrial => {
    const config = { ...measurement, seed: source.config.seed, source: source.id };
    return { id: trialId(config, ofAttacks), kind: "craft", config };
  });
  const attackOn = (trained: TrainingTrial, labelSmoothing: number, training: Training, i: number): AttackTrial => {
    const target = { trial: trained.id, labelSmoothing, training };
    const config = { ...measurement, seed: seeds[i], target, crafted: craft[i].id };
    return { id: trialId(config, ofAttacks), kind: "attack", config };
  };

  const arms = options.labelSmoothing.flatMap((labelSmoothing) =>
    trainingsOf(options).map((training): PlannedArm => {
      const trials = seeds.map((seed, i) => {
        const train = trainingOf(labelSmoothing, training, seed);
        return { train, attack: attackOn(train, labelSmoothing, training, i) };
      });
      return { labelSmoothing, training, trials };
    }),
  );
  // Seed by seed, so that an experiment that is stopped early has whole pairs; the longest first, so that none is left
  // to one process at the end.
  const longestFirst = [...arms].sort((a, b) => a.training.localeCompare(b.training));
  const inOrder = seeds.flatMap((_, i) => longestFirst.map(({ trials }) => trials[i]));
  return {
    train: uniqueById([...inOrder.map(({ train }) => train), ...sources]),
    craft: uniqueById(craft),
    attack: inOrder.map(({ attack }) => attack),
    arms,
  };
}

/** The trainings that there are: none against an attack when there is no attack to train against. */
function trainingsOf({ attack }: Pick<AdversarialOptions, "attack">): readonly Training[] {
  return attack === "none" ? ["clean"] : ["clean", "adversarial"];
}

/** PGD at the ε that accuracies are read at. */
function pgdOf(options: AdversarialOptions): PgdConfig {
  const { attackEpsilon: epsilon, norm, steps, stepSize, restarts } = options;
  return { kind: "pgd", epsilon, norm, steps, stepSize, restarts };
}

function sourceSeed(seed: number, seeds: number): number {
  return seeds === 1 ? seed + 1 : (seed % seeds) + 1;
}

/** Training runs PGD once from one random start, as Madry et al. do: restarts are for judging. */
function adversaryOf(options: AdversarialOptions): Adversary | null {
  const { attack, attackEpsilon: epsilon, norm } = options;
  if (attack === "none") return null;
  if (attack === "fgsm") return { attack: { kind: "fgsm", epsilon, norm }, coefficient };
  return { attack: { ...pgdOf(options), restarts: 1 }, coefficient };
}

function trainingConfig(
  options: AdversarialOptions,
  labelSmoothing: number,
  training: Training,
  seed: number,
): TrainingConfig {
  const { data, model, trainSize, epochs, batchSize, learningRate, optimizer } = options;
  return {
    data,
    model,
    labelSmoothing: options.cleverhansDoubleSmoothing ? twice(labelSmoothing) : labelSmoothing,
    prior: "uniform",
    convention: "all-classes",
    seed,
    trainSize,
    trainRows: "first",
    validationSize: 0,
    epochs,
    batchSize,
    learningRate,
    optimizer,
    labelNoise: 0,
    adversary: training === "adversarial" ? adversaryOf(options) : null,
  };
}

function measurementOf(options: AdversarialOptions): Measurement {
  const { data, model, strengths, attackSize, trainSize, batchSize } = options;
  return { data, model, pgd: pgdOf(options), strengths, attackedRows: attackSize, trainSize, batchSize };
}

function uniqueById<Of extends { readonly id: string }>(trials: readonly Of[]): readonly Of[] {
  return [...new Map(trials.map((trial) => [trial.id, trial])).values()];
}
