import { type CompareOptions, compareDefaults } from "../options.ts";
import type { Sampler } from "../search/candidates.ts";

/** Everything that can be said about a choice of ε, on the command line or in a file: the names are the same. */
export interface ChooseOptions extends Omit<CompareOptions, "arms" | "from" | "pattern" | "base"> {
  /** What ε is chosen by, as {@link readObjective} reads it. */
  readonly objective: string;
  /** Whether ε between the best one and its neighbours are tried too. */
  readonly refine: boolean;
  /** `NAME=RANGE` of each parameter that is tuned for every ε. */
  readonly search: readonly string[];
  /** How many settings of these parameters every ε is tried with. */
  readonly samples: number;
  readonly sampler: Sampler;
  /** Whether settings that fall behind are stopped before their last epoch. */
  readonly earlyStopping: boolean;
}

const { arms: _arms, from: _from, pattern: _pattern, base: _base, ...trainingDefaults } = compareDefaults;

/**
 * What `softlabel choose` runs when nothing is said. Six seeds, because an exact sign-flip test of five differences on the
 * test rows cannot reach p < 0.05 (2/2⁵ = 0.0625); what fewer seeds cost the choice is in docs/choosing.md.
 */
export const chooseDefaults: ChooseOptions = {
  ...trainingDefaults,
  epsilon: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3],
  objective: "nll-after-temperature",
  refine: true,
  search: [],
  samples: 8,
  sampler: "sobol",
  earlyStopping: true,
  out: "softlabel-choose",
};
