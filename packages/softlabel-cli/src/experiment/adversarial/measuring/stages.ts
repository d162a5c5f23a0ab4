import type { AttackProgress } from "../../../attacks/pace.ts";
import type { TrialProgress } from "../../trials.ts";

/** Progress through work that is done in stages of known weight. */
export interface Stages {
  /** Ends the stage before; what the next one says of itself counts as a part of its weight. */
  readonly next: (weight: number) => (progress: AttackProgress) => void;
}

/** @param total - the weights of all stages. */
export function createStages(onProgress: (progress: TrialProgress) => void, total: number): Stages {
  let behind = 0;
  let current = 0;
  return {
    next(weight) {
      behind += current;
      current = weight;
      const start = behind;
      return ({ done, total: all }) =>
        onProgress({ step: Math.round(start + weight * (done / all)), totalSteps: total });
    },
  };
}
