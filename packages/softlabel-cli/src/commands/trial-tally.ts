import type { TrialEvent } from "../experiment/queue/trial-queue.ts";
import type { PlannedWork } from "../experiment/run-experiment.ts";
import { trialName } from "../experiment/trial-name.ts";
import type { Trial } from "../experiment/trials.ts";

/** How far an experiment is, in the work of all its trials. */
export interface Tally {
  /** Before the first event. */
  readonly plan: (plan: PlannedWork) => void;
  readonly count: (event: TrialEvent) => void;
  /** Whole steps. */
  readonly done: () => number;
  readonly total: () => number;
  readonly trials: () => number;
  /** `5 of 12 trials`, and how many of them failed. */
  readonly text: () => string;
}

/** Counts trials and their work; a failed trial's work counts as done, since nothing more will come of it. */
export function createTally(): Tally {
  let planned: PlannedWork = { trials: [], work: () => 0 };
  let ended = 0;
  let failed = 0;
  let endedWork = 0;
  const underWay = new Map<string, number>();
  return {
    plan(plan) {
      planned = plan;
    },
    count(event) {
      const { trial } = event;
      if (event.type === "progress") {
        const { step, totalSteps } = event.progress;
        // After its last step a trial has its files yet to write: it is done when it says so.
        underWay.set(trial.id, planned.work(trial) * (Math.min(step, totalSteps - 1) / totalSteps));
      } else if (event.type === "reused" || event.type === "finished" || event.type === "failed") {
        underWay.delete(trial.id);
        endedWork += planned.work(trial);
        ended++;
        if (event.type === "failed") failed++;
      }
    },
    done: () => Math.round(endedWork + [...underWay.values()].reduce((sum, steps) => sum + steps, 0)),
    total: () => planned.trials.reduce((sum, trial) => sum + planned.work(trial), 0),
    trials: () => planned.trials.length,
    text: () => `${ended} of ${planned.trials.length} trials${failed > 0 ? `, ${failed} failed` : ""}`,
  };
}

/** `the trial ε = 0.1, seed 2`, `the attack on ε = 0.1, seed 2`. */
export function describeTrial(trial: Trial): string {
  const isTraining = trial.kind === "train" || trial.kind === "external";
  return `${isTraining ? "the trial " : ""}${trialName(trial)}, seed ${trial.config.seed}`;
}
