import type { Convention } from "softlabel";
import type { ConfidenceBin, ReliabilityBin } from "softlabel/calibration";
import type { ArmParameters } from "./trials.ts";

/**
 * `results.json` of one experiment. Everything but `run` is a function of the configuration, the data and the
 * code: two runs of one experiment, interrupted or not, on one machine or many, differ in `run` alone.
 *
 * In the file a number that is NaN or ±∞ is `null`: a temperature without an optimum and what follows from it.
 */
export interface Results {
  readonly schema: "softlabel.compare/2";
  /** The verdict's sentences, the most important first. */
  readonly verdict: readonly string[];
  readonly experiment: Experiment;
  /** The base first, which every other is compared with; then in the order in which they were given, ε ascending. */
  readonly arms: readonly Arm[];
  /** Trials that have no result, in the order of their arms; their seeds are compared nowhere. */
  readonly missing: readonly Missing[];
  readonly run: RunCard;
}

export interface Experiment {
  readonly data: {
    readonly name: string;
    /** SHA-256 over the images and labels as read, in hexadecimal; `null` where a trainer of its own reads them. */
    readonly hash: string | null;
    readonly classes: number;
    readonly classNames: readonly string[] | null;
    /** `null` where a trainer of its own reads them. */
    readonly trainRows: number | null;
    readonly validationRows: number;
    readonly testRows: number;
  };
  /** Those that every arm has a result of. */
  readonly seeds: readonly number[];
  readonly trainer: TrainerCard;
  /** Name → version of what computes: softlabel, softlabel-cli, tensorflow.js, … */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * SHA-256 of the code that trains, in hexadecimal: with other code a trial is another trial. Of a trainer, its command
   * and the files named; `null` where predictions were given.
   */
  readonly codeVersion: string | null;
  /** The exact command that runs the same experiment again. */
  readonly command: string;
}

/** What trained the arms. */
export type TrainerCard =
  | BuiltInTrainer
  /** As typed after `--trainer`. */
  | { readonly kind: "command" | "module"; readonly typed: string }
  /** Nothing: the predictions were there. */
  | { readonly kind: "given" };

/** One of the laboratory's own classifiers. */
export interface BuiltInTrainer {
  readonly kind: "built-in";
  readonly model: string;
  /** Trainable numbers in the model. */
  readonly parameters: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "sgd" | "momentum";
  readonly labelNoise: number;
}

export interface Missing {
  /** The arm's name. */
  readonly arm: string;
  readonly seed: number;
  readonly reason: string;
}

/** Times and places: the one part that differs from run to run. */
export interface RunCard {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Wall time of the command that wrote the file. */
  readonly seconds: number;
  /** Seconds of training, trial by trial. */
  readonly trialSeconds: Readonly<Record<string, number>>;
  /** Trials that this command found finished and did not run again. */
  readonly trialsReused: number;
  readonly jobs: number;
  /** Who carried the trials out: `local`, `shard 3/8`, `redis`, `postgresql`. */
  readonly queue: string;
  /** Host → how many of the trials it carried out. */
  readonly machines: Readonly<Record<string, number>>;
  /** Of the process that judged. */
  readonly machine: { readonly platform: string; readonly cpu: string; readonly cores: number; readonly node: string };
}

export const metricNames = [
  "accuracy",
  "top5",
  "nll",
  "nllAfterTemperature",
  "brier",
  "brierAfterTemperature",
  "ece",
  "eceAfterTemperature",
  "overconfidence",
  "aurc",
  "temperature",
] as const;
export type MetricName = (typeof metricNames)[number];

/** What an arm is trained with. */
export interface ArmSettings {
  /** `ε = 0.1` unless it was given a name. */
  readonly name: string;
  readonly epsilon: number;
  readonly prior: "uniform" | "class-frequencies" | readonly number[];
  readonly convention: Convention;
  /** What a trainer is told besides. */
  readonly parameters: ArmParameters;
}

/** One arm: every seed trained in one way. */
export interface Arm extends ArmSettings {
  readonly trials: readonly { readonly id: string; readonly seed: number }[];
  /** `top5` is there only when the data has more than five classes. */
  readonly metrics: Readonly<Partial<Record<MetricName, Summary>>>;
  /** Against the base, seed by seed, under the same metric; `null` for the base itself. */
  readonly difference: Readonly<Partial<Record<MetricName, Difference>>> | null;
  /**
   * This arm *as it comes* against the base *after temperature scaling* (Guo et al. 2017): what smoothing gives beyond
   * the remedy that costs nothing at training time; `null` for the base itself.
   */
  readonly againstTemperatureScaling: Readonly<Record<"nll" | "ece" | "brier", Difference>> | null;
  /** Whether the mean validation loss was still falling when the epochs ran out; `null` without a history. */
  readonly stillImproving: boolean | null;
  readonly figures: ArmFigures;
}

export interface Summary {
  readonly mean: number;
  /** Sample standard deviation (n − 1); `null` with one seed. */
  readonly sd: number | null;
  /** In the order of `experiment.seeds`. */
  readonly perSeed: readonly number[];
}

/** Mean of the per-seed differences (this arm − the base) with its 95 % t interval. */
export interface Difference {
  readonly mean: number;
  /** `null` with one seed. */
  readonly low: number | null;
  readonly high: number | null;
  /** Exact two-sided sign-flip p. */
  readonly p: number;
  /** `p` after Holm's correction over the arms of this experiment, metric by metric. */
  readonly pHolm: number;
  readonly perSeed: readonly number[];
}

/** Data of the arm's figures; test rows of all seeds pooled unless it says otherwise. */
export interface ArmFigures {
  readonly reliability: readonly ReliabilityBin[];
  readonly reliabilityAfterTemperature: readonly ReliabilityBin[];
  readonly confidence: readonly ConfidenceBin[];
  readonly confidenceAfterTemperature: readonly ConfidenceBin[];
  /** Error rate among the most confident share of rows, on a fixed grid of coverages, mean over seeds. */
  readonly riskCoverage: { readonly coverage: readonly number[]; readonly risk: readonly number[] };
  /** One series per seed, in the order of `experiment.seeds`; empty unless every seed has one. */
  readonly history: readonly (readonly EpochPoint[])[];
  /** Penultimate activations on the plane through three classes' templates (Müller et al. 2019); first seed. */
  readonly penultimate: {
    readonly classes: readonly [number, number, number];
    readonly templates: readonly { readonly x: number; readonly y: number; readonly label: number }[];
    readonly points: readonly { readonly x: number; readonly y: number; readonly label: number }[];
  } | null;
}

export interface EpochPoint {
  readonly epoch: number;
  /** `null` for what the trainer did not tell. */
  readonly trainLoss: number | null;
  readonly trainFloor: number | null;
  readonly trainCrossEntropy: number | null;
  readonly validationNll: number | null;
  readonly validationAccuracy: number | null;
}
