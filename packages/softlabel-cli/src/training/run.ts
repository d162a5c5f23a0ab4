import type { Convention } from "softlabel";

/** Everything that decides one training run: same configuration, same data, same code → same weights, bit for bit. */
export interface TrainingConfig {
  /** A folder of four IDX files or a Keras .npz; `null` is the MNIST that comes with the laboratory. */
  readonly data: string | null;
  readonly model: string;
  /** ε in [0, 1]. */
  readonly labelSmoothing: number;
  /** u: uniform, the training labels' frequencies, or one number per class. */
  readonly prior: "uniform" | "class-frequencies" | readonly number[];
  readonly convention: Convention;
  /** Decides initial weights, the split, the order, and the redrawn labels: never touched by ε. */
  readonly seed: number;
  /** Training images used; `null` takes all that validation leaves. */
  readonly trainSize: number | null;
  readonly validationSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "sgd" | "momentum";
  /** Share of training labels that are redrawn uniformly over the classes, in [0, 1]. */
  readonly labelNoise: number;
}

/** One line of `history.jsonl`; losses are means over rows, in nats. */
export interface EpochRecord {
  /** 1-based. */
  readonly epoch: number;
  /** The smoothed loss that was minimised, averaged over the epoch's steps. */
  readonly trainLoss: number;
  /** H(q′) averaged over the same rows: what `trainLoss` cannot go below. */
  readonly trainFloor: number;
  /** H(q, p) on the same rows: comparable across ε. */
  readonly trainCrossEntropy: number;
  readonly validationAccuracy: number;
  /** Unsmoothed negative log-likelihood on the validation rows. */
  readonly validationNll: number;
}

export interface TrainingProgress {
  /** 1-based. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in the whole run, of `totalSteps`. */
  readonly step: number;
  readonly totalSteps: number;
  readonly trainLoss: number;
}
