import type { ArmSettings, Experiment } from "../results.ts";
import type { Trial } from "../trials.ts";
import type { TrialSource } from "./trial-source.ts";

/** Where the predictions of a comparison come from, and what is known of how they were made. */
export interface Source extends Omit<TrialSource, "trialOf" | "epochs"> {
  /** The base first. */
  readonly arms: readonly ArmSettings[];
  /** Every arm with every seed, seed by seed, so that an experiment that is stopped early has whole pairs. */
  readonly runs: readonly Run[];
  /** What to do about runs without a result; it completes a sentence after a semicolon. */
  readonly remedy: string;
}

/** One arm with one seed. */
export interface Run {
  /** The arm's name. */
  readonly arm: string;
  readonly seed: number;
  /** In `results.json`: the trial's id, or the folder where the predictions were found. */
  readonly id: string;
  /** What has to be carried out for it; `null` where its predictions are there, or are not to be had. */
  readonly trial: Trial | null;
  /** Where its predictions are, given the experiment's folder; `null` where there are none and will be none. */
  readonly place: ((experiment: string) => RunPlace) | null;
}

/** Where the predictions of one run are, and what lies beside them. */
export interface RunPlace {
  readonly folder: string;
  /** The file of predictions in it. */
  readonly name: string;
}

/** The rows that every run was judged on. */
export interface JudgedRows {
  readonly classes: number;
  readonly testRows: number;
  readonly validationRows: number;
  /** SHA-256 in hexadecimal over the labels of the test rows, as 32-bit integers of little-endian bytes. */
  readonly testLabelsHash: string;
}

/** The part of an experiment's description that its source knows. */
export type Description = Omit<Experiment, "seeds" | "command">;
