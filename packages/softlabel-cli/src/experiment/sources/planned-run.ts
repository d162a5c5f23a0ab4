import { predictionsName } from "../read-trial.ts";
import type { ArmSettings } from "../results.ts";
import { trialFolder } from "../trial-store.ts";
import type { Trial } from "../trials.ts";
import type { Run } from "./source.ts";

/** The run that a trial in the experiment's own folder is. */
export function plannedRun(arm: ArmSettings, trial: Trial): Run {
  return {
    arm: arm.name,
    seed: trial.config.seed,
    id: trial.id,
    trial,
    place: (experiment) => ({ folder: trialFolder(experiment, trial.id), name: predictionsName }),
  };
}
