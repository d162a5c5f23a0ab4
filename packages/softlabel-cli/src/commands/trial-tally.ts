import type { CompareOptions } from "../experiment/options.ts";
import type { TrialEvent } from "../experiment/run-trials.ts";
import type { Trial } from "../experiment/trials.ts";

/** How far an experiment is, in steps of training over all its trials. */
export interface Tally {
  /** Before the first event: how many trials there are, and images in each. */
  readonly plan: (plan: { readonly trials: number; readonly trainRows: number }) => void;
  readonly count: (event: TrialEvent) => void;
  readonly done: () => number;
  readonly total: () => number;
  readonly trials: () => number;
  /** `5 of 12 trials`, and how many of them failed. */
  readonly text: () => string;
}

/** Counts trials and steps; a failed trial's steps count as done, since nothing more will come of it. */
export function createTally({ epochs, batchSize }: Pick<CompareOptions, "epochs" | "batchSize">): Tally {
  let trials = 0;
  let stepsPerTrial = 0;
  let ended = 0;
  let failed = 0;
  const underWay = new Map<string, number>();
  return {
    plan(plan) {
      trials = plan.trials;
      stepsPerTrial = epochs * Math.ceil(plan.trainRows / batchSize);
    },
    count(event) {
      const { id } = event.trial;
      if (event.type === "progress") {
        const { step, totalSteps } = event.progress;
        // After its last step a trial has its predictions yet to make: it is done when it says so.
        underWay.set(id, Math.min(step, totalSteps - 1));
        stepsPerTrial = totalSteps;
      } else if (event.type === "reused" || event.type === "finished" || event.type === "failed") {
        underWay.delete(id);
        ended++;
        if (event.type === "failed") failed++;
      }
    },
    done: () => ended * stepsPerTrial + [...underWay.values()].reduce((sum, steps) => sum + steps, 0),
    total: () => trials * stepsPerTrial,
    trials: () => trials,
    text: () => `${ended} of ${trials} trials${failed > 0 ? `, ${failed} failed` : ""}`,
  };
}

/** `the trial ε = 0.1, seed 2`. */
export function describeTrial({ config }: Trial): string {
  return `the trial ε = ${config.labelSmoothing}, seed ${config.seed}`;
}
