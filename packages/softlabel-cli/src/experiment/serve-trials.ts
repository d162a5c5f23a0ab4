import { performance } from "node:perf_hooks";
import type { Trainer } from "./trainers/trainer.ts";
import { keepProgress } from "./trial-progress-file.ts";
import { finishTrial, leaveTrial, openTrial } from "./trial-store.ts";
import type { Trial, TrialProgress } from "./trials.ts";

/** What a child process is told: carry this one out; it answers before it is told the next. */
export interface TrialOrder {
  readonly experiment: string;
  readonly trial: Trial;
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
}

/** What a child process can be told while a trial is under way: leave it for another time. */
export const stopWord = "stop";

/** What a child process says. */
export type TrialNews =
  | { readonly type: "progress"; readonly progress: TrialProgress }
  | { readonly type: "finished" | "stopped" }
  | { readonly type: "failed"; readonly reason: string };

/** What carries out a trial of each kind. */
export type TrialRunners = {
  readonly [Kind in Trial["kind"]]: TrialRunner<Extract<Trial, { readonly kind: Kind }>["config"]>;
};

/** Carries out one trial and leaves its files in `folder`; what it throws when `signal` aborts is not looked at. */
export type TrialRunner<Config> = (config: Config, place: Workplace) => Promise<unknown>;

export interface Workplace {
  readonly folder: string;
  /** The experiment's folder, in which the trials are that this one needs. */
  readonly experiment: string;
  readonly trainer: Trainer | null;
  readonly onProgress: (progress: TrialProgress) => void;
  readonly signal: AbortSignal;
}

const newsEveryMs = 100;

/**
 * The child's side of an experiment: carries out one trial after the other as the parent orders, in one process,
 * because an engine takes longer to start than a short trial takes.
 *
 * Ends with its parent, however that ends, and leaves then nothing but what another can go on from. It ends at once, but
 * where a trainer in a process of its own is to end first.
 */
export function serveTrials(runners: TrialRunners): void {
  const parent = process.ppid;
  if (!process.connected) process.exit();
  let current: { readonly stop: AbortController; readonly ended: Promise<void>; readonly isExternal: boolean } | null =
    null;
  const end = async (): Promise<void> => {
    if (current?.isExternal) {
      current.stop.abort();
      await current.ended;
    }
    process.exit();
  };
  // Ctrl-C in a terminal reaches the children too; whether and when they stop is the parent's word.
  process.on("SIGINT", () => {});
  process.on("disconnect", end);
  process.on("message", (word: TrialOrder | typeof stopWord) => {
    if (word === stopWord) {
      current?.stop.abort();
      return;
    }
    const stop = new AbortController();
    const isExternal = word.trial.kind === "external";
    // A trial that keeps the event loop for itself hears no handler; the signal's own effect needs none. Once there it
    // stays: a signal that comes while a handler is taken away is lost.
    if (isExternal) process.off("SIGTERM", end).on("SIGTERM", end);
    const ended = carryOut(word, runners, { parent, signal: stop.signal }).finally(() => {
      current = null;
    });
    current = { stop, ended, isExternal };
  });
}

async function carryOut(
  { experiment, trial, trainer }: TrialOrder,
  runners: TrialRunners,
  { parent, signal }: { readonly parent: number; readonly signal: AbortSignal },
): Promise<void> {
  let folder: string | null = null;
  try {
    folder = openTrial(experiment, trial.id);
    const start = performance.now();
    const progressFile = keepProgress(folder);
    let told = -Infinity;
    const onProgress = (progress: TrialProgress): void => {
      // A trial may not come back to the event loop for long; a killed parent shows in the process table at once.
      if (trial.kind !== "external" && process.ppid !== parent) process.exit();
      progressFile.tell(progress);
      const now = performance.now();
      const isNews = progress.measures !== undefined || progress.step === progress.totalSteps;
      if (now - told < newsEveryMs && !isNews) return;
      told = now;
      tell({ type: "progress", progress });
    };
    try {
      await runTrial(trial, runners, { folder, experiment, trainer, onProgress, signal });
    } finally {
      progressFile.end();
    }
    finishTrial(experiment, folder, trial, (performance.now() - start) / 1000);
    tell({ type: "finished" });
  } catch (error) {
    tell(leave(experiment, folder, trial, signal.aborted ? null : error));
  }
}

/** @param error - why the trial failed; `null` when it was stopped. */
function leave(experiment: string, folder: string | null, trial: Trial, error: unknown): TrialNews {
  const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
  try {
    if (folder !== null) leaveTrial(experiment, folder, trial.id);
  } catch (cause) {
    return { type: "failed", reason: reasonOf(error ?? cause) };
  }
  return error === null ? { type: "stopped" } : { type: "failed", reason: reasonOf(error) };
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
