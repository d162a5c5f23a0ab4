import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trialName } from "../trial-name.ts";
import type { Trial } from "../trials.ts";
import { writeAtomically } from "../write-atomically.ts";

/**
 * `plan.json` in an experiment's folder: the trials of all phases that are known, for whoever asks how far it is. It
 * decides nothing.
 */
export interface PlanFile {
  readonly schema: "softlabel.plan/1";
  /** `ended`: no further phase follows, for the command that wrote it last. */
  readonly state: "running" | "ended";
  readonly trials: readonly PlannedTrial[];
}

export interface PlannedTrial {
  readonly id: string;
  readonly kind: Trial["kind"];
  /** What tells it from the others but for its seed. */
  readonly name: string;
  readonly seed: number;
}

export function writePlanFile(experiment: string, state: PlanFile["state"], trials: readonly Trial[]): void {
  const file: PlanFile = {
    schema: "softlabel.plan/1",
    state,
    trials: trials.map((trial) => ({
      id: trial.id,
      kind: trial.kind,
      name: trialName(trial),
      seed: trial.config.seed,
    })),
  };
  writeAtomically(join(experiment, planFileName), `${JSON.stringify(file)}\n`);
}

/** `null` where no experiment has begun. */
export function readPlanFile(experiment: string): PlanFile | null {
  try {
    return JSON.parse(readFileSync(join(experiment, planFileName), "utf8")) as PlanFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const planFileName = "plan.json";
