import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "./describe-experiment.ts";
import { lockFolder } from "./folder-lock.ts";
import { publishFolder } from "./publish-folder.ts";
import { requireOwnFolder, resolvedConfigFile } from "./require-own-folder.ts";
import type { RunCard } from "./results.ts";
import { runTrials, type TrialEvent, type TrialsOutcome } from "./run-trials.ts";
import { trialName } from "./trial-name.ts";
import { readFinishedTrial, sweep } from "./trial-store.ts";
import type { Trial } from "./trials.ts";
import { writeAtomically } from "./write-atomically.ts";

/** What one experiment is: its trials, and how they become its results. */
export interface ExperimentPlan<Results> {
  /** The experiment's folder. */
  readonly out: string;
  /** Trials at the same time. */
  readonly jobs: number;
  /** The text of `config.resolved.json`. */
  readonly resolvedConfig: string;
  /** Every trial; those of one phase need nothing but trials of the phases before it. */
  readonly phases: readonly (readonly Trial[])[];
  /** How much a trial is to do, beside the others: in steps of training, or what takes as long. */
  readonly work: (trial: Trial) => number;
  /**
   * The results, from the finished trials in the folder; the order of their keys is that of `results.json`.
   *
   * @throws {@link TrialsMissingError} when a trial cannot be judged.
   */
  readonly judge: (folder: string, run: RunCard) => Results;
}

/** Who runs an experiment, and what it gives the experiment to run with. */
export interface ExperimentHost<Results> {
  /** The module that child processes run: it calls `serveTrials`. */
  readonly worker: URL;
  readonly signal?: AbortSignal | undefined;
  /** Called once, before the first trial. */
  readonly onPlan?: ((plan: PlannedWork) => void) | undefined;
  readonly onEvent?: ((event: TrialEvent) => void) | undefined;
  /** Writes what people read, into an empty folder; what it leaves there is moved to the experiment's. */
  readonly writeReport: (results: Results, folder: string) => Promise<unknown>;
}

export interface PlannedWork extends Pick<ExperimentPlan<unknown>, "work"> {
  readonly trials: readonly Trial[];
}

/** The user stopped the experiment before all trials were finished. */
export class StoppedError extends Error {
  override readonly name: string = "StoppedError";
}

/** Trials failed, so that there is nothing to compare yet. */
export class TrialsMissingError extends Error {
  override readonly name: string = "TrialsMissingError";
}

/**
 * Carries out the trials that are not finished yet, judges all, and writes `results.json`, `config.resolved.json` and
 * the report into the experiment's folder, which no other process can use meanwhile.
 *
 * @param makePlan - called first; what it throws, as where the options do not fit the data, is thrown before there is
 * a folder.
 * @throws ArgumentError when the options do not fit the data, or the folder is another command's; FolderLockedError; {@link StoppedError};
 * {@link TrialsMissingError}. After each of the last two the same call goes on from there.
 */
export async function runExperiment<Results>(
  makePlan: () => ExperimentPlan<Results>,
  host: ExperimentHost<Results>,
): Promise<Results> {
  const startedAt = new Date();
  const plan = makePlan();
  const { out: folder, phases, jobs, work } = plan;
  const trials = phases.flat();
  requireOwnFolder(folder, plan.resolvedConfig);

  const lock = await lockFolder(folder);
  try {
    await sweep(folder, orphanPatienceMs);
    writeAtomically(join(folder, resolvedConfigFile), plan.resolvedConfig);
    host.onPlan?.({ trials, work });
    const outcomes: TrialsOutcome[] = [];
    for (const phase of phases) {
      outcomes.push(await runTrials({ ...host, experiment: folder, trials: phase, jobs }));
      await sweep(folder, orphanPatienceMs);
      requireAllTrials(outcomes, phases, host.signal);
    }
    const results = plan.judge(folder, runCard(folder, jobs, trials, outcomes, startedAt));
    await writeResults(results, folder, host);
    return results;
  } finally {
    lock.release();
  }
}

/** `results.json`: NaN and ±∞, which JSON has no numbers for, become `null`. */
export function resultsText(results: unknown): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** How long a child of a killed run may take to see that it is alone: one step of a trial. */
const orphanPatienceMs = 20_000;

/** @throws unless every trial of the phases behind us is finished. */
function requireAllTrials(
  outcomes: readonly TrialsOutcome[],
  phases: readonly (readonly Trial[])[],
  signal: AbortSignal | undefined,
): void {
  const ended = (some: readonly TrialsOutcome[]): number =>
    some.reduce((sum, { reused, finished }) => sum + reused.length + finished.length, 0);
  const last = outcomes.length - 1;
  if (ended(outcomes.slice(last)) === phases[last].length) return;
  const all = phases.flat().length;
  const kept = `${ended(outcomes)} of ${all} trials are finished and kept; the same command goes on from there`;
  if (signal?.aborted) throw new StoppedError(`stopped: ${kept}`);
  const missing = outcomes[last].failed.map(({ trial }) => `${trialName(trial)} with seed ${trial.config.seed}`);
  throw new TrialsMissingError(`no results yet, because trials failed: ${missing.join(", ")}; ${kept}`);
}

function runCard(
  folder: string,
  jobs: number,
  trials: readonly Trial[],
  outcomes: readonly TrialsOutcome[],
  startedAt: Date,
): RunCard {
  const finishedAt = new Date();
  return {
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    trialSeconds: Object.fromEntries(
      trials.map(({ id }) => [id, readFinishedTrial(folder, id)?.seconds ?? Number.NaN]),
    ),
    trialsReused: outcomes.reduce((sum, { reused }) => sum + reused.length, 0),
    jobs,
    machine: describeMachine(),
  };
}

/** The report first: a `results.json` is never newer than the report that shows it. */
async function writeResults<Results>(results: Results, folder: string, host: ExperimentHost<Results>): Promise<void> {
  const draft = join(folder, `.report.${process.pid}.unfinished`);
  mkdirSync(draft, { recursive: true });
  await host.writeReport(results, draft);
  publishFolder(draft, folder);
  writeAtomically(join(folder, "results.json"), resultsText(results));
}
