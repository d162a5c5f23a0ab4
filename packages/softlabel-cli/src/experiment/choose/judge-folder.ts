import { ArgumentError } from "softlabel";
import { createFileMemory } from "../../data/file-memory.ts";
import { judgeTrial, type TrialPredictions } from "../judge-trial.ts";
import { readHistory, readPredictions } from "../read-trial.ts";
import type { EpochPoint, RunCard } from "../results.ts";
import { TrialsMissingError } from "../run-experiment.ts";
import { createSameRows } from "../same-rows.ts";
import { plannedRun } from "../sources/planned-run.ts";
import type { JudgedRows } from "../sources/source.ts";
import type { ArmTrial, TrialSource } from "../sources/trial-source.ts";
import { trialFolder } from "../trial-store.ts";
import { chooseCommand } from "./choose-command.ts";
import { judgeChoice, judgeOnTestRows } from "./judge-choice.ts";
import type { Objective } from "./objective.ts";
import type { ChooseOptions } from "./options.ts";
import { type PairedArm, type PlannedArm, pairArms } from "./paired-arms.ts";
import type { ParameterSearch } from "./parameter-search.ts";
import type { ChooseResults } from "./results.ts";
import type { Unjudged, ValidationScore } from "./validation-scores.ts";
import { chooseVerdict, whyChosen } from "./verdict.ts";

/** A choice whose trials have ended. */
export interface EndedChoice {
  readonly options: ChooseOptions;
  readonly objective: Objective;
  readonly source: TrialSource;
  readonly search: ParameterSearch | null;
  readonly planned: readonly PlannedArm[];
  readonly scoreOf: (trial: ArmTrial) => ValidationScore | Unjudged;
  /** The experiment's. */
  readonly folder: string;
  readonly run: RunCard;
}

/**
 * The results of a choice, from the trials in its folder.
 *
 * @throws {@link TrialsMissingError} when there is nothing to choose from, or the objective is no number.
 */
export function judgeFolder(ended: EndedChoice): ChooseResults {
  const { options, objective, source, search, planned, scoreOf, folder, run } = ended;
  const paired = pairArms(planned, scoreOf, search?.missing());
  const tried = [...options.epsilon, ...planned.map(({ settings }) => settings.epsilon)];
  const judged = judgeChoice(paired.arms, objective, tried, ({ trials }) => historiesOf(folder, trials));
  if (judged === null) throw nothingFinite(objective);
  const { chosen, arms } = judged;
  const { best, within, atBorder } = chosen;
  const finalists = paired.arms.filter(({ settings }) => settings.epsilon === 0 || settings.epsilon === chosen.epsilon);
  const test = judgeTestRows(folder, finalists);
  const experiment = {
    ...source.describe(test.rows),
    seeds: paired.seeds,
    command: chooseCommand(options),
    objective: { text: objective.text, terms: objective.terms.map(({ metric, weight }) => ({ metric, weight })) },
    grid: options.epsilon,
    refined: planned.filter(({ found }) => found === "refined").map(({ settings }) => settings.epsilon),
    search: search?.describe() ?? null,
  };
  const { missing } = paired;
  const evidence = {
    schema: "softlabel.choose/1",
    chosen,
    experiment,
    arms,
    test: { arms: test.arms },
    missing,
    run,
  } as const;
  return {
    schema: evidence.schema,
    verdict: chooseVerdict(evidence),
    chosen: { epsilon: chosen.epsilon, why: whyChosen(evidence), best, within, atBorder },
    experiment,
    arms,
    test: evidence.test,
    missing,
    run,
  };
}

/** The one time that test rows are read: of ε = 0 and the chosen one. */
function judgeTestRows(
  folder: string,
  finalists: readonly PairedArm[],
): { readonly arms: ChooseResults["test"]["arms"]; readonly rows: JudgedRows } {
  const sameRows = createSameRows();
  const memory = createFileMemory();
  const metrics = finalists.map(({ settings, trials }) =>
    trials.map((trial) => {
      const predictions = readPredictions(trialFolder(folder, trial.id), memory);
      const judged = judgeOrExplain(predictions, `${settings.name}, seed ${trial.config.seed}`);
      sameRows.require(plannedRun(settings, trial), predictions);
      return judged;
    }),
  );
  const rows = sameRows.rows();
  if (rows === null) throw new Error("a choice without trials is not judged");
  return { arms: judgeOnTestRows(finalists, metrics), rows };
}

function judgeOrExplain(predictions: TrialPredictions, name: string): ReturnType<typeof judgeTrial>["metrics"] {
  try {
    return judgeTrial(predictions).metrics;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new TrialsMissingError(`the test rows of ${name} cannot be judged: ${error.message}`);
  }
}

/** Empty unless every seed has one. */
function historiesOf(folder: string, trials: readonly ArmTrial[]): readonly (readonly EpochPoint[])[] {
  const histories = trials.map(({ id }) => readHistory(trialFolder(folder, id)) ?? []);
  return histories.every((history) => history.length > 0) ? histories : [];
}

function nothingFinite({ text }: Objective): TrialsMissingError {
  return new TrialsMissingError(
    `no ε can be chosen by ${text}, because it is not a finite number for any of them: with few validation rows a half ` +
      "may have none that is wrong, which gives no temperature, and what is 0 at ε = 0 nothing can be weighed by; take " +
      "more validation rows, or another --objective",
  );
}
