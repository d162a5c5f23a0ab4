import { existsSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { TrialProgress } from "./trials.ts";
import { writeAtomically } from "./write-atomically.ts";

/** In a trial's folder while it is carried out: where, since when, how far. */
export const progressName = "progress.json";

/** Its content: what everybody who sees the folder can know of a trial under way. */
export interface ProgressFile {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly step: number;
  readonly totalSteps: number;
  /** The last epoch that ended; `null` before the first, and for trials without. */
  readonly epoch: number | null;
  /** Seconds after which the file is written anew at the latest, while its process lives and is not stopped. */
  readonly tellsEvery: number;
}

const tellsEvery = 10;
const soonestMs = 1_000;

/** Keeps the file while a trial is carried out. */
export interface ProgressKeeper {
  readonly tell: (progress: TrialProgress) => void;
  /** No more, and the file is gone. */
  readonly end: () => void;
}

/**
 * Writes the file at once, then at most once a second when there is news and every 10 seconds when there is none.
 *
 * A trial that does not come back to the event loop is heard by what it tells.
 */
export function keepProgress(folder: string): ProgressKeeper {
  const startedAt = new Date().toISOString();
  let [latest, epoch, isNews, written] = [{ step: 0, totalSteps: 1 } as TrialProgress, null as number | null, false, 0];
  const write = (): void => {
    const { step, totalSteps } = latest;
    const content: ProgressFile = {
      host: hostname(),
      pid: process.pid,
      startedAt,
      step,
      totalSteps,
      epoch,
      tellsEvery,
    };
    try {
      writeAtomically(join(folder, progressName), `${JSON.stringify(content)}\n`);
    } catch {
      // Nobody's result depends on it; what the trial itself cannot write, the trial says.
    }
    [isNews, written] = [false, performance.now()];
  };
  const writeWhenDue = (): void => {
    const waited = performance.now() - written;
    if (waited >= (isNews ? soonestMs : tellsEvery * 1_000)) write();
  };
  write();
  const timer = setInterval(writeWhenDue, soonestMs);
  timer.unref();
  return {
    tell(progress) {
      latest = progress;
      epoch = progress.measures?.epoch ?? epoch;
      isNews = true;
      writeWhenDue();
    },
    end() {
      clearInterval(timer);
      rmSync(join(folder, progressName), { force: true });
    },
  };
}

/** What a folder's progress file says; `null` where there is none. */
export function readProgressFile(folder: string): ProgressFile | null {
  const path = join(folder, progressName);
  try {
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ProgressFile) : null;
  } catch {
    return null;
  }
}
