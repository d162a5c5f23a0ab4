import type { Convention } from "softlabel";
import type { ConfidenceBin, ReliabilityBin } from "softlabel/calibration";

/**
 * `results.json` of one experiment. Everything but `run` is a function of the configuration, the data and the
 * code: two runs of one experiment, interrupted or not, differ in `run` alone.
 *
 * In the file a number that is NaN or ±∞ is `null`: a temperature without an optimum and what follows from it.
 */
export interface Results {
  readonly schema: "softlabel.compare/1";
  /** The verdict's sentences, the most important first. */
  readonly verdict: readonly string[];
  readonly experiment: Experiment;
  /** ε = 0 first, then ascending. */
  readonly arms: readonly Arm[];
  readonly run: RunCard;
}

export interface Experiment {
  readonly data: {
    readonly name: string;
    /** SHA-256 over the images and labels as read, in hexadecimal. */
    readonly hash: string;
    readonly classes: number;
    readonly classNames: readonly string[];
    readonly trainRows: number;
    readonly validationRows: number;
    readonly testRows: number;
  };
  readonly model: string;
  /** Trainable numbers in the model. */
  readonly parameters: number;
  readonly epsilons: readonly number[];
  readonly seeds: readonly number[];
  readonly prior: "uniform" | "class-frequencies" | readonly number[];
  readonly convention: Convention;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "sgd" | "momentum";
  readonly labelNoise: number;
  /** Name → version of what computes: softlabel, softlabel-cli, tensorflow.js, … */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of the code that trains, in hexadecimal: with other code a trial is another trial. */
  readonly codeVersion: string;
  /** The exact command that runs the same experiment again. */
  readonly command: string;
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

/** One arm: every seed trained with one ε. */
export interface Arm {
  readonly epsilon: number;
  readonly trials: readonly { readonly id: string; readonly seed: number }[];
  /** `top5` is there only when the data has more than five classes. */
  readonly metrics: Readonly<Partial<Record<MetricName, Summary>>>;
  /** Against ε = 0, seed by seed, under the same metric; `null` for ε = 0 itself. */
  readonly difference: Readonly<Partial<Record<MetricName, Difference>>> | null;
  /**
   * This arm *as it comes* against ε = 0 *after temperature scaling* (Guo et al. 2017): what smoothing gives beyond
   * the remedy that costs nothing at training time; `null` for ε = 0 itself.
   */
  readonly againstTemperatureScaling: Readonly<Record<"nll" | "ece" | "brier", Difference>> | null;
  /** Whether the mean validation loss was still falling when the epochs ran out. */
  readonly stillImproving: boolean;
  readonly figures: ArmFigures;
}

export interface Summary {
  readonly mean: number;
  /** Sample standard deviation (n − 1); `null` with one seed. */
  readonly sd: number | null;
  /** In the order of `experiment.seeds`. */
  readonly perSeed: readonly number[];
}

/** Mean of the per-seed differences (this arm − ε = 0) with its 95 % t interval. */
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
  /** One series per seed, in the order of `experiment.seeds`. */
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
  readonly trainLoss: number;
  readonly trainFloor: number;
  readonly trainCrossEntropy: number;
  readonly validationNll: number;
  readonly validationAccuracy: number;
}
