import type { Trainer } from "../trainers/trainer.ts";
import type { EpochMeasures, Trial, TrialProgress } from "../trials.ts";

/**
 * Who carries out an experiment's trials: child processes of this one, workers on other machines, or this process its
 * share and others theirs. Results are never in it: they lie in the experiment's folder, which all of them see.
 */
export interface TrialQueue {
  /** In the run card: `local`, `shard 3/8`, `redis`, `postgresql`. */
  readonly name: string;
  /** Whether other processes work in the folder meanwhile: then it is locked only while results are written. */
  readonly shared: boolean;
  /** Ends when every trial that this queue is to carry out has ended; finished ones are not carried out again. */
  run(order: TrialsOrder): Promise<TrialsOutcome>;
  close(): Promise<void>;
}

/** Trials that need nothing of one another. */
export interface TrialsOrder {
  /** The experiment's folder. */
  readonly experiment: string;
  readonly trials: readonly Trial[];
  /** What shares are dealt from: `trials`, and those that others may still have on their lists. Without it `trials`. */
  readonly dealt?: readonly Trial[] | undefined;
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
  /** Stops the trials at once; finished ones stay. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: TrialEvent) => void) | undefined;
  /** Asked after each epoch that a trial tells of; a trial that is stopped leaves no result. Without it none is. */
  readonly shouldStop?: ((trial: Trial, epoch: EpochMeasures) => boolean) | undefined;
}

export type TrialEvent =
  | { readonly type: "reused" | "started" | "finished" | "damaged" | "stopped"; readonly trial: Trial }
  | { readonly type: "progress"; readonly trial: Trial; readonly progress: TrialProgress }
  | { readonly type: "failed"; readonly trial: Trial; readonly reason: string };

/** Each list is in the order of the trials. */
export interface TrialsOutcome {
  readonly reused: readonly Trial[];
  readonly finished: readonly Trial[];
  readonly failed: readonly FailedTrial[];
  /** Stopped early by `shouldStop`. */
  readonly stopped: readonly Trial[];
  /** Left to others, and not finished yet. */
  readonly elsewhere: readonly Trial[];
}

export interface FailedTrial {
  readonly trial: Trial;
  readonly reason: string;
}
