import { armsOf } from "./arms.ts";
import { judge } from "./judge.ts";
import { judgeRuns } from "./judge-runs.ts";
import type { CompareOptions } from "./options.ts";
import { replayCommand, resolvedConfigText } from "./replay-command.ts";
import type { Results } from "./results.ts";
import type { ExperimentPlan } from "./run-experiment.ts";
import { builtInSource } from "./sources/built-in.ts";
import { externalSource } from "./sources/external.ts";
import { givenSource } from "./sources/given.ts";
import { plannedSource } from "./sources/planned.ts";
import type { Source } from "./sources/source.ts";
import { verdict } from "./verdict.ts";

/**
 * The experiment of `softlabel compare`: every arm with every seed, judged against the base. The laboratory's own
 * classifiers, a trainer of one's own, and predictions that are there already differ in their source alone.
 *
 * @throws ArgumentError when the options do not fit the data, the trainer or the folders.
 */
export function compareExperiment(options: CompareOptions): ExperimentPlan<Results> {
  const source = sourceOf(options);
  const trials = source.runs.flatMap(({ trial }) => (trial === null ? [] : [trial]));
  return {
    out: options.out,
    jobs: options.jobs,
    resolvedConfig: resolvedConfigText(options),
    trainer: source.trainer,
    data: source.data,
    ingredients: source.ingredients,
    *phases() {
      if (trials.length > 0) yield trials;
    },
    work: source.work,
    judge(folder, run, failed) {
      const reasons = new Map(failed.map(({ trial, reason }) => [trial.id, reason]));
      const { seeds, missing, rows, ...judged } = judgeRuns(source, folder, reasons);
      const { data, ...others } = source.describe(rows);
      const experiment = { data, seeds, ...others, command: replayCommand(options) };
      const arms = judge(judged.arms);
      const evidence = { schema: "softlabel.compare/2", experiment, arms, missing, run } as const;
      return { schema: evidence.schema, verdict: verdict(evidence), experiment, arms, missing, run };
    },
  };
}

function sourceOf(options: CompareOptions): Source {
  const { from, trainer } = options;
  if (from.length > 0) return givenSource(options);
  const arms = armsOf(options);
  const source =
    trainer === null
      ? builtInSource(options, arms)
      : externalSource(
          options,
          trainer,
          arms.map(({ parameters }) => Object.keys(parameters)),
        );
  return plannedSource(options, source);
}
