import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "./describe-machine.ts";
import { lockFolder } from "./folder-lock.ts";
import { publishFolder } from "./publish-folder.ts";
import type { TrialEvent, TrialQueue, TrialsOrder, TrialsOutcome } from "./queue/trial-queue.ts";
import { requireOwnFolder, resolvedConfigFile } from "./require-own-folder.ts";
import type { RunCard } from "./results.ts";
import { sweep } from "./sweep.ts";
import type { Trainer } from "./trainers/trainer.ts";
import { trialName } from "./trial-name.ts";
import { readFinishedTrial } from "./trial-store.ts";
import type { Trial } from "./trials.ts";
import { writeAtomically } from "./write-atomically.ts";

/** What one experiment is: its trials, and how they become its results. */
export interface ExperimentPlan<Results> {
  /** The experiment's folder. */
  readonly out: string;
  /** Trials at the same time; in the run card. */
  readonly jobs: number;
  /** The text of `config.resolved.json`. */
  readonly resolvedConfig: string;
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
  /** Every trial, phase by phase. */
  readonly phases: () => Phases;
  /** Asked after each epoch of a trial, and told what becomes of each; without it none is stopped early. */
  readonly earlyStopping?: EarlyStopping | undefined;
  /** How much a trial is to do, beside the others: in steps of training, or what takes as long. */
  readonly work: (trial: Trial) => number;
  /**
   * The results, from the finished trials in the folder; the order of their keys is that of `results.json`.
   *
   * @throws {@link TrialsMissingError} when there is nothing to judge.
   */
  readonly judge: (folder: string, run: RunCard, missing: readonly MissingTrial[]) => Results;
}

/**
 * A phase's trials need nothing of one another; what they came to is known before the next phase is asked for, which may
 * therefore depend on it. A phase that throws ends the experiment.
 */
export type Phases = Generator<readonly Trial[], void, TrialsOutcome>;

/** Who decides that a trial is not worth training to its end. */
export interface EarlyStopping {
  readonly shouldStop: NonNullable<TrialsOrder["shouldStop"]>;
  readonly onEvent: (event: TrialEvent) => void;
}

/** A trial without a result, and why. */
export interface MissingTrial {
  readonly trial: Trial;
  readonly reason: string;
}

/** Who runs an experiment, and what it gives the experiment to run with. */
export interface ExperimentHost<Results> {
  readonly queue: TrialQueue;
  readonly signal?: AbortSignal | undefined;
  /** Called before each phase's first trial, with the trials of all phases that are known by then. */
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
  const { out: folder, jobs, trainer } = plan;
  const { queue, signal } = host;
  const shouldStop = plan.earlyStopping?.shouldStop;
  const onEvent = (event: TrialEvent): void => {
    plan.earlyStopping?.onEvent(event);
    host.onEvent?.(event);
  };
  requireOwnFolder(folder, plan.resolvedConfig);

  const lock = await lockFolder(folder);
  try {
    await sweep(folder, orphanPatienceMs);
    writeAtomically(join(folder, resolvedConfigFile), plan.resolvedConfig);
    const trials: Trial[] = [];
    const outcomes: TrialsOutcome[] = [];
    const phases = plan.phases();
    for (let phase = phases.next(); !phase.done; phase = phases.next(outcomes.at(-1) as TrialsOutcome)) {
      trials.push(...phase.value);
      host.onPlan?.({ trials, work: plan.work });
      outcomes.push(await queue.run({ experiment: folder, trials: phase.value, trainer, signal, onEvent, shouldStop }));
      await sweep(folder, orphanPatienceMs);
      if (signal?.aborted) throw new StoppedError(`stopped: ${keptTrials(outcomes, trials)}`);
    }
    const missing = outcomes.flatMap(({ failed }) => failed);
    const results = plan.judge(
      folder,
      runCard(folder, { jobs, queue: queue.name }, trials, outcomes, startedAt),
      missing,
    );
    await writeResults(results, folder, host);
    return results;
  } finally {
    lock.release();
  }
}

/**
 * For phases and judgements that need every trial.
 *
 * @throws {@link TrialsMissingError} naming those that failed.
 */
export function requireAllTrials(missing: readonly MissingTrial[]): void {
  if (missing.length === 0) return;
  const named = missing.map(({ trial }) => `${trialName(trial)} with seed ${trial.config.seed}`);
  throw new TrialsMissingError(
    `no results yet, because trials failed: ${named.join(", ")}; the others are kept, and the same command goes on from there`,
  );
}

/** `results.json`: NaN and ±∞, which JSON has no numbers for, become `null`. */
export function resultsText(results: unknown): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** How long a child of a killed run may take to see that it is alone: one step of a trial. */
const orphanPatienceMs = 20_000;

function keptTrials(outcomes: readonly TrialsOutcome[], trials: readonly Trial[]): string {
  const ended = outcomes.reduce((sum, { reused, finished }) => sum + reused.length + finished.length, 0);
  return `${ended} of ${trials.length} trials are finished and kept; the same command goes on from there`;
}

function runCard(
  folder: string,
  { jobs, queue }: Pick<RunCard, "jobs" | "queue">,
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
    queue,
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
