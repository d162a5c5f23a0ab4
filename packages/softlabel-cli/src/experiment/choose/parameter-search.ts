import { armsOf, nameOfEpsilon } from "../arms.ts";
import type { TrialsOutcome } from "../queue/trial-queue.ts";
import type { Missing } from "../results.ts";
import type { EarlyStopping } from "../run-experiment.ts";
import { bestCandidatePerEpsilon, type TunedTrial } from "../search/best-candidate.ts";
import { builtInSpace } from "../search/built-in-space.ts";
import { candidates } from "../search/candidates.ts";
import { betterOf, measureFor } from "../search/measure.ts";
import { parseSpace, spaceTexts } from "../search/space.ts";
import { createTuning } from "../search/tuning.ts";
import type { ArmTrial, TrialSource } from "../sources/trial-source.ts";
import type { ArmParameters, Trial } from "../trials.ts";
import { lossesOf, type Objective, type SeedMetrics } from "./objective.ts";
import type { ChooseOptions } from "./options.ts";
import type { SearchCard } from "./results.ts";
import type { Unjudged, ValidationScore } from "./validation-scores.ts";

/** The search of the parameters beside ε: what it trains, and what it found. */
export interface ParameterSearch {
  readonly earlyStopping: EarlyStopping;
  /**
   * Tries every candidate with each of these ε, with the first seed.
   *
   * @returns what each ε goes on with; an ε of which no candidate could be trained is not there.
   */
  readonly tune: (
    epsilons: readonly number[],
  ) => Generator<readonly Trial[], ReadonlyMap<number, ArmParameters>, TrialsOutcome>;
  readonly describe: () => SearchCard;
  /** The ε of which no candidate could be trained. */
  readonly missing: () => readonly Missing[];
}

export interface SearchParts {
  readonly source: TrialSource;
  readonly objective: Objective;
  /** What a finished trial says of its validation rows. */
  readonly read: (trial: ArmTrial) => ValidationScore | Unjudged;
  /** Told what the candidates came to; what it throws ends the experiment. */
  readonly onOutcome: (outcome: TrialsOutcome) => void;
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** The seed that candidates are tried with. */
const tuningSeed = 1;
/** A third goes on, after 1, 3, 9, … epochs. */
const stoppingRule = { minEpochs: 1, reductionFactor: 3 } as const;

/** The search that the options ask for; `null` where they name no parameter. */
export function createParameterSearch(
  options: ChooseOptions,
  { source, objective, read, onOutcome, onNotice }: SearchParts,
): ParameterSearch | null {
  if (options.search.length === 0) return null;
  const typed = parseSpace(options.search);
  const space = options.trainer === null ? builtInSpace(typed) : typed;
  const settings = candidates(space, options.samples, options.sampler, tuningSeed);
  const measure = measureFor(objective.terms.map(({ name }) => name));
  const tuning = createTuning({
    experiment: options.out,
    candidates: settings,
    trialOf(epsilon, parameters) {
      const [arm] = armsOf({ ...options, arms: null, epsilon: [epsilon] });
      return source.trialOf({ ...arm, parameters }, tuningSeed);
    },
    stopping: options.earlyStopping ? { ...stoppingRule, measure, maxEpochs: source.epochs } : null,
    onNotice,
  });
  return {
    earlyStopping: tuning,
    *tune(epsilons) {
      const outcome = yield tuning.trials(epsilons);
      onOutcome(outcome);
      tuning.settle(outcome);
      const score = scoreBy(objective, tuning.tuned(), read);
      const best = bestCandidatePerEpsilon(tuning.tuned(), score, betterOf(measure));
      return new Map([...best].flatMap(([epsilon, one]) => (one === null ? [] : [[epsilon, one.parameters]])));
    },
    describe: () => ({
      parameters: spaceTexts(space),
      candidates: settings.length,
      sampler: options.sampler,
      earlyStopping: options.earlyStopping,
      trials: tuning.tuned().length,
      stopped: tuning.tuned().filter(({ fate }) => fate.kind === "stopped").length,
    }),
    missing() {
      const best = bestCandidatePerEpsilon(tuning.tuned(), scoreBy(objective, tuning.tuned(), read), betterOf(measure));
      return [...best].flatMap(([epsilon, one]) =>
        one === null
          ? [{ arm: nameOfEpsilon(epsilon), seed: tuningSeed, reason: "none of the settings tried could be trained" }]
          : [],
      );
    },
  };
}

/**
 * The loss of one whole training. Of a weighted sum the metrics are taken relative to their means over the candidates at
 * ε = 0 that were trained to their end: which candidate of an ε is best needs one scale for all of them.
 */
function scoreBy(
  objective: Objective,
  tuned: readonly TunedTrial[],
  read: (trial: ArmTrial) => ValidationScore | Unjudged,
): (one: TunedTrial) => number {
  const metricsOf = ({ trial, fate }: TunedTrial): readonly SeedMetrics[] => {
    const score = fate.kind === "finished" ? read(trial as ArmTrial) : { reason: "it was not trained" };
    return "reason" in score ? [] : [score.metrics];
  };
  const atZero = tuned.filter(({ epsilon }) => epsilon === 0).flatMap(metricsOf);
  return (one) => lossesOf(objective, [atZero, metricsOf(one)], 0)[1][0] ?? Number.NaN;
}
