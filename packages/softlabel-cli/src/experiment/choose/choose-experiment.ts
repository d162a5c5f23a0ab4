import { armsOf } from "../arms.ts";
import type { TrialsOutcome } from "../queue/trial-queue.ts";
import type { ArmSettings } from "../results.ts";
import type { ExperimentPlan, Phases } from "../run-experiment.ts";
import type { ArmTrial, TrialSource } from "../sources/trial-source.ts";
import { type ArmParameters, seedsOf } from "../trials.ts";
import { chooseConfigText } from "./choose-command.ts";
import { judgeChoice } from "./judge-choice.ts";
import { judgeFolder } from "./judge-folder.ts";
import { type Objective, readObjective } from "./objective.ts";
import type { ChooseOptions } from "./options.ts";
import { type PairedArm, type PlannedArm, pairArms } from "./paired-arms.ts";
import { createParameterSearch } from "./parameter-search.ts";
import { refineGrid } from "./refine-grid.ts";
import type { ChooseResults } from "./results.ts";
import { createScoreReader, type Unjudged, type ValidationScore } from "./validation-scores.ts";

/** What a choice is made of besides its options. */
export interface ChooseParts {
  readonly source: TrialSource;
  /** Told what the command should say while it runs. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/**
 * The experiment of `softlabel choose`: every ε of a grid with every seed, then ε between the best and its neighbours;
 * chosen on validation rows, and then the chosen ε and 0 judged on the test rows.
 *
 * With parameters to search, every ε is first tried with the same settings of them, and goes on with its best.
 * @throws ArgumentError when the options do not fit.
 */
export function chooseExperiment(
  options: ChooseOptions,
  { source, onNotice }: ChooseParts,
): ExperimentPlan<ChooseResults> {
  const { out, jobs } = options;
  const objective = readObjective(options.objective);
  const read = createScoreReader(out);
  const planned: PlannedArm[] = [];
  const ended = new Map<string, ValidationScore | Unjudged>();

  const record = ({ reused, finished, failed }: TrialsOutcome): void => {
    for (const trial of [...reused, ...finished]) ended.set(trial.id, read(trial as ArmTrial));
    for (const { trial, reason } of failed) ended.set(trial.id, { reason });
  };
  const scoreOf = ({ id }: ArmTrial): ValidationScore | Unjudged => ended.get(id) ?? { reason: "it was not trained" };
  const search = createParameterSearch(options, { source, objective, read, onOutcome: record, onNotice });

  function* train(epsilons: readonly number[], found: PlannedArm["found"]): Phases {
    const tuned = search === null ? nothingTuned(epsilons) : yield* search.tune(epsilons);
    const arms = armsOf({ ...options, arms: null, epsilon: epsilons.filter((epsilon) => tuned.has(epsilon)) });
    const added = arms.map((arm) =>
      planArm({ ...arm, parameters: tuned.get(arm.epsilon) ?? {} }, found, options, source),
    );
    planned.push(...added);
    record(yield seedBySeed(added).filter(({ id }) => !ended.has(id)));
  }

  return {
    out,
    jobs,
    resolvedConfig: chooseConfigText(options),
    trainer: source.trainer,
    data: source.data,
    ingredients: source.ingredients,
    earlyStopping: search?.earlyStopping,
    *phases() {
      planned.length = 0;
      yield* train(options.epsilon, "grid");
      if (!options.refine) return;
      const { arms } = pairArms(planned, scoreOf, search?.missing());
      const added = refinedAround(arms, planned, objective);
      if (added.length > 0) yield* train(added, "refined");
    },
    work: source.work,
    judge(folder, run) {
      return judgeFolder({ options, objective, source, search, planned, scoreOf, folder, run });
    },
  };
}

function nothingTuned(epsilons: readonly number[]): ReadonlyMap<number, ArmParameters> {
  return new Map(epsilons.map((epsilon) => [epsilon, {}]));
}

function planArm(
  settings: ArmSettings,
  found: PlannedArm["found"],
  options: ChooseOptions,
  source: TrialSource,
): PlannedArm {
  return { settings, found, trials: seedsOf(options).map((seed) => source.trialOf(settings, seed)) };
}

/** So that a choice that is stopped early has whole pairs. */
function seedBySeed(arms: readonly PlannedArm[]): readonly ArmTrial[] {
  return (arms[0]?.trials ?? []).flatMap((_, seed) => arms.map(({ trials }) => trials[seed]));
}

/** The ε to try besides; none while there is nothing to go round. */
function refinedAround(
  arms: readonly PairedArm[],
  planned: readonly PlannedArm[],
  objective: Objective,
): readonly number[] {
  const judged = judgeChoice(arms, objective);
  if (judged === null) return [];
  const grid = planned.map(({ settings }) => settings.epsilon);
  return refineGrid(grid, grid.indexOf(judged.chosen.best));
}
