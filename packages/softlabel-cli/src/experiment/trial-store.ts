import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, sep } from "node:path";
import { processIdentity } from "./process-identity.ts";
import { sha256OfFile } from "./sha256-of-file.ts";
import { processRecordName } from "./trainers/process-group.ts";
import { damagedId, isUnfinished, temporaryName, unfinishedFolder } from "./trial-folders.ts";
import { progressName } from "./trial-progress-file.ts";
import type { Trial } from "./trials.ts";

/** `trial.json`: what was done, and what its files must hold. */
export interface TrialRecord {
  readonly trial: Trial;
  /** Wall time in the process that finished it. */
  readonly seconds: number;
  /** The name of the machine that finished it. */
  readonly machine: string;
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
  const record = readRecord(experiment, id);
  if (record === null) return null;
  const whole = Object.entries(record.files).every(([name, hash]) => {
    const file = join(folder, name);
    return existsSync(file) && sha256OfFile(file) === hash;
  });
  return whole ? record : null;
}

/** The record of a trial whose files nobody holds against it again; `null` where there is none. */
export function readRecord(experiment: string, id: string): TrialRecord | null {
  const path = join(trialFolder(experiment, id), recordName);
  return existsSync(path) ? parseRecord(readFileSync(path, "utf8")) : null;
}

/**
 * A folder for this process to carry one trial out in: empty, or with what another left of that trial. Of two that take
 * what was left at once one gets it, and the other begins anew.
 */
export function openTrial(experiment: string, id: string): string {
  const folder = join(experiment, "trials", temporaryName(id, processIdentity()));
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(unfinishedFolder(experiment, id), folder);
    removePassing(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(folder, { recursive: true });
  }
  return folder;
}

/** Leaves a trial that this process does not finish for another to go on from. */
export function leaveTrial(experiment: string, folder: string, id: string): void {
  removePassing(folder);
  try {
    renameSync(folder, unfinishedFolder(experiment, id));
  } catch (error) {
    // Another process has left the same trial before; one rest is enough.
    if (!isTaken(error)) throw error;
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a trial that is carried out a finished one, all at once. When another process has finished the same trial meanwhile, its
 * result stays and ours, the same bit for bit, goes.
 */
export function finishTrial(experiment: string, folder: string, trial: Trial, seconds: number): void {
  for (const name of trialFiles[trial.kind]) {
    if (!existsSync(join(folder, name))) throw new Error(`the trial left no ${name} in ${folder}`);
  }
  removePassing(folder);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = Object.fromEntries(
    names
      // A record is there already when a process died between writing it and renaming its folder.
      .filter((name) => name !== recordName && statSync(join(folder, name)).isFile())
      .map((name) => [name.replaceAll(sep, "/"), sha256OfFile(join(folder, name))]),
  );
  const record: TrialRecord = { trial, seconds, machine: hostname(), files };
  writeFileSync(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
  try {
    renameSync(folder, trialFolder(experiment, trial.id));
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (readFinishedTrial(experiment, trial.id) === null) throw error;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes a trial whose files are not what was written out of the way; its name is free at once. */
export function discardTrial(experiment: string, id: string): void {
  const aside = join(experiment, "trials", temporaryName(damagedId(id), processIdentity()));
  try {
    renameSync(trialFolder(experiment, id), aside);
  } catch (error) {
    // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

const recordName = "trial.json";

/** What says only that, and how far, a process is at work, and files that one died writing. */
function removePassing(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (isUnfinished(name) || name === progressName || name === processRecordName) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** The name that a folder was to get is that of another, not empty. */
function isTaken(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function parseRecord(text: string): TrialRecord | null {
  try {
    return JSON.parse(text) as TrialRecord;
  } catch {
    return null;
  }
}
