import { armsOf } from "../../../src/experiment/arms.ts";
import type { CompareOptions } from "../../../src/experiment/options.ts";
import {
  seedsOf,
  type TrainingTrial,
  type TrialIngredients,
  trainingConfig,
  trainingTrial,
} from "../../../src/experiment/trials.ts";

/** The trials of a comparison of the laboratory's own classifiers, seed by seed, whatever data there is. */
export function planTrials(options: CompareOptions, ingredients: TrialIngredients): readonly TrainingTrial[] {
  return seedsOf(options).flatMap((seed) =>
    armsOf(options).map((arm) => trainingTrial(trainingConfig(options, arm, seed), ingredients)),
  );
}
