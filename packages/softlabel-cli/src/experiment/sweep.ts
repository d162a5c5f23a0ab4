import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FolderLockedError } from "./folder-lock.ts";
import { isAlive, processIdentity } from "./process-identity.ts";
import { signalGroup, trainerAtWork, trainerPatienceMs } from "./trainers/process-group.ts";
import { temporaryOwner, unfinishedFolder, unfinishedId } from "./trial-folders.ts";
import { trialFolder } from "./trial-store.ts";
import { temporaryWriter } from "./write-atomically.ts";

/**
 * Puts in order what killed processes of this machine left half-done: their trials are kept to go on from, and trainers
 * that outlived them are ended.
 *
 * A child of a killed parent stops by itself as soon as it looks up from a step; it is waited for, because a
 * folder that is still written to cannot be swept. What another machine's process works in stays, but for a folder that
 * was not touched for an hour while somebody finished its trial.
 * @throws {@link FolderLockedError} naming the process when one is still at work after `patienceMs`.
 */
export async function sweep(experiment: string, patienceMs: number): Promise<void> {
  const trials = join(experiment, "trials");
  mkdirSync(trials, { recursive: true });
  for (const name of readdirSync(experiment)) {
    const writer = temporaryWriter(name);
    if (writer !== null && isAlive({ ...processIdentity(), pid: writer, started: null }) === false) {
      rmSync(join(experiment, name), { recursive: true, force: true });
    }
  }
  const asked = new Set<number>();
  for (let waited = 0; ; waited += pollMs) {
    const working = readdirSync(trials).flatMap((name) => sweepTrial(experiment, name) ?? []);
    if (working.length === 0) return;
    for (const one of working) endForlorn(one, waited, asked);
    if (waited >= patienceMs) {
      throw new FolderLockedError(
        `process ${working[0].pid}, left by an earlier run, still works in ${experiment}; stop it and try again`,
      );
    }
    await delay(pollMs);
  }
}

const pollMs = 50;
const foreignRestMs = 3_600_000;

interface AtWork {
  readonly pid: number;
  /** A trainer whose trial nobody carries out any more, and that nobody is about to end. */
  readonly isForlorn: boolean;
}

/** @returns who is at work there and must be waited for. */
function sweepTrial(experiment: string, name: string): AtWork | null {
  const folder = join(experiment, "trials", name);
  const owner = temporaryOwner(name);
  const id = owner?.id ?? unfinishedId(name);
  if (id === null) return null;
  const isFinished = existsSync(trialFolder(experiment, id));
  if (owner !== null && owner.process === null) {
    if (isFinished && isOld(folder)) rmSync(folder, { recursive: true, force: true });
    return null;
  }
  if (owner?.process != null && isAlive(owner.process) === true) return { pid: owner.process.pid, isForlorn: false };
  const trainer = trainerAtWork(folder);
  if (trainer !== null) return { pid: trainer.pid, isForlorn: !trainer.isGuarded };
  if (isFinished || owner?.damaged) rmSync(folder, { recursive: true, force: true });
  else if (owner !== null) keep(folder, unfinishedFolder(experiment, id));
  return null;
}

/** Once politely, and when that had time enough, for good. */
function endForlorn({ pid, isForlorn }: AtWork, waited: number, asked: Set<number>): void {
  if (!isForlorn) return;
  if (!asked.has(pid)) signalGroup(pid, "SIGTERM");
  else if (waited >= trainerPatienceMs) signalGroup(pid, "SIGKILL");
  asked.add(pid);
}

/** Two may sweep the same folder: what the other has moved is in order. */
function keep(folder: string, kept: string): void {
  try {
    renameSync(folder, kept);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    // A second rest of one trial.
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(code)) throw error;
    rmSync(folder, { recursive: true, force: true });
  }
}

function isOld(folder: string): boolean {
  const status = statSync(folder, { throwIfNoEntry: false });
  return status !== undefined && Date.now() - status.mtimeMs > foreignRestMs;
}
