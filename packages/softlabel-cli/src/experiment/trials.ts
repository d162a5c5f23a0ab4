import { createHash } from "node:crypto";
import type { TrainingConfig } from "../training/run.ts";
import type { AttackTrialConfig } from "./adversarial/measuring/attack-trial.ts";
import type { CraftTrialConfig } from "./adversarial/measuring/craft-trial.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { CompareOptions } from "./options.ts";
import type { ArmSettings } from "./results.ts";

/** A unit of an experiment's work, carried out in one process and kept in one folder. */
export type Trial = TrainingTrial | ExternalTrial | CraftTrial | AttackTrial;

/** One training run. */
export interface TrainingTrial {
  /** What it is, not where it is: the same configuration, data and code give the same id in any experiment. */
  readonly id: string;
  readonly kind: "train";
  readonly config: TrainingConfig;
}

/** One run of training code that is not the laboratory's. */
export interface ExternalTrial {
  readonly id: string;
  readonly kind: "external";
  readonly config: ExternalConfig;
}

/** Everything that a trainer is told. */
export interface ExternalConfig {
  /** ε in [0, 1]. */
  readonly labelSmoothing: number;
  readonly prior: TrainingConfig["prior"];
  readonly convention: TrainingConfig["convention"];
  readonly seed: number;
  /** Whatever else the arm says, by the name of its placeholder. */
  readonly parameters: ArmParameters;
}

/** What an arm says to the trainer beside ε, prior and convention: numbers, words and switches by name. */
export type ArmParameters = Readonly<Record<string, string | number | boolean>>;

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
  /** There when an epoch has just ended and the trainer measured something. */
  readonly measures?: EpochMeasures | undefined;
}

/** What may be compared across ε after one epoch: unsmoothed, on validation rows. */
export interface EpochMeasures {
  /** 1-based. */
  readonly epoch: number;
  /** How many there will be, where the trainer says so. */
  readonly epochs?: number | undefined;
  /** Nats. */
  readonly validationNll?: number | undefined;
  /** In [0, 1]. */
  readonly validationAccuracy?: number | undefined;
}

/** What decides a trial besides the options: a change of either is another trial. */
export interface TrialIngredients {
  /** SHA-256 of the images and labels as read; `null` where a trainer of its own reads them. */
  readonly dataHash: string | null;
  /** SHA-256 of the code that trains and attacks. */
  readonly codeVersion: string;
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
export function trialId(
  { data: _, ...config }: Trial["config"] & { readonly data?: string | null },
  ingredients: TrialIngredients,
): string {
  return createHash("sha256")
    .update(canonicalJson({ ...config, ...ingredients }))
    .digest("hex")
    .slice(0, 16);
}

/**
 * How the laboratory trains one arm with one seed.
 *
 * @param arm - its parameters, where it has any, stand in place of the options of these names.
 */
export function trainingConfig(
  options: Omit<TrainingConfig, "labelSmoothing" | "prior" | "convention" | "seed" | "trainRows" | "adversary">,
  arm: Omit<ArmSettings, "name">,
  seed: number,
): TrainingConfig {
  const { data, model, trainSize, validationSize, epochs, batchSize, learningRate, optimizer, labelNoise } = options;
  return {
    data,
    model,
    labelSmoothing: arm.epsilon,
    prior: arm.prior,
    convention: arm.convention,
    seed,
    trainSize,
    trainRows: "drawn",
    validationSize,
    epochs,
    batchSize,
    learningRate,
    optimizer,
    labelNoise,
    // Which there are and what they may be was checked when they were read.
    ...(arm.parameters as Partial<TrainingConfig>),
    adversary: null,
  };
}
