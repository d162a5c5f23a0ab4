import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Convention } from "softlabel";
import type { AttackConfig } from "../attacks/attack-config.ts";
import { loadDataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { createModel, parameterCount } from "../models/parameters.ts";
import { loadCheckpoint, removeCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { codeVersion, versions } from "./code-version.ts";
import { type Run, trainEpoch } from "./epoch.ts";
import { makeFolder } from "./make-folder.ts";
import { createOptimizer } from "./optimizer.ts";
import { readSummary, writeJson, writePenultimate, writePredictions, writeSummary } from "./outputs.ts";
import { requireConfig } from "./require-config.ts";
import { saveModel } from "./save-model.ts";
import { smoothingOptions } from "./smoothing-options.ts";
import { startTensorFlow } from "./start.ts";

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
  /** Whether the seed draws the images that train, or the data set's first ones do. */
  readonly trainRows: "drawn" | "first";
  /** Images held out of training; with 0 nothing is validated. */
  readonly validationSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "sgd" | "momentum";
  /** Share of training labels that are redrawn uniformly over the classes, in [0, 1]. */
  readonly labelNoise: number;
  /** `null` trains on the images as they are. */
  readonly adversary: Adversary | null;
}

/**
 * Adversarial training (Goodfellow et al. 2015, §6): every batch is attacked as the model stands, and the two losses
 * are averaged.
 *
 *     loss = (1 − c)·loss(x) + c·loss(x + δ)     c the coefficient, δ the attack's, through which no gradient flows
 *
 * The attack takes the model's own predictions for labels, and its loss is never smoothed.
 */
export interface Adversary {
  readonly attack: AttackConfig;
  /** c in [0, 1]. */
  readonly coefficient: number;
}

/**
 * One line of `history.jsonl`; losses are means over rows, in nats, and under an adversary those of the clean and the
 * attacked rows averaged by its coefficient.
 */
export interface EpochRecord {
  /** 1-based. */
  readonly epoch: number;
  /** The smoothed loss that was minimised, averaged over the epoch's steps. */
  readonly trainLoss: number;
  /** H(q′) averaged over the same rows: what `trainLoss` cannot go below. */
  readonly trainFloor: number;
  /** H(q, p) on the same rows: comparable across ε. */
  readonly trainCrossEntropy: number;
  /** `null` without validation rows. */
  readonly validationAccuracy: number | null;
  /** Unsmoothed negative log-likelihood on the validation rows; `null` without them. */
  readonly validationNll: number | null;
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

export interface TrainingOptions {
  /** Where the run leaves its files; made when it is not there. */
  readonly folder: string;
  /** Called after every step. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Called after every epoch, once it is kept; a run that goes on begins with those that it finds. */
  readonly onEpoch?: (epoch: EpochRecord) => void;
  /** Stops the run between two steps; the folder then holds the last whole epoch. */
  readonly signal?: AbortSignal;
}

/** What a finished run leaves in `summary.json`. */
export interface TrainingSummary {
  readonly dataset: { readonly name: string; readonly hash: string; readonly classNames: readonly string[] };
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Trainable numbers in the model. */
  readonly parameters: number;
  /** Every epoch, in order. */
  readonly history: readonly EpochRecord[];
  /** On the test rows, as the model comes. */
  readonly test: { readonly accuracy: number; readonly nll: number };
}

/**
 * Trains one classifier and leaves in its folder: `predictions.npz`, `penultimate.npz`, `model.json` and
 * `weights.bin`, `history.jsonl`, `config.json`, `summary.json`.
 *
 * A run that was stopped, in whatever way, goes on from its last whole epoch when it is called again, and ends in the
 * same weights bit for bit. A finished run is not trained again.
 * @throws {@link ArgumentError} when the configuration or the data is wrong, or the folder holds another run.
 * @throws the signal's reason when it stops the run.
 */
export async function train(config: TrainingConfig, options: TrainingOptions): Promise<TrainingSummary> {
  requireConfig(config);
  const { folder, signal } = options;
  const dataset = loadDataset(config.data);
  const split = splitDataset(dataset, config);
  const model = createModel(config.model, dataset, config.seed);
  const smoothing = smoothingOptions(config, split.trainLabels, dataset.classes);
  const record = {
    config,
    data: { name: dataset.name, hash: dataset.hash },
    versions: versions(),
    codeVersion: codeVersion(),
  };
  const identity = JSON.stringify({ ...record, config: { ...config, data: null } });

  makeFolder(folder);
  const finished = readSummary(folder, identity);
  if (finished) {
    removeCheckpoint(folder); // a run may have been killed between its last two acts
    return finished;
  }
  await startTensorFlow();
  const sizes = model.parameters.map(({ values }) => values.length);
  const optimizer = createOptimizer(config.optimizer, config.learningRate, sizes);
  const history = loadCheckpoint(folder, identity, model, optimizer);
  const rows = { train: split.train.length, validation: split.validation.length, test: dataset.test.rows };
  const parameters = parameterCount(model);
  writeJson(join(folder, "config.json"), { ...record, parameters, rows });
  writeFileSync(join(folder, "history.jsonl"), history.map((epoch) => `${JSON.stringify(epoch)}\n`).join(""));

  const run: Run = { config, dataset, split, model, optimizer, smoothing, options };
  for (const epoch of history) options.onEpoch?.(epoch);
  while (history.length < config.epochs) {
    const epoch = await trainEpoch(run, history.length + 1);
    history.push(epoch);
    saveCheckpoint(folder, identity, model, optimizer, history);
    appendFileSync(join(folder, "history.jsonl"), `${JSON.stringify(epoch)}\n`);
    options.onEpoch?.(epoch);
  }
  signal?.throwIfAborted();
  const test = writePredictions(folder, model, dataset, split);
  writePenultimate(folder, model, dataset);
  await saveModel(folder, model);
  const { name, hash, classNames } = dataset;
  const summary: TrainingSummary = { dataset: { name, hash, classNames }, rows, parameters, history, test };
  // The last file to be written says that all the others are there.
  writeSummary(folder, identity, summary);
  removeCheckpoint(folder);
  return summary;
}
