import { basename, join } from "node:path";
import { type ProcessIdentity, processIdentity, shortPlace } from "./process-identity.ts";

/*
 * An experiment's folder has one folder per finished trial, `trials/<id>`, and its name is the promise that
 * everything is in it: a trial works in a folder of a temporary name, `trials/.<id>.<process>`, which is renamed when
 * all is written. What was begun and not finished is `trials/<id>.unfinished`, for the next process to go on from.
 */

const unfinishedEnding = ".unfinished";

export function unfinishedFolder(experiment: string, id: string): string {
  return join(experiment, "trials", `${id}${unfinishedEnding}`);
}

export function isUnfinished(name: string): boolean {
  return name.endsWith(unfinishedEnding);
}

/** Of whose trial it is the rest; `null` for every other name. */
export function unfinishedId(name: string): string | null {
  return isUnfinished(name) ? basename(name, unfinishedEnding) : null;
}

/** `.<id>.<pid>-<started>-<place>`: whose it is can be read from the name alone. */
export function temporaryName(id: string, { pid, started, place }: ProcessIdentity): string {
  return `.${id}.${pid}-${started ?? ""}-${shortPlace(place)}`;
}

/** Whose a folder of a temporary name is. */
export interface TemporaryOwner {
  readonly id: string;
  /** It was moved out of the way, and nobody goes on from it. */
  readonly damaged: boolean;
  /** `null` when it is a process of another machine or container, which cannot be asked. */
  readonly process: ProcessIdentity | null;
}

export function temporaryOwner(name: string): TemporaryOwner | null {
  const match = /^\.(.+)\.(\d+)-(\d*)-([0-9a-f]{8})$/.exec(name);
  if (match === null) return null;
  const [, id, pid, started, where] = match;
  const { place } = processIdentity();
  return {
    id: id.endsWith(damagedMark) ? id.slice(0, -damagedMark.length) : id,
    damaged: id.endsWith(damagedMark),
    process: where === shortPlace(place) ? { pid: Number(pid), started: started === "" ? null : started, place } : null,
  };
}

const damagedMark = "-damaged";

export function damagedId(id: string): string {
  return `${id}${damagedMark}`;
}
