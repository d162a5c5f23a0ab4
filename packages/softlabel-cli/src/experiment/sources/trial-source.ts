import type { IngredientsByKind } from "../queue/queue-file.ts";
import type { ArmSettings } from "../results.ts";
import type { Trainer } from "../trainers/trainer.ts";
import type { ExternalTrial, TrainingTrial, Trial } from "../trials.ts";
import type { Description, JudgedRows } from "./source.ts";

/** A trial that leaves predictions of validation and test rows. */
export type ArmTrial = TrainingTrial | ExternalTrial;

/** What makes trials, one arm and one seed at a time: the same of every command. */
export interface TrialSource {
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
  /** Where the data lies, as in the trials' configurations; `null` where they have none. */
  readonly data: string | null;
  /** What decides trials beside their configurations. */
  readonly ingredients: IngredientsByKind;
  readonly trialOf: (arm: ArmSettings, seed: number) => ArmTrial;
  /** How much a trial is to do, in steps of training or in whatever makes them comparable. */
  readonly work: (trial: Trial) => number;
  /** Epochs of a whole training; `null` where only the trainer knows. */
  readonly epochs: number | null;
  readonly describe: (rows: JudgedRows) => Description;
}
