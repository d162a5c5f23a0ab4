import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "../training/make-folder.ts";
import { describeMachine } from "./describe-machine.ts";
import { type FolderLock, FolderLockedError, lockFolder } from "./folder-lock.ts";
import { machinesOf } from "./machines.ts";
import { publishFolder } from "./publish-folder.ts";
import { noteFailures } from "./queue/failure-notes.ts";
import { writePlanFile } from "./queue/plan-file.ts";
import { type IngredientsByKind, writeQueueFile } from "./queue/queue-file.ts";
import { sweepDead } from "./queue/sweep-dead.ts";
import type { TrialEvent, TrialQueue, TrialsOrder, TrialsOutcome } from "./queue/trial-queue.ts";
import { requireOwnFolder, resolvedConfigFile } from "./require-own-folder.ts";
import type { RunCard } from "./results.ts";
import { sweep } from "./sweep.ts";
import type { Trainer } from "./trainers/trainer.ts";
import { trialName } from "./trial-name.ts";
import { readRecord } from "./trial-store.ts";
import type { Trial } from "./trials.ts";
import { temporaryName, writeAtomically } from "./write-atomically.ts";

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
  /** Where the data lies, as in the trials' configurations; `null` without one that they share. */
  readonly data: string | null;
  /** What decides trials beside their configurations: workers on other machines compare it with theirs. */
  readonly ingredients: IngredientsByKind;
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
  /** All trials of the phase, those too that were stopped and are not carried out; `null` when no trial can be stopped. */
  readonly listed: () => readonly Trial[] | null;
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

/** Trials are left to others, and not finished yet: nothing can be judged. */
export class LeftToOthersError extends Error {
  override readonly name: string = "LeftToOthersError";
  /** How many trials are finished, of all that are known, and those that are not. */
  readonly finished: number;
  readonly elsewhere: readonly Trial[];
  /** Its own that have no result. */
  readonly failed: readonly MissingTrial[];

  constructor(queue: string, finished: number, elsewhere: readonly Trial[], failed: readonly MissingTrial[]) {
    const own = failed.length === 0 ? "" : `, but for trials that failed: ${namesOf(failed)}`;
    super(
      `${queue} is done${own}; ${elsewhere.length} of the ${finished + elsewhere.length} trials so far are left to others, ` +
        `the first of them ${nameInFull(elsewhere[0])}; when all shards have ended, the same command without --shard ` +
        "judges them, or goes on to the trials that follow from them",
    );
    this.finished = finished;
    this.elsewhere = elsewhere;
    this.failed = failed;
  }
}

/**
 * Carries out the trials that are not finished yet, judges all, and writes `results.json`, `config.resolved.json` and
 * the report into the experiment's folder. No other process can use the folder meanwhile, unless the queue is shared:
 * then others may, and it is locked only while it is written.
 *
 * @param makePlan - called first; what it throws, as where the options do not fit the data, is thrown before there is
 * a folder.
 * @throws ArgumentError when the options do not fit the data, or the folder is another command's; FolderLockedError; {@link StoppedError};
 * {@link TrialsMissingError}; {@link LeftToOthersError}. After each of the last three the same call goes on from there.
 */
export async function runExperiment<Results>(
  makePlan: () => ExperimentPlan<Results>,
  host: ExperimentHost<Results>,
): Promise<Results> {
  const startedAt = new Date();
  const plan = makePlan();
  const { out: folder, jobs } = plan;
  const { queue, signal } = host;
  requireOwnFolder(folder, plan.resolvedConfig);

  const lock = queue.shared ? null : await lockFolder(folder);
  try {
    if (lock === null) makeFolder(folder);
    const tidy = (): Promise<void> => (queue.shared ? sweepDead(folder) : sweep(folder, orphanPatienceMs));
    await tidy();
    writeAtomically(join(folder, resolvedConfigFile), plan.resolvedConfig);
    if (queue.shared) writeQueueFile(folder, { data: plan.data, ingredients: plan.ingredients });
    const { trials, outcomes } = await carryOut(plan, host, tidy);
    const run = runCard(folder, { jobs, queue: queue.name }, trials, outcomes, startedAt);
    const missing = outcomes.flatMap(({ failed }) => failed);
    const judgeAndWrite = async (): Promise<Results> => {
      const results = plan.judge(folder, run, missing);
      await writeResults(results, folder, host);
      return results;
    };
    return await (lock === null ? inTurn(folder, signal, judgeAndWrite) : judgeAndWrite());
  } finally {
    lock?.release();
  }
}

