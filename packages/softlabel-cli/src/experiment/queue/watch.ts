import type { Trial } from "../trials.ts";
import { jobIdOf } from "./job-id.ts";
import type { QueueLook } from "./offers.ts";
import { markStopped } from "./stop-marks.ts";
import { readJobProgress } from "./trial-news.ts";
import type { FailedTrial, TrialsOrder, TrialsOutcome } from "./trial-queue.ts";

/** What has become of the trials that others carry out. */
export interface Watch {
  /** Those that have not ended, in their order. */
  left(): readonly Trial[];
  /** The trial of a job, when it has not ended. */
  trialOf(jobId: string | undefined): Trial | undefined;
  /**
   * Takes in what the folder and, where its server answers, the queue says, and tells what is new.
   *
   * @returns whether a trial has begun or ended.
   */
  see(names: ReadonlySet<string>, look: QueueLook | null): boolean;
  outcome(): TrialsOutcome;
}

/** @param reused - trials that had ended before. */
export function createWatch(order: TrialsOrder, reused: readonly Trial[]): Watch {
  const { experiment, trials, shouldStop, onEvent = () => {} } = order;
  const left = new Map(trials.filter((trial) => !reused.includes(trial)).map((trial) => [jobIdOf(trial.id), trial]));
  const finished = new Set<Trial>();
  const stopped = new Set<Trial>();
  const failed = new Map<Trial, string>();
  const begun = new Set<Trial>();
  const lastEpoch = new Map<Trial, number>();

  const end = (trial: Trial): void => {
    left.delete(jobIdOf(trial.id));
  };
  const seeProgress = (trial: Trial, told: unknown): void => {
    const progress = readJobProgress(told);
    if (progress === null) return;
    const { measures, ...steps } = progress;
    onEvent({ type: "progress", trial, progress: steps });
    for (const epoch of measures) {
      if (epoch.epoch <= (lastEpoch.get(trial) ?? 0)) continue;
      lastEpoch.set(trial, epoch.epoch);
      onEvent({ type: "progress", trial, progress: { ...steps, measures: epoch } });
      if (shouldStop?.(trial, epoch) !== true) continue;
      markStopped(experiment, trial.id);
      stopped.add(trial);
      end(trial);
      onEvent({ type: "stopped", trial });
      return;
    }
  };

  return {
    left: () => [...left.values()],
    trialOf: (jobId = "") => left.get(jobId),
    see(names, look) {
      const before = left.size + begun.size;
      for (const trial of left.values()) {
        if (!names.has(trial.id)) continue;
        finished.add(trial);
        end(trial);
        onEvent({ type: "finished", trial });
      }
      for (const job of look?.active ?? []) {
        const trial = left.get(job.id ?? "");
        if (trial === undefined) continue;
        if (!begun.has(trial)) onEvent({ type: "started", trial });
        begun.add(trial);
        seeProgress(trial, job.progress);
      }
      for (const job of look?.failed ?? []) {
        const trial = left.get(job.id ?? "");
        if (trial === undefined) continue;
        const reason = reasonOf(job.failedReason);
        failed.set(trial, reason);
        end(trial);
        onEvent({ type: "failed", trial, reason });
      }
      return left.size + begun.size !== before;
    },
    outcome: () => ({
      reused: [...reused],
      finished: trials.filter((trial) => finished.has(trial)),
      failed: trials.flatMap((trial): FailedTrial[] => {
        const reason = failed.get(trial);
        return reason === undefined ? [] : [{ trial, reason }];
      }),
      stopped: trials.filter((trial) => stopped.has(trial)),
      elsewhere: [],
    }),
  };
}

/** What BullMQ says of a job that was lost once too often, in words that lead on. */
function reasonOf(failedReason: string): string {
  if (!failedReason.includes("stalled more than allowable limit")) return failedReason;
  return "its workers were lost again and again while they carried it out; it may be what kills them, as by its memory";
}
