import type { BullJob } from "./connect.ts";
import { readFailures } from "./failure-notes.ts";
import { namesInTrials } from "./in-place.ts";
import { jobIdOf } from "./job-id.ts";
import { type PlanFile, type PlannedTrial, readPlanFile } from "./plan-file.ts";
import { type UnderWay, underWayIn } from "./under-way.ts";

/** How far an experiment is. */
export interface ExperimentStatus {
  readonly schema: "softlabel.status/1";
  readonly folder: string;
  /** Of the command that leads it: `ended` when no further trials follow. */
  readonly state: PlanFile["state"];
  readonly counts: Readonly<Record<TrialState, number>>;
  /** In the order of the experiment. */
  readonly trials: readonly TrialStatus[];
}

export type TrialState = "done" | "running" | "waiting" | "failed";

export interface TrialStatus extends PlannedTrial {
  readonly state: TrialState;
  /** Of a trial that is running: where and how far. */
  readonly running?: UnderWay;
  /** Of a trial that failed. */
  readonly reason?: string;
}

/** What a server knows: it may know of trials that have no folder yet, and of failures that nobody noted. */
export interface ServerView {
  readonly active: readonly BullJob[];
  readonly failed: readonly BullJob[];
}

/**
 * What a folder tells of its experiment, and what its server adds.
 *
 * @returns `null` where no experiment has begun.
 */
export function experimentStatus(folder: string, server: ServerView | null): ExperimentStatus | null {
  const plan = readPlanFile(folder);
  if (plan === null) return null;
  const names = namesInTrials(folder);
  const underWay = underWayIn(folder, names);
  const failures = new Map([...readFailures(folder), ...failuresOf(server)]);
  const active = new Map(server?.active.map((job) => [job.id ?? "", job]));
  const trials = plan.trials.map((trial): TrialStatus => {
    if (names.has(trial.id)) return { ...trial, state: "done" };
    const job = active.get(jobIdOf(trial.id));
    const running = underWay.get(trial.id) ?? (job === undefined ? undefined : justTaken(job));
    if (running !== undefined) return { ...trial, state: "running", running };
    const reason = failures.get(trial.id);
    return reason === undefined ? { ...trial, state: "waiting" } : { ...trial, state: "failed", reason };
  });
  const count = (state: TrialState): number => trials.filter((trial) => trial.state === state).length;
  return {
    schema: "softlabel.status/1",
    folder,
    state: plan.state,
    counts: { done: count("done"), running: count("running"), waiting: count("waiting"), failed: count("failed") },
    trials,
  };
}

function failuresOf(server: ServerView | null): ReadonlyMap<string, string> {
  return new Map(server?.failed.map(({ id = "", failedReason }) => [id.slice(jobIdOf("").length), failedReason]));
}

/** A trial that a worker has taken and that has no folder yet. */
function justTaken({ processedBy, processedOn }: BullJob): UnderWay {
  const [host, pid] = /^(.+):(\d+)$/.exec(processedBy ?? "")?.slice(1) ?? [];
  return {
    host: host ?? null,
    pid: pid === undefined ? null : Number(pid),
    startedAt: processedOn === undefined ? null : new Date(processedOn).toISOString(),
    step: null,
    totalSteps: null,
    epoch: null,
    silentSeconds: null,
  };
}