/** Hands out one phase after the other. */
async function carryOut<Results>(
  plan: ExperimentPlan<Results>,
  host: ExperimentHost<Results>,
  tidy: () => Promise<void>,
): Promise<{ readonly trials: readonly Trial[]; readonly outcomes: readonly TrialsOutcome[] }> {
  const { out: folder, trainer } = plan;
  const { queue, signal } = host;
  const shouldStop = plan.earlyStopping?.shouldStop;
  const onEvent = (event: TrialEvent): void => {
    noteFailures(folder, event);
    plan.earlyStopping?.onEvent(event);
    host.onEvent?.(event);
  };
  const trials: Trial[] = [];
  const outcomes: TrialsOutcome[] = [];
  try {
    const phases = plan.phases();
    for (let phase = phases.next(); !phase.done; phase = phases.next(outcomes.at(-1) as TrialsOutcome)) {
      trials.push(...phase.value);
      writePlanFile(folder, "running", trials);
      host.onPlan?.({ trials, work: plan.work });
      const dealt = plan.earlyStopping?.listed() ?? undefined;
      const order = { experiment: folder, trials: phase.value, dealt, trainer, signal, onEvent, shouldStop };
      outcomes.push(await queue.run(order));
      await tidy();
      if (signal?.aborted) throw new StoppedError(`stopped: ${keptTrials(outcomes, trials)}`);
      const elsewhere = outcomes.flatMap((outcome) => outcome.elsewhere);
      if (elsewhere.length > 0) {
        const failed = outcomes.flatMap((outcome) => outcome.failed);
        throw new LeftToOthersError(queue.name, ended(outcomes), elsewhere, failed);
      }
    }
    writePlanFile(folder, "ended", trials);
    return { trials, outcomes };
  } catch (error) {
    if (error instanceof TrialsMissingError) writePlanFile(folder, "ended", trials);
    throw error;
  }
}

/** Does what must be done by one process at a time, waiting for others that do the same. */
async function inTurn<Value>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  const lock = await lockInTurn(folder, signal);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function lockInTurn(folder: string, signal: AbortSignal | undefined): Promise<FolderLock> {
  for (const deadline = performance.now() + turnPatienceMs; ; ) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof FolderLockedError) || performance.now() > deadline) throw error;
      await delay(turnPollMs, undefined, { signal }).catch(() => {});
      if (signal?.aborted)
        throw new StoppedError("stopped: all trials are finished and kept; the same command judges them");
    }
  }
}

/**
 * For phases and judgements that need every trial.
 *
 * @throws {@link TrialsMissingError} naming those that failed.
 */
export function requireAllTrials(missing: readonly MissingTrial[]): void {
  if (missing.length === 0) return;
  throw new TrialsMissingError(
    `no results yet, because trials failed: ${namesOf(missing)}; the others are kept, and the same command goes on from there`,
  );
}

/** `results.json`: NaN and ±∞, which JSON has no numbers for, become `null`. */
export function resultsText(results: unknown): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** How long a child of a killed run may take to see that it is alone: one step of a trial. */
const orphanPatienceMs = 20_000;

/** How long another may take to judge and draw: of a large experiment minutes. */
const turnPatienceMs = 600_000;
const turnPollMs = 250;

function namesOf(missing: readonly MissingTrial[]): string {
  return missing.map(({ trial }) => nameInFull(trial)).join(", ");
}

function nameInFull(trial: Trial): string {
  return `${trialName(trial)} with seed ${trial.config.seed}`;
}

function ended(outcomes: readonly TrialsOutcome[]): number {
  return outcomes.reduce((sum, { reused, finished }) => sum + reused.length + finished.length, 0);
}

function keptTrials(outcomes: readonly TrialsOutcome[], trials: readonly Trial[]): string {
  return `${ended(outcomes)} of ${trials.length} trials are finished and kept; the same command goes on from there`;
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
    trialSeconds: Object.fromEntries(trials.map(({ id }) => [id, readRecord(folder, id)?.seconds ?? Number.NaN])),
    trialsReused: outcomes.reduce((sum, { reused }) => sum + reused.length, 0),
    jobs,
    queue,
    machines: machinesOf(folder, trials),
    machine: describeMachine(),
  };
}

/** The report first: a `results.json` is never newer than the report that shows it. */
async function writeResults<Results>(results: Results, folder: string, host: ExperimentHost<Results>): Promise<void> {
  const draft = temporaryName(join(folder, "report"));
  mkdirSync(draft, { recursive: true });
  await host.writeReport(results, draft);
  publishFolder(draft, folder);
  writeAtomically(join(folder, "results.json"), resultsText(results));
}
