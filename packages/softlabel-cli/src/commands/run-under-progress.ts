import { FolderLockedError } from "../experiment/folder-lock.ts";
import { QueueUnreachableError } from "../experiment/queue/ready-in-time.ts";
import type { TrialEvent, TrialQueue } from "../experiment/queue/trial-queue.ts";
import type { RunCard } from "../experiment/results.ts";
import { type ExperimentPlan, runExperiment, StoppedError, TrialsMissingError } from "../experiment/run-experiment.ts";
import { type Output, RunFailure } from "./console.ts";
import { interruptible } from "./interruptible.ts";
import { createProgress } from "./progress.ts";
import { requireFolderPlace } from "./require-place.ts";
import { createTally, describeTrial } from "./trial-tally.ts";

/** An experiment as a command runs it. */
export interface ExperimentToRun<Results> {
  /** The command's name, before its progress. */
  readonly label: string;
  /** Its folder. */
  readonly out: string;
  /** Who carries its trials out. */
  readonly queue: TrialQueue;
  readonly makePlan: () => ExperimentPlan<Results>;
  readonly writeReport: (results: Results, folder: string) => Promise<unknown>;
}

/** What ends a run that was typed right. */
const failures = [StoppedError, TrialsMissingError, FolderLockedError, QueueUnreachableError] as const;

/**
 * Runs an experiment under a progress bar; Ctrl-C stops it in order.
 *
 * @throws {@link RunFailure} when it was stopped, trials failed, another process has its folder, or its queue does not
 * answer; LeftToOthersError when trials are left to others; UsageError or ArgumentError when the folder's place or the
 * plan's options are wrong.
 */
export async function runUnderProgress<Results extends { readonly run: RunCard }>(
  { label, out, queue, makePlan, writeReport }: ExperimentToRun<Results>,
  notes: Output,
): Promise<Results> {
  requireFolderPlace(out);
  const progress = createProgress(notes, { label });
  const tally = createTally();
  const onEvent = (event: TrialEvent): void => {
    if (event.type === "damaged")
      progress.note(
        `${describeTrial(event.trial)} was damaged and ${event.trial.kind === "train" ? "trains" : "runs"} again`,
      );
    if (event.type === "failed") progress.note(`${describeTrial(event.trial)} failed: ${event.reason}`);
    tally.count(event);
    // What was found finished is no progress, and no speed.
    if (event.type === "reused") return;
    progress.update(tally.done(), tally.total(), tally.text());
  };
  try {
    const results = await interruptible((signal) =>
      runExperiment(makePlan, { queue, signal, onPlan: tally.plan, onEvent, writeReport }),
    );
    const allReused = tally.trials() > 0 && results.run.trialsReused === tally.trials();
    if (allReused) progress.note("nothing to train: every trial was finished before");
    return results;
  } catch (error) {
    progress.stop();
    if (failures.some((failure) => error instanceof failure)) throw new RunFailure((error as Error).message);
    throw error;
  } finally {
    progress.stop();
    await queue.close();
  }
}
