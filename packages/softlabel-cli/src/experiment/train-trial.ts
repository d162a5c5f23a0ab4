import { type EpochRecord, type TrainingConfig, train } from "../training/run.ts";
import type { Workplace } from "./serve-trials.ts";

/** Trains one of the laboratory's own classifiers; tells every epoch, those that it goes on from first. */
export async function trainTrial(config: TrainingConfig, { folder, signal, onProgress }: Workplace): Promise<void> {
  const onEpoch = ({ epoch, validationNll, validationAccuracy }: EpochRecord): void => {
    const way = { step: epoch, totalSteps: config.epochs };
    if (validationNll === null || validationAccuracy === null) onProgress(way);
    else onProgress({ ...way, measures: { epoch, validationNll, validationAccuracy } });
  };
  await train(config, { folder, signal, onProgress, onEpoch });
}
