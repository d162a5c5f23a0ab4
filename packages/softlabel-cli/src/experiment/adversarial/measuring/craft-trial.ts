import { join } from "node:path";
import { atStrength } from "../../../attacks/attack-config.ts";
import { attackInBatches } from "../../../attacks/in-batches.ts";
import { loadDataset } from "../../../data/dataset.ts";
import { type NpyArray, readNpz, writeNpz } from "../../../data/npz.ts";
import type { Workplace } from "../../serve-trials.ts";
import { trialFolder } from "../../trial-store.ts";
import { firstRows, type Measurement } from "./measurement.ts";
import { createStages } from "./stages.ts";
import { trainedModel } from "./trained-model.ts";

/** Adversarial images made on one model, by which others are then judged. */
export interface CraftTrialConfig extends Measurement {
  /** Of the source, which also decides the random starts. */
  readonly seed: number;
  /** The training trial of the model that they are made on. */
  readonly source: string;
}

/**
 * Makes PGD images on the source, at every strength above 0, and leaves them in `crafted.npz`: one array [rows,
 * inputSize] for each.
 */
export async function craftTrial(
  config: CraftTrialConfig,
  { folder, experiment, onProgress }: Workplace,
): Promise<void> {
  const { source, seed, pgd, strengths, attackedRows, batchSize } = config;
  const dataset = loadDataset(config.data);
  const { inputs, labels } = firstRows(dataset, dataset.test, attackedRows);
  const model = await trainedModel(experiment, source, config.model, dataset);
  const attacked = strengths.filter((strength) => strength > 0);
  const stages = createStages(onProgress, attacked.length * pgd.restarts * pgd.steps);
  const images: Record<string, NpyArray> = {};
  for (const strength of attacked) {
    const running = { seed, batchSize, onProgress: stages.next(pgd.restarts * pgd.steps) };
    const data = await attackInBatches(model, inputs, labels, atStrength(pgd, strength), running);
    images[imagesName(strength)] = { data, shape: [attackedRows, model.inputSize] };
  }
  writeNpz(join(folder, "crafted.npz"), images);
}

/** The images of one strength that a {@link craftTrial} left; [rows, inputSize]. */
export function readCrafted(experiment: string, trial: string, strength: number): Float32Array {
  const name = imagesName(strength);
  const arrays = readNpz(join(trialFolder(experiment, trial), "crafted.npz"), [name]);
  return Float32Array.from(arrays[name].data as Float32Array);
}

function imagesName(strength: number): string {
  return `images_${strength}`;
}
