import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { environmentOfTrials } from "./queue/queue-variable.ts";
import type { FailedTrial, TrialEvent, TrialsOrder, TrialsOutcome } from "./queue/trial-queue.ts";
import { stopWord, type TrialNews, type TrialOrder } from "./serve-trials.ts";
import { trainerPatienceMs } from "./trainers/process-group.ts";
import { discardTrial, readFinishedTrial, trialFolder } from "./trial-store.ts";
import type { Trial } from "./trials.ts";

export interface RunTrialsOptions extends TrialsOrder {
  /** How many are carried out at the same time. */
  readonly jobs: number;
  /** A module that calls `serveTrials`; one child process of it runs per job. */
  readonly worker: URL;
}

/**
 * Carries out the trials that are not finished yet, each in a child process, `jobs` at a time.
 *
 * One that fails, by an error or by the death of its process, does not keep the others from running.
 */
export async function runTrials(options: RunTrialsOptions): Promise<TrialsOutcome> {
  const { experiment, trainer, signal, onEvent = () => {} } = options;
  const reused = options.trials.filter((trial) => isFinished(experiment, trial, onEvent));
  for (const trial of reused) onEvent({ type: "reused", trial });
  const queue = options.trials.filter((trial) => !reused.includes(trial));
  const finished: Trial[] = [];
  const failed: FailedTrial[] = [];
  const stopped: Trial[] = [];

  /** Who ends first is chance; what is told afterwards is not. */
  const inOrder = <Item>(items: readonly Item[], trialOf: (item: Item) => Trial): Item[] =>
    items.toSorted((a, b) => options.trials.indexOf(trialOf(a)) - options.trials.indexOf(trialOf(b)));

  const lane = async (): Promise<void> => {
    let child: Child | null = null;
    try {
      for (let trial = queue.shift(); trial !== undefined && !signal?.aborted; trial = queue.shift()) {
        child ??= startChild(options.worker);
        onEvent({ type: "started", trial });
        const end = await carryOutIn(child, { experiment, trial, trainer }, options);
        if (signal?.aborted) return;
        if (end.type === "failed") {
          failed.push({ trial, reason: end.reason });
          onEvent({ type: "failed", trial, reason: end.reason });
          await stopChild(child);
          child = null;
          continue;
        }
        (end.type === "finished" ? finished : stopped).push(trial);
        onEvent({ type: end.type, trial });
      }
    } finally {
      if (child !== null) await stopChild(child);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, queue.length) }, lane));
  return {
    reused,
    finished: inOrder(finished, (trial) => trial),
    failed: inOrder(failed, ({ trial }) => trial),
    stopped: inOrder(stopped, (trial) => trial),
    elsewhere: [],
  };
}

function isFinished(experiment: string, trial: Trial, onEvent: (event: TrialEvent) => void): boolean {
  if (readFinishedTrial(experiment, trial.id) !== null) return true;
  if (existsSync(trialFolder(experiment, trial.id))) {
    discardTrial(experiment, trial.id);
    onEvent({ type: "damaged", trial });
  }
  return false;
}

/** A child process and what it wrote last. */
interface Child {
  readonly process: ChildProcess;
  readonly lastLines: () => string;
}

const keptLines = 5;

function startChild(worker: URL): Child {
  // "advanced": a loss that is NaN arrives as NaN.
  const env = environmentOfTrials();
  const child = fork(fileURLToPath(worker), [], { env, silent: true, execArgv: [], serialization: "advanced" });
  let tail = "";
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString())
      .split("\n")
      .slice(-keptLines - 1)
      .join("\n");
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  // A child that died before it read its order: its exit says so.
  child.on("error", () => {});
  return { process: child, lastLines: () => tail.trim() };
}

/**
 * Ends the child and waits until it is gone. Its work is in place or, under a temporary name, void.
 *
 * A child that does not end, though its trainer has had its time, is killed.
 */
async function stopChild({ process: child }: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const killing = setTimeout(() => child.kill("SIGKILL"), 2 * trainerPatienceMs);
  await gone;
  clearTimeout(killing);
}

type TrialEnd = Exclude<TrialNews, { readonly type: "progress" }>;

async function carryOutIn(
  child: Child,
  order: TrialOrder,
  { signal, onEvent, shouldStop }: RunTrialsOptions,
): Promise<TrialEnd> {
  const { trial } = order;
  return new Promise((resolve) => {
    const settle = (end: TrialEnd): void => {
      child.process.off("message", onNews).off("close", onClose);
      signal?.removeEventListener("abort", onAbort);
      resolve(end);
    };
    const onNews = (news: TrialNews): void => {
      if (news.type !== "progress") {
        settle(news);
        return;
      }
      const { progress } = news;
      onEvent?.({ type: "progress", trial, progress });
      if (progress.measures !== undefined && shouldStop?.(trial, progress.measures)) {
        child.process.send(stopWord, () => {});
      }
    };
    const onClose = (code: number | null, killedBy: NodeJS.Signals | null): void => {
      const how = killedBy === null ? `ended with exit code ${code}` : `was killed by ${killedBy}`;
      const lines = child.lastLines();
      const reason = `its process ${how}${lines === "" ? "" : `; it wrote last:\n${indent(lines)}`}`;
      settle({ type: "failed", reason });
    };
    const onAbort = (): void => settle({ type: "stopped" });
    child.process.on("message", onNews).on("close", onClose);
    signal?.addEventListener("abort", onAbort, { once: true });
    child.process.send(order, () => {});
  });
}

function indent(lines: string): string {
  return lines.replaceAll(/^/gm, "    ");
}
