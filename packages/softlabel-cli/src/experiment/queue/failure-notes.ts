import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../write-atomically.ts";
import type { TrialEvent } from "./trial-queue.ts";

/**
 * Keeps in `failed/` of an experiment's folder why trials failed, until they are begun again: for whoever asks later. It
 * decides nothing.
 */
export function noteFailures(experiment: string, event: TrialEvent): void {
  const folder = join(experiment, "failed");
  const path = join(folder, `${event.trial.id}.json`);
  if (event.type === "failed") {
    mkdirSync(folder, { recursive: true });
    writeAtomically(path, `${JSON.stringify({ reason: event.reason })}\n`);
  } else if (event.type === "started" || event.type === "finished" || event.type === "reused") {
    removeNote(folder, path);
  }
}

/** Trial → why it failed. */
export function readFailures(experiment: string): ReadonlyMap<string, string> {
  const folder = join(experiment, "failed");
  const names = entriesOf(folder).filter((name) => /^[^.].*\.json$/.test(name));
  return new Map(names.flatMap((name) => readNote(join(folder, name)).map((reason) => [name.slice(0, -5), reason])));
}

/** And the folder with the last of them. */
function removeNote(folder: string, path: string): void {
  if (!existsSync(path)) return;
  rmSync(path, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // There are others, or another process was quicker.
  }
}

function readNote(path: string): readonly string[] {
  try {
    return [(JSON.parse(readFileSync(path, "utf8")) as { readonly reason: string }).reason];
  } catch {
    // Begun again between the listing and the reading.
    return [];
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
