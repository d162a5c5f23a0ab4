import { availableParallelism } from "node:os";
import type { PgdConfig } from "../../attacks/attack-config.ts";
import type { TrainingConfig } from "../../training/run.ts";

/** Everything that can be said about an adversarial experiment, on the command line or in a file. */
export interface AdversarialOptions {
  /** A folder of four IDX files or a Keras .npz; `null` is the MNIST that comes with the laboratory. */
  readonly data: string | null;
  readonly model: string;
  /** ε of label smoothing of the arms: ascending, each once. */
  readonly labelSmoothing: readonly number[];
  /** Smooths twice, as cleverhans' tutorials did in July 2018: ε becomes 1 − (1 − ε)². */
  readonly cleverhansDoubleSmoothing: boolean;
  /** What adversarial training trains against; `"none"` trains on clean images alone. */
  readonly attack: "fgsm" | "pgd" | "none";
  /** Radius of the ball that training and the accuracies are read at. */
  readonly attackEpsilon: number;
  readonly norm: PgdConfig["norm"];
  /** Of PGD. */
  readonly steps: number;
  /** Of PGD at `attackEpsilon`; it grows with the strength. */
  readonly stepSize: number;
  readonly restarts: number;
  /** The strengths of the curves: 0 first, ascending, `attackEpsilon` among them. */
  readonly strengths: readonly number[];
  /** How many of the first test images are attacked. */
  readonly attackSize: number;
  /** How many seeds: 1, 2, …, seeds. */
  readonly seeds: number;
  /** The data set's first so many training images; `null` takes all. */
  readonly trainSize: number | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: TrainingConfig["optimizer"];
  /** Trials at the same time. */
  readonly jobs: number;
  /** The experiment's folder. */
  readonly out: string;
}

/**
 * What `softlabel adversarial` runs when nothing is said: cleverhans' MNIST tutorial on part of the images. What
 * depends on other options is at their defaults here; {@link epochsFor}, {@link stepSizeFor} and {@link strengthsFor}
 * have the rules.
 */
export const adversarialDefaults: AdversarialOptions = {
  data: null,
  model: "cleverhans",
  labelSmoothing: [0, 0.1],
  cleverhansDoubleSmoothing: false,
  attack: "fgsm",
  attackEpsilon: 0.3,
  norm: "inf",
  steps: 40,
  stepSize: stepSizeFor(0.3, 40),
  restarts: 1,
  strengths: strengthsFor(0.3, "inf"),
  attackSize: 128,
  seeds: 2,
  trainSize: 10_000,
  epochs: epochsFor(10_000),
  batchSize: 128,
  learningRate: 1e-3,
  optimizer: "adam",
  jobs: availableParallelism(),
  out: "softlabel-adversarial",
};

/** The weight of the adversarial loss beside the clean one, as in the tutorial. */
export const coefficient = 0.5;

/** The tutorial's six passes where all images train; on a part of them one, so that a first look takes minutes. */
export function epochsFor(trainSize: number | null): number {
  return trainSize === null ? 6 : 1;
}

/**
 * The length of PGD's steps: together they cross the ball's radius two and a half times.
 *
 *     stepSize = 2.5·ε / steps, and never longer than ε
 *
 * @see Madry et al. 2018, https://arxiv.org/abs/1706.06083, which takes 2.5·ε/100 with 100 steps
 */
export function stepSizeFor(epsilon: number, steps: number): number {
  return Math.min(epsilon, decimal((2.5 * epsilon) / steps));
}

/** From 0 to four thirds of ε, and not beyond what can change every pixel to any other. */
export function strengthsFor(epsilon: number, norm: PgdConfig["norm"]): readonly number[] {
  const all = [0, 1, 2, 3, 4].map((thirds) => decimal((thirds * epsilon) / 3));
  return norm === "inf" ? all.filter((strength) => strength <= 1) : all;
}

/** ε twice, one smoothing over the other: what is left of the label is (1 − ε)². */
export function twice(labelSmoothing: number): number {
  return decimal(labelSmoothing * (2 - labelSmoothing));
}

/** Without the digits that only rounding made: 0.1·1.9 is 0.19. */
function decimal(value: number): number {
  return Number(value.toPrecision(12));
}
