import { performance } from "node:perf_hooks";
import type { Trainer } from "./trainers/trainer.ts";
import { finishTrial, openTrial } from "./trial-store.ts";
import type { Trial, TrialProgress } from "./trials.ts";

/** What a child process is told: carry this one out; it answers before it is told the next. */
export interface TrialOrder {
  readonly experiment: string;
  readonly trial: Trial;
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
}

/** What a child process says. */
export type TrialNews =
  | { readonly type: "progress"; readonly progress: TrialProgress }
  | { readonly type: "finished" }
  | { readonly type: "failed"; readonly reason: string };

/** What carries out a trial of each kind. */
export type TrialRunners = {
  readonly [Kind in Trial["kind"]]: TrialRunner<Extract<Trial, { readonly kind: Kind }>["config"]>;
};

/** Carries out one trial and leaves its files in `folder`. */
export type TrialRunner<Config> = (config: Config, place: Workplace) => Promise<unknown>;

export interface Workplace {
  readonly folder: string;
  /** The experiment's folder, in which the trials are that this one needs. */
  readonly experiment: string;
  readonly trainer: Trainer | null;
  readonly onProgress: (progress: TrialProgress) => void;
}

const newsEveryMs = 100;

/**
 * The child's side of an experiment: carries out one trial after the other as the parent orders, in one process,
 * because an engine takes longer to start than a short trial takes.
 *
 * Ends with its parent, however that ends, and leaves then nothing but a folder of a temporary name.
 */
export function serveTrials(runners: TrialRunners): void {
  const parent = process.ppid;
  if (!process.connected) process.exit();
  // Ctrl-C in a terminal reaches the children too; whether and when they stop is the parent's word.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  process.on("message", (order: TrialOrder) => {
    void carryOut(order, runners, parent);
  });
}

async function carryOut(
  { experiment, trial, trainer }: TrialOrder,
  runners: TrialRunners,
  parent: number,
): Promise<void> {
  try {
    const folder = openTrial(experiment, trial.id);
    const start = performance.now();
    let told = -Infinity;
    const onProgress = (progress: TrialProgress): void => {
      // A trial may not come back to the event loop for long; a killed parent shows in the process table at once.
      if (process.ppid !== parent) process.exit();
      const now = performance.now();
      if (now - told < newsEveryMs && progress.step < progress.totalSteps) return;
      told = now;
      tell({ type: "progress", progress });
    };
    await runTrial(trial, runners, { folder, experiment, trainer, onProgress });
    finishTrial(experiment, folder, trial, (performance.now() - start) / 1000);
    tell({ type: "finished" });
  } catch (error) {
    tell({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

function runTrial(trial: Trial, runners: TrialRunners, place: Workplace): Promise<unknown> {
  switch (trial.kind) {
    case "train":
      return runners.train(trial.config, place);
    case "external":
      return runners.external(trial.config, place);
    case "craft":
      return runners.craft(trial.config, place);
    case "attack":
      return runners.attack(trial.config, place);
  }
}

function tell(news: TrialNews): void {
  if (process.connected) process.send?.(news);
}
