import type { Convention } from "softlabel";

// What a JavaScript module given to `softlabel compare --trainer` exports:
//
//     /** @type {import("softlabel-cli/trainer").Train} */
//     export async function train({ epsilon, seed, onProgress, signal }) { … }

/**
 * Trains one model as the request says and gives its predictions, or writes them to `out` itself and gives nothing.
 *
 * Called once in a process of its own. The same request must come to the same predictions: ε is to be the one difference
 * between two arms, so `seed` decides initial weights, split and order.
 */
export type Train = (request: TrainRequest) => Promise<TrainedPredictions | undefined> | TrainedPredictions | undefined;

/** What a trainer is told. */
export interface TrainRequest {
  /** ε in [0, 1]. */
  readonly epsilon: number;
  readonly seed: number;
  /** u: uniform, the training labels' frequencies, or one number per class. */
  readonly prior: "uniform" | "class-frequencies" | readonly number[];
  /** How ε becomes targets. */
  readonly convention: Convention;
  /** Whatever else the arm says, by name. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** For logs, and fit for a file's name: `epsilon-0.1-seed-3`. */
  readonly name: string;
  /** The trial's folder, for checkpoints: a trial that was stopped finds there what it left. */
  readonly dir: string;
  /** Where predictions are written by a trainer that returns none: a path that ends in predictions.npz. */
  readonly out: string;
  /** Tells how far training is; optional, as is every field but `epoch` or `step`. */
  readonly onProgress: (progress: EpochEnd | StepEnd) => void;
  /** Aborts when the trial is to stop; 10 seconds later the process is killed. */
  readonly signal: AbortSignal;
}

/** After an epoch: what may be compared across ε is measured on validation rows, without smoothing. */
export interface EpochEnd {
  /** 1-based. */
  readonly epoch: number;
  /** Of so many. */
  readonly epochs?: number;
  /** Nats, against the hard labels. */
  readonly validationNll?: number;
  /** In [0, 1]. */
  readonly validationAccuracy?: number;
  /** The smoothed loss that is minimised, in nats. */
  readonly trainLoss?: number;
  /** H(q′): what `trainLoss` cannot go below. */
  readonly trainFloor?: number;
  /** H(q, p) on the same rows. */
  readonly trainCrossEntropy?: number;
}

/** After a step. */
export interface StepEnd {
  readonly step: number;
  readonly totalSteps: number;
}

/** Predictions for the rows that nothing was trained on. */
export interface TrainedPredictions {
  /** The temperature, ε and all else that is chosen is chosen on these. */
  readonly validation: PredictedRows;
  /** What every number of the report is about. */
  readonly test: PredictedRows;
}

/** Logits, which are better because temperature scaling needs them exactly, or probabilities; shape [rows, classes]. */
export type PredictedRows = { readonly labels: LabelRows } & (
  | { readonly logits: NumberRows; readonly probabilities?: undefined }
  | { readonly probabilities: NumberRows; readonly logits?: undefined }
);

/** Nested arrays, or numbers in row-major order with their shape. */
export type NumberRows =
  | readonly ArrayLike<number>[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** The true class of each row, from 0. */
export type LabelRows = ArrayLike<number> | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };
