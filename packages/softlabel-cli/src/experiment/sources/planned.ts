import { armsOf } from "../arms.ts";
import type { CompareOptions } from "../options.ts";
import { seedsOf } from "../trials.ts";
import { plannedRun } from "./planned-run.ts";
import type { Source } from "./source.ts";
import type { TrialSource } from "./trial-source.ts";

/** A comparison whose trials have to be carried out: every arm with every seed. */
export function plannedSource(options: CompareOptions, source: TrialSource): Source {
  const arms = armsOf(options);
  return {
    ...source,
    arms,
    runs: seedsOf(options).flatMap((seed) => arms.map((arm) => plannedRun(arm, source.trialOf(arm, seed)))),
    remedy: "finished trials are kept, and the same command goes on from there",
  };
}
