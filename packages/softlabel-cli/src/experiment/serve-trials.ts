import { performance } from "node:perf_hooks";
import type { TrainingConfig, TrainingProgress } from "../training/run.ts";
import { finishTrial, openTrial } from "./trial-store.ts";
import type { Trial } from "./trials.ts";

/** What a child process is told: train this one; it answers before it is told the next. */
export interface TrialOrder {
  readonly experiment: string;
  readonly trial: Trial;
}

/** What a child process says. */
export type TrialNews =
  | { readonly type: "progress"; readonly progress: TrainingProgress }
  | { readonly type: "finished" }
  | { readonly type: "failed"; readonly reason: string };

/** One training run that leaves its files in `folder`. */
export type Trainer = (
  config: TrainingConfig,
  options: { readonly folder: string; readonly onProgress: (progress: TrainingProgress) => void },
) => Promise<unknown>;

const newsEveryMs = 100;

/**
 * The child's side of an experiment: trains one trial after the other as the parent orders, in one process, because an
 * engine takes longer to start than a short trial takes to train.
 *
 * Ends with its parent, however that ends, and leaves then nothing but a folder of a temporary name.
 */
export function serveTrials(train: Trainer): void {
  const parent = process.ppid;
  if (!process.connected) process.exit();
  // Ctrl-C in a terminal reaches the children too; whether and when they stop is the parent's word.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  process.on("message", (order: TrialOrder) => {
    void carryOut(order, train, parent);
  });
}

async function carryOut({ experiment, trial }: TrialOrder, train: Trainer, parent: number): Promise<void> {
  try {
    const folder = openTrial(experiment, trial.id);
    const start = performance.now();
    let told = -Infinity;
    const onProgress = (progress: TrainingProgress): void => {
      // Training may not come back to the event loop for long; a killed parent shows in the process table at once.
      if (process.ppid !== parent) process.exit();
      const now = performance.now();
      if (now - told < newsEveryMs && progress.step < progress.totalSteps) return;
      told = now;
      tell({ type: "progress", progress });
    };
    await train(trial.config, { folder, onProgress });
    finishTrial(experiment, folder, trial, (performance.now() - start) / 1000);
    tell({ type: "finished" });
  } catch (error) {
    tell({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

function tell(news: TrialNews): void {
  if (process.connected) process.send?.(news);
}
