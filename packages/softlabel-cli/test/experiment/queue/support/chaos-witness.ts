import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readFinishedTrial } from "../../../../src/experiment/trial-store.ts";
import { chaosTrials, diaryOf } from "./chaos-experiment.ts";

/** Sees that a result, once it is there, stays what it is. */
export interface Witness {
  /** @returns how many trials have a result. */
  look(): number;
  /** What should not have happened. */
  readonly problems: readonly string[];
}

export function watchTrials(out: string): Witness {
  const accepted = new Map<string, string>();
  const problems: string[] = [];
  const trials = join(out, "trials");
  return {
    problems,
    look() {
      for (const { id } of chaosTrials) {
        const record = identityOf(join(trials, id));
        const before = accepted.get(id);
        if (before !== undefined && before !== record) {
          problems.push(`trial ${id} had an accepted result, and then ${record === null ? "none" : "another one"}`);
        }
        if (record === null) accepted.delete(id);
        else accepted.set(id, record);
      }
      return accepted.size;
    },
  };
}

/** What is wrong with the folder of an experiment that has ended, beside the results of one that was left alone. */
export function faultsOf(out: string, undisturbed: string): readonly string[] {
  const lost = chaosTrials.filter(({ id }) => readFinishedTrial(out, id) === null);
  const results = withoutRun(out);
  const left = leftovers(out);
  return [
    ...(lost.length > 0 ? [`${lost.length} trials have no result`] : []),
    ...(results === null ? ["there is no results.json"] : []),
    ...(results !== null && results !== undisturbed ? ["results.json differs from the undisturbed run's"] : []),
    ...(left.length > 0 ? [`left behind: ${left.join(", ")}`] : []),
  ];
}

/** `results.json` but for `run`, as it is written; `null` without one. */
export function withoutRun(out: string): string | null {
  const path = join(out, "results.json");
  if (!existsSync(path)) return null;
  const { run: _, ...rest } = JSON.parse(readFileSync(path, "utf8"));
  return JSON.stringify(rest);
}

/** How many trials were begun, and how many trained to their end, more than once. */
export function repeatedTrials(out: string): { readonly begunAgain: number; readonly trainedAgain: number } {
  const lines = readFileSync(diaryOf(out), "utf8").trim().split("\n");
  const repeated = (what: string): number => {
    const names = lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.split(" ").slice(1, 3).join());
    return chaosTrials.filter(
      ({ config }) => names.filter((name) => name === `${config.seed},${config.labelSmoothing}`).length > 1,
    ).length;
  };
  return { begunAgain: repeated("begun"), trainedAgain: repeated("trained") };
}

/** One folder and one record, which a second result would change. */
function identityOf(folder: string): string | null {
  try {
    return `${statSync(folder).ino} ${readFileSync(join(folder, "trial.json"), "utf8")}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Whatever has the name of something half-done. */
function leftovers(out: string): readonly string[] {
  const names = readdirSync(out, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /(^|\/)\.|unfinished|damaged/.test(name));
}
