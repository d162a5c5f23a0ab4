import { setImmediate as nextTurn } from "node:timers/promises";
import type { SmoothingOptions } from "softlabel";
import { attack } from "../attacks/attack.ts";
import { NotFiniteError } from "../attacks/require.ts";
import { gatherPixels } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { randomStream, shuffledIndices } from "../data/random.ts";
import type { Split } from "../data/split.ts";
import type { Model } from "../models/parameters.ts";
import { predict, score } from "./evaluate.ts";
import type { BatchLoss } from "./loss.ts";
import type { Optimizer } from "./optimizer.ts";
import type { EpochRecord, TrainingConfig, TrainingOptions } from "./run.ts";
import { type AdversarialHalf, trainStep } from "./step.ts";

/** All that an epoch needs; the model and the optimizer change with every step. */
export interface Run {
  readonly config: TrainingConfig;
  readonly dataset: Dataset;
  readonly split: Split;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly smoothing: SmoothingOptions;
  readonly options: TrainingOptions;
}

/** The loss, or what is attacked, is no longer a number; the message says what to change. */
export class DivergedError extends Error {
  override readonly name: string = "DivergedError";

  /** @param happening - `the loss became NaN`. */
  constructor(happening: string, epoch: number, learningRate: number) {
    super(`training diverged: ${happening} in epoch ${epoch}; lower the learning rate (${learningRate})`);
  }
}

/**
 * Shows the model every training image once, in an order of this epoch's own, then scores it on the validation rows.
 *
 * @param epoch - 1-based; with the seed it decides the order, whatever came before.
 * @throws {@link DivergedError} when the loss is NaN or infinite, or the logits or gradients that an attack follows.
 * @throws the signal's reason when it stops the run.
 */
export async function trainEpoch(run: Run, epoch: number): Promise<EpochRecord> {
  const { config, dataset, split, model, optimizer, smoothing, options } = run;
  const { epochs, batchSize, seed, adversary, learningRate } = config;
  const rows = split.train.length;
  const steps = Math.ceil(rows / batchSize);
  const order = shuffledIndices(rows, randomStream(seed, `order of epoch ${epoch}`));
  const random = randomStream(seed, `attacks of epoch ${epoch}`);
  const adversarialHalf: AdversarialHalf | null = adversary && {
    coefficient: adversary.coefficient,
    perturb: (victim, inputs) => attack(victim, inputs, adversary.attack, random),
  };
  // An attack meets a model that diverged before its loss is known.
  const attempt = (step: () => BatchLoss): BatchLoss => {
    try {
      return step();
    } catch (error) {
      if (error instanceof NotFiniteError)
        throw new DivergedError(`the model's ${error.happening}`, epoch, learningRate);
      throw error;
    }
  };
  const sums = { loss: 0, floor: 0, crossEntropy: 0 };
  let lastTurn = performance.now();
  for (let step = 0; step < steps; step++) {
    // Signals and messages are heard between steps; a turn of the event loop for each of them would cost time.
    if (performance.now() - lastTurn > turnEveryMs) {
      await nextTurn();
      lastTurn = performance.now();
    }
    options.signal?.throwIfAborted();
    const chosen = order.subarray(step * batchSize, (step + 1) * batchSize);
    const images = gatherPixels(
      dataset,
      dataset.train,
      chosen.map((i) => split.train[i]),
    );
    const labels = chosen.map((i) => split.trainLabels[i]);
    const batch = { images, labels };
    const { loss, floor, crossEntropy } = attempt(() => trainStep(model, optimizer, batch, smoothing, adversarialHalf));
    if (!Number.isFinite(loss)) throw new DivergedError(`the loss became ${loss}`, epoch, learningRate);
    sums.loss += loss * labels.length;
    sums.floor += floor * labels.length;
    sums.crossEntropy += crossEntropy * labels.length;
    const done = (epoch - 1) * steps + step + 1;
    options.onProgress?.({ epoch, epochs, step: done, totalSteps: epochs * steps, trainLoss: loss });
  }
  const validation =
    split.validation.length > 0 ? score(predict(model, dataset, dataset.train, split.validation)) : null;
  return {
    epoch,
    trainLoss: sums.loss / rows,
    trainFloor: sums.floor / rows,
    trainCrossEntropy: sums.crossEntropy / rows,
    validationAccuracy: validation?.accuracy ?? null,
    validationNll: validation?.nll ?? null,
  };
}

const turnEveryMs = 50;
