import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FolderLockedError } from "./folder-lock.ts";
import { isAlive, type ProcessIdentity, processIdentity } from "./process-identity.ts";
import { sha256OfFile } from "./sha256-of-file.ts";
import type { Trial } from "./trials.ts";
import { temporaryWriter } from "./write-atomically.ts";

/*
 * An experiment's folder has one folder per finished trial, `trials/<id>`, and its name is the promise that
 * everything is in it: a trial works in a folder of a temporary name, `trials/.<id>.<process>`, which is renamed when
 * all is written. What a killed process left is renamed `trials/<id>.unfinished`, for the next one to go on from.
 */

/** `trial.json`: what was done, and what its files must hold. */
export interface TrialRecord {
  readonly trial: Trial;
  /** Wall time in the process that finished it. */
  readonly seconds: number;
  /** SHA-256 of each file in hexadecimal. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the judgement reads: a trial without these is not finished. */
const trialFiles: Readonly<Record<Trial["kind"], readonly string[]>> = {
  train: ["predictions.npz", "history.jsonl", "penultimate.npz"],
  external: ["predictions.npz"],
  craft: ["crafted.npz"],
  attack: ["attacks.json", "attacked.npz"],
};

export function trialFolder(experiment: string, id: string): string {
  return join(experiment, "trials", id);
}

/** The record of a finished trial; `null` when it has not been finished or its files are not what was written. */
export function readFinishedTrial(experiment: string, id: string): TrialRecord | null {
  const folder = trialFolder(experiment, id);
  const path = join(folder, recordName);
  if (!existsSync(path)) return null;
  const record = parseRecord(readFileSync(path, "utf8"));
  if (record === null) return null;
  const whole = Object.entries(record.files).every(([name, hash]) => {
    const file = join(folder, name);
    return existsSync(file) && sha256OfFile(file) === hash;
  });
  return whole ? record : null;
}

/** A folder for this process to carry one trial out in: empty, or with what a killed process left of that trial. */
export function openTrial(experiment: string, id: string): string {
  const folder = join(experiment, "trials", temporaryName(id, processIdentity()));
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(unfinishedFolder(experiment, id), folder);
    for (const name of readdirSync(folder)) if (isUnfinished(name)) rmSync(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(folder, { recursive: true });
  }
  return folder;
}

/**
 * Makes a trial that is carried out a finished one, all at once. When another process has finished the same trial meanwhile, its
 * result stays and ours, the same bit for bit, goes.
 */
export function finishTrial(experiment: string, folder: string, trial: Trial, seconds: number): void {
  for (const name of trialFiles[trial.kind]) {
    if (!existsSync(join(folder, name))) throw new Error(`the trial left no ${name} in ${folder}`);
  }
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = Object.fromEntries(
    names
      // A record is there already when a process died between writing it and renaming its folder.
      .filter((name) => name !== recordName && statSync(join(folder, name)).isFile())
      .map((name) => [name.replaceAll(sep, "/"), sha256OfFile(join(folder, name))]),
  );
  const record: TrialRecord = { trial, seconds, files };
  writeFileSync(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
  try {
    renameSync(folder, trialFolder(experiment, trial.id));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM") throw error;
    if (readFinishedTrial(experiment, trial.id) === null) throw error;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes a trial whose files are not what was written out of the way; its name is free at once. */
export function discardTrial(experiment: string, id: string): void {
  const aside = join(experiment, "trials", temporaryName(`${id}${damagedMark}`, processIdentity()));
  renameSync(trialFolder(experiment, id), aside);
  rmSync(aside, { recursive: true, force: true });
}

/**
 * Puts in order what killed processes left half-done: their trials are kept to go on from.
 * Only for who holds the folder's lock.
 *
 * A child of a killed parent stops by itself as soon as it looks up from a step; it is waited for, because a
 * folder that is still written to cannot be swept.
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
  for (let waited = 0; ; waited += pollMs) {
    const working = readdirSync(trials).filter((name) => sweepTrial(experiment, name) === "working");
    if (working.length === 0) return;
    if (waited >= patienceMs) {
      const pid = temporaryOwner(working[0])?.pid;
      throw new FolderLockedError(
        `process ${pid}, left by an earlier run, still works in ${experiment}; stop it and try again`,
      );
    }
    await delay(pollMs);
  }
}

const recordName = "trial.json";
const pollMs = 50;

function sweepTrial(experiment: string, name: string): "working" | "at rest" {
  const folder = join(experiment, "trials", name);
  const owner = temporaryOwner(name);
  const id = owner?.id ?? (isUnfinished(name) ? basename(name, unfinishedEnding) : null);
  if (id === null) return "at rest";
  if (owner !== null && isAlive(owner) === true) return "working";
  const isOfUse = !existsSync(trialFolder(experiment, id)) && (owner === null || !owner.damaged);
  const kept = unfinishedFolder(experiment, id);
  if (!isOfUse || (owner !== null && existsSync(kept))) rmSync(folder, { recursive: true, force: true });
  else if (owner !== null) renameSync(folder, kept);
  return "at rest";
}

const unfinishedEnding = ".unfinished";

function isUnfinished(name: string): boolean {
  return name.endsWith(unfinishedEnding);
}

function unfinishedFolder(experiment: string, id: string): string {
  return join(experiment, "trials", `${id}${unfinishedEnding}`);
}

/** `.<id>.<pid>-<started>`: whose it is can be read from the name alone. */
function temporaryName(id: string, { pid, started }: ProcessIdentity): string {
  return `.${id}.${pid}-${started ?? ""}`;
}

function temporaryOwner(name: string): (ProcessIdentity & { id: string; damaged: boolean }) | null {
  const match = /^\.(.+)\.(\d+)-(\d*)$/.exec(name);
  if (match === null) return null;
  const [, id, pid, started] = match;
  return {
    ...processIdentity(),
    pid: Number(pid),
    started: started === "" ? null : started,
    id: id.replace(damagedMark, ""),
    damaged: id.endsWith(damagedMark),
  };
}

const damagedMark = "-damaged";

function parseRecord(text: string): TrialRecord | null {
  try {
    return JSON.parse(text) as TrialRecord;
  } catch {
    return null;
  }
}
