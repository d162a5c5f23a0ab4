import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { UnrecoverableError, WaitingError } from "bullmq";
import { runTrials } from "../run-trials.ts";
import type { Trainer } from "../trainers/trainer.ts";
import type { Trial, TrialProgress } from "../trials.ts";
import { acceptJob, RefusedJobError } from "./accept-job.ts";
import { DisagreementError, requireAgreement } from "./agree.ts";
import { type BullJob, type BullWorker, openWorker } from "./connect.ts";
import { isIdle } from "./idle.ts";
import { jobIdOf } from "./job-id.ts";
import { type IngredientsByKind, type QueueFile, queueNameOf, readQueueFile } from "./queue-file.ts";
import { closeSoon, readyInTime } from "./ready-in-time.ts";
import { requireClock } from "./require-clock.ts";
import type { QueueServer } from "./server-url.ts";
import { isMarkedStopped } from "./stop-marks.ts";
import { sweepDead } from "./sweep-dead.ts";
import { createJobProgress } from "./trial-news.ts";
import type { WorkerNews } from "./worker-news.ts";

export interface WorkTimes {
  /** For the server's first answer. */
  readonly patienceMs: number;
  /** Before a server that is gone is asked again. */
  readonly retryMs: number;
  /** A worker that has not been heard of for so long has lost its trial. */
  readonly lockMs: number;
  /** How often lost trials are looked for. */
  readonly stalledCheckMs: number;
  /** Between two reports of how far a trial is. */
  readonly progressMs: number;
  /** With `untilIdle`: how often it is asked whether something is left, and how long nothing must be. */
  readonly idle: { readonly pollMs: number; readonly leastMs: number };
}

export const workTimes: WorkTimes = {
  patienceMs: 60_000,
  retryMs: 2_000,
  lockMs: 45_000,
  stalledCheckMs: 15_000,
  progressMs: 1_000,
  idle: { pollMs: 1_000, leastMs: 60_000 },
};

/** A trial whose workers die so often is one that kills them: it fails. */
export const mostLosses = 3;

export interface WorkOptions {
  readonly server: QueueServer;
  /** The experiment's folder, which holds a `queue.json`. */
  readonly experiment: string;
  /** Trials at the same time. */
  readonly jobs: number;
  /** A module that calls `serveTrials`; each trial runs in a child process of it. */
  readonly child: URL;
  /** What carries out trials of the kind `external`. */
  readonly trainer: Trainer | null;
  /** Where the data lies on this machine; `undefined` where the experiment says. */
  readonly data?: string | null | undefined;
  /** What this worker has of what decides trials. */
  readonly own: IngredientsByKind;
  /** Whether it ends when nothing is left to do. */
  readonly untilIdle: boolean;
  /** Gives the trials that are under way back and ends. */
  readonly signal: AbortSignal;
  readonly onNews: (news: WorkerNews) => void;
  readonly times?: Partial<WorkTimes>;
}

/**
 * Takes trials of one experiment from a server and carries each out in a child process, whose blocking cannot keep the
 * lock from being renewed.
 *
 * A job is acknowledged when its result is in place. Whoever takes it again, because the acknowledgement was lost, finds
 * the result and has nothing to do; of two that carry out one trial at once, the later result is thrown away, which is
 * the same.
 *
 * @throws QueueUnreachableError when the server does not answer at first; DisagreementError when the folder
 * holds no experiment, another one, or one of other data or code, or this machine's clock is wrong.
 */
export async function workOn(options: WorkOptions): Promise<void> {
  const { server, experiment, own, signal } = options;
  const times = { ...workTimes, ...options.times };
  const agreed = requireQueueFile(experiment);
  requireAgreement(agreed, own);
  await sweepDead(experiment);

  const ending = createEnding(signal);
  const desk: Desk = { ...options, times, agreed, ending, underWay: new Map() };
  const open = (onTrouble: (what: string) => void): BullWorker =>
    openWorker(server, queueNameOf(agreed), {
      process: (job, token = "") => carryOut(job, token, desk),
      times: { ...times, concurrency: options.jobs, mostLosses },
      host: `${hostname()}:${process.pid}`,
      onTrouble,
    });
  const worker = await readyInTime(server, open, { ...times, signal });
  if (worker === null) return;
  try {
    await requireClock(server, { ...times, signal });
  } catch (error) {
    await closeSoon(worker);
    throw error;
  }
  tellOf(worker, desk);
  const running = worker.run();
  if (options.untilIdle) {
    void isIdle(worker, experiment, times.idle, ending.signal).then((idle) => (idle ? ending.end() : undefined));
  }
  await ending.ended;
  await closeSoon(worker);
  await Promise.race([running.catch(() => {}), delay(closingMs, undefined, { ref: false })]);
  ending.throwFailure();
}

/** What carrying out a job needs. */
interface Desk extends Omit<WorkOptions, "times"> {
  readonly times: WorkTimes;
  /** What the folder said when the worker began. */
  readonly agreed: QueueFile;
  readonly ending: Ending;
  /** By the job's id. */
  readonly underWay: Map<string, Trial>;
}

const closingMs = 2_000;

async function carryOut(job: BullJob, token: string, desk: Desk): Promise<null> {
  const { ending, onNews, underWay } = desk;
  const giveBack = async (): Promise<never> => {
    // Where the server is away or has given the job to another, it is not ours to give.
    await job.moveToWait(token).catch(() => {});
    throw new WaitingError();
  };
  const trial = await acceptOrEnd(job, desk);
  if (trial === null) return giveBack();
  underWay.set(job.id ?? "", trial);
  onNews({ type: "taken", trial });
  const outcome = await tryTrial(trial, job, desk);
  if (outcome.type === "returned") {
    onNews({ type: "returned", trial });
    return giveBack();
  }
  if (outcome.type !== "failed") {
    onNews({ type: outcome.type, trial });
    return null;
  }
  if (ending.signal.aborted) return giveBack();
  onNews({ type: "failed", trial, reason: outcome.reason, attempt: job.attemptsMade + 1 });
  throw new Error(outcome.reason);
}

