import { createHash } from "node:crypto";
import { ArgumentError } from "softlabel";
import { readValidationPredictions } from "../read-trial.ts";
import type { ArmTrial } from "../sources/trial-source.ts";
import { trialFolder } from "../trial-store.ts";
import type { SeedMetrics } from "./objective.ts";
import { validationMetrics } from "./validation-metrics.ts";

/** What a trial says of its validation rows; nothing of its test rows was read. */
export interface ValidationScore {
  readonly metrics: SeedMetrics;
  readonly rows: number;
  readonly classes: number;
  /** SHA-256 of the labels: trials of one seed are compared row by row. */
  readonly labelsHash: string;
}

/** Why a finished trial has no score. */
export interface Unjudged {
  readonly reason: string;
}

/**
 * A reader of finished trials that reads each once, and keeps its numbers, not its predictions.
 *
 * @param experiment - the experiment's folder.
 */
export function createScoreReader(experiment: string): (trial: ArmTrial) => ValidationScore | Unjudged {
  const known = new Map<string, ValidationScore | Unjudged>();
  return (trial) => {
    const score = known.get(trial.id) ?? readScore(trialFolder(experiment, trial.id));
    known.set(trial.id, score);
    return score;
  };
}

function readScore(folder: string): ValidationScore | Unjudged {
  try {
    const validation = readValidationPredictions(folder);
    const [rows, classes] = validation.predictions.shape;
    const labels = Int32Array.from(validation.labels);
    return {
      metrics: validationMetrics(validation),
      rows,
      classes,
      labelsHash: createHash("sha256").update(new Uint8Array(labels.buffer)).digest("hex"),
    };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return { reason: `its validation rows cannot be judged: ${error.message}` };
  }
}
