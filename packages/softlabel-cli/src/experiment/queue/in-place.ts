import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { trialFolder } from "../trial-store.ts";

/**
 * Whether a trial's folder bears its name, which is the promise that all is in it. Its files are not read: of those that
 * others finish there may be many and large ones, and the judgement reads them all.
 */
export function isInPlace(experiment: string, id: string): boolean {
  return existsSync(trialFolder(experiment, id));
}

/** The names of what lies in `trials/`: one listing, where asking for each trial would be one request to the server. */
export function namesInTrials(experiment: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(join(experiment, "trials")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Set();
    throw error;
  }
}