/** The trial of a job; `null` when this worker must end, because the experiment is no longer the one that it knew. */
async function acceptOrEnd(job: BullJob, { experiment, agreed, own, ending, onNews }: Desk): Promise<Trial | null> {
  try {
    const file = requireQueueFile(experiment);
    if (file.token !== agreed.token) {
      throw new DisagreementError(`${experiment} must hold the experiment that the worker began with, got another`);
    }
    requireAgreement(file, own);
    const trial = acceptJob(job.data, file);
    if (job.id === jobIdOf(trial.id)) return trial;
    throw new RefusedJobError(`the job's id must be ${jobIdOf(trial.id)}, got ${job.id}`);
  } catch (error) {
    if (error instanceof RefusedJobError) {
      onNews({ type: "refused", job: `${job.id}`, reason: error.message });
      throw new UnrecoverableError(error.message);
    }
    ending.fail(error as Error);
    return null;
  }
}

type Tried =
  | { readonly type: "finished" | "found" | "stopped" | "returned" }
  | { readonly type: "failed"; readonly reason: string };

async function tryTrial(trial: Trial, job: BullJob, desk: Desk): Promise<Tried> {
  const { experiment, child, trainer, ending, times, onNews } = desk;
  if (isMarkedStopped(experiment, trial.id)) return { type: "stopped" };
  const stopping = new AbortController();
  const report = createReport(job, times.progressMs, () => {
    if (isMarkedStopped(experiment, trial.id)) stopping.abort();
  });
  let hasStarted = false;
  try {
    await sweepDead(experiment);
    const { reused, finished, failed } = await runTrials({
      experiment,
      trials: [withDataOf(desk, trial)],
      jobs: 1,
      worker: child,
      trainer,
      signal: AbortSignal.any([ending.signal, stopping.signal]),
      onEvent: (event) => {
        if (event.type !== "progress") return;
        if (!hasStarted) onNews({ type: "started", trial });
        hasStarted = true;
        report(event.progress);
      },
    });
    if (finished.length > 0) return { type: "finished" };
    if (reused.length > 0) return { type: "found" };
    if (stopping.signal.aborted) return { type: "stopped" };
    if (ending.signal.aborted) return { type: "returned" };
    return { type: "failed", reason: failed[0]?.reason ?? "it ended without a result" };
  } catch (error) {
    return { type: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The data lies elsewhere on this machine: its place decides nothing. */
function withDataOf({ data }: Desk, trial: Trial): Trial {
  if (data === undefined || !("data" in trial.config)) return trial;
  return { ...trial, config: { ...trial.config, data } } as Trial;
}

/** Tells the queue how far a trial is, and each of its epochs; one report at a time. */
function createReport(job: BullJob, everyMs: number, onReport: () => void): (progress: TrialProgress) => void {
  const gather = createJobProgress();
  let [toldAt, isUnderWay] = [-Infinity, false];
  return (progress) => {
    const soFar = gather(progress);
    const now = performance.now();
    if (progress.measures === undefined && now - toldAt < everyMs) return;
    toldAt = now;
    onReport();
    if (isUnderWay) return;
    isUnderWay = true;
    // Nothing depends on it: whether the server was there is told elsewhere.
    const told = job.updateProgress(soFar).catch(() => {});
    void told.finally(() => {
      isUnderWay = false;
    });
  };
}

function tellOf(worker: BullWorker, { server, underWay, onNews }: Desk): void {
  const lost = new Set<string>();
  const lose = (id: string): void => {
    const trial = underWay.get(id);
    if (trial === undefined || lost.has(id)) return;
    lost.add(id);
    onNews({ type: "lost", trial });
  };
  let said = "";
  worker.on("active", ({ id }) => {
    lost.delete(id ?? "");
    said = "";
  });
  worker.on("completed", ({ id }) => {
    const trial = underWay.get(id ?? "");
    underWay.delete(id ?? "");
    if (trial !== undefined) onNews({ type: "acknowledged", trial });
  });
  worker.on("failed", (job) => underWay.delete(job?.id ?? ""));
  worker.on("lockRenewalFailed", (ids) => ids.forEach(lose));
  worker.on("stalled", (job) => onNews({ type: "recovered", job }));
  worker.on("error", ({ message }) => {
    // In the words of Redis' scripts, or of PostgreSQL's functions.
    const [known, other] =
      /(?:lock|key) for job (\w+)|Job (\w+) is not in the active state/.exec(message)?.slice(1) ?? [];
    const id = known ?? other;
    if (id !== undefined) return lose(id);
    const what = server.redact(message);
    if (what !== said && what !== "") onNews({ type: "trouble", what });
    said = what;
  });
}

/** When a worker ends, and why. */
interface Ending {
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly throwFailure: () => void;
}

function createEnding(outer: AbortSignal): Ending {
  const inner = new AbortController();
  const signal = AbortSignal.any([outer, inner.signal]);
  let failure: Error | null = null;
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return {
    signal,
    ended,
    end: () => inner.abort(),
    fail: (error) => {
      failure ??= error;
      inner.abort();
    },
    throwFailure: () => {
      if (failure !== null) throw failure;
    },
  };
}

function requireQueueFile(experiment: string): QueueFile {
  const file = readQueueFile(experiment);
  if (file !== null) return file;
  throw new DisagreementError(`${experiment} must hold an experiment, got none; is the folder still mounted?`);
}
