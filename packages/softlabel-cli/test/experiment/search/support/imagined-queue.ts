import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../../src/data/random.ts";
import type { TrialsOutcome } from "../../../../src/experiment/queue/trial-queue.ts";
import type { EarlyStopping } from "../../../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../../../src/experiment/trial-store.ts";
import type { EpochMeasures, Trial } from "../../../../src/experiment/trials.ts";

/** What a trial measures epoch by epoch; one that fails does so after its last. */
export interface Training {
  readonly measures: readonly EpochMeasures[];
  readonly fails?: boolean | undefined;
}

export interface ImaginedRun {
  readonly experiment: string;
  readonly trainingOf: (trial: Trial) => Training;
  readonly jobs: number;
  /** Who of those that run tells next. */
  readonly random: Random;
  /** Epochs that each unfinished trial has behind it, which outlive a kill. */
  readonly checkpoints: Map<string, number>;
  /** Told each trial that begins. */
  readonly onStart?: ((trial: Trial) => void) | undefined;
  /** After so many epochs of all trials together everything ends at once. */
  readonly killAfter?: number | undefined;
}

/** The process that carried the trials out is gone. */
export class Killed extends Error {}

/** Carries trials out as a queue does, in made-up time: finished ones lie in the folder with their history. */
export function carryOut(
  trials: readonly Trial[],
  run: ImaginedRun,
  { shouldStop, onEvent }: EarlyStopping,
): TrialsOutcome {
  const outcome = { reused: [] as Trial[], finished: [] as Trial[], stopped: [] as Trial[], failed: [] as Trial[] };
  const waiting: Trial[] = [];
  for (const trial of trials) {
    if (!existsSync(trialFolder(run.experiment, trial.id))) waiting.push(trial);
    else {
      outcome.reused.push(trial);
      onEvent({ type: "reused", trial });
    }
  }
  const running: Trial[] = [];
  let epochs = 0;
  for (;;) {
    while (running.length < run.jobs && waiting.length > 0) {
      const trial = waiting.shift() as Trial;
      running.push(trial);
      run.onStart?.(trial);
      onEvent({ type: "started", trial });
    }
    if (running.length === 0) break;
    const lane = Math.floor(run.random() * running.length);
    const trial = running[lane];
    const { measures, fails } = run.trainingOf(trial);
    const done = run.checkpoints.get(trial.id) ?? 0;
    if (done < measures.length) {
      if (epochs++ === run.killAfter) throw new Killed();
      run.checkpoints.set(trial.id, done + 1);
      const told = measures[done];
      onEvent({ type: "progress", trial, progress: { step: done + 1, totalSteps: measures.length, measures: told } });
      if (!shouldStop(trial, told)) continue;
      outcome.stopped.push(trial);
      onEvent({ type: "stopped", trial });
    } else if (fails) {
      outcome.failed.push(trial);
      onEvent({ type: "failed", trial, reason: "its process ended with exit code 1" });
    } else {
      writeHistory(run.experiment, trial, measures);
      outcome.finished.push(trial);
      onEvent({ type: "finished", trial });
    }
    running.splice(lane, 1);
  }
  const failed = outcome.failed.map((trial) => ({ trial, reason: "its process ended with exit code 1" }));
  return { ...outcome, failed, elsewhere: [] };
}

function writeHistory(experiment: string, { id }: Trial, measures: readonly EpochMeasures[]): void {
  const folder = trialFolder(experiment, id);
  mkdirSync(folder, { recursive: true });
  const lines = measures.map(
    (line) => `${JSON.stringify({ validationNll: null, validationAccuracy: null, ...line })}\n`,
  );
  writeFileSync(join(folder, "history.jsonl"), lines.join(""));
}
