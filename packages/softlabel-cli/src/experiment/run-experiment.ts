import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { type Dataset, loadDataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { createModel } from "../models/parameters.ts";
import { codeVersion } from "../training/code-version.ts";
import { armFigures } from "./arm-figures.ts";
import { describeExperiment, describeMachine } from "./describe-experiment.ts";
import { lockFolder } from "./folder-lock.ts";
import { type JudgedArm, judge } from "./judge.ts";
import { judgeTrial, type TrialJudgement } from "./judge-trial.ts";
import type { CompareOptions } from "./options.ts";
import { publishFolder } from "./publish-folder.ts";
import { readHistory, readPenultimate, readPredictions } from "./read-trial.ts";
import { resolvedConfigText } from "./replay-command.ts";
import type { Results, RunCard } from "./results.ts";
import { runTrials, type TrialEvent, type TrialsOutcome } from "./run-trials.ts";
import { readFinishedTrial, sweep, trialFolder } from "./trial-store.ts";
import { planTrials, type Trial } from "./trials.ts";
import { verdict } from "./verdict.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Who runs an experiment, and what it gives the experiment to run with. */
export interface ExperimentHost {
  /** The module that child processes run: it calls `serveTrials`. */
  readonly worker: URL;
  readonly signal?: AbortSignal | undefined;
  /** Called once, before the first trial. */
  readonly onPlan?: ((plan: { readonly trials: number; readonly trainRows: number }) => void) | undefined;
  readonly onEvent?: ((event: TrialEvent) => void) | undefined;
  /** Writes what people read, into an empty folder; what it leaves there is moved to the experiment's. */
  readonly writeReport: (results: Results, folder: string) => Promise<unknown>;
}

/** The user stopped the experiment before all trials were finished. */
export class StoppedError extends Error {
  override readonly name: string = "StoppedError";
}

/** Trials failed, so that there is nothing to compare yet. */
export class TrialsMissingError extends Error {
  override readonly name: string = "TrialsMissingError";
}

/**
 * Trains what is not trained yet, judges all, and writes `results.json`, `config.resolved.json` and the report into
 * the experiment's folder, which no other process can use meanwhile.
 *
 * @throws ArgumentError when the options do not fit the data; FolderLockedError; {@link StoppedError};
 * {@link TrialsMissingError}. After each of the last two the same call goes on from there.
 */
export async function runExperiment(options: CompareOptions, host: ExperimentHost): Promise<Results> {
  const startedAt = new Date();
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, { ...dataset }, 1);
  const trainRows = requireFittingOptions(options, dataset);
  const trials = planTrials(
    { ...options, trainSize: trainRows },
    { dataHash: dataset.hash, codeVersion: codeVersion() },
  );

  const folder = options.out;
  const lock = await lockFolder(folder);
  try {
    await sweep(folder, orphanPatienceMs);
    writeAtomically(join(folder, "config.resolved.json"), resolvedConfigText(options));
    host.onPlan?.({ trials: trials.length, trainRows });
    const outcome = await runTrials({ ...host, experiment: folder, trials, jobs: options.jobs });
    await sweep(folder, orphanPatienceMs);
    requireAllTrials(outcome, trials, host.signal);

    const experiment = describeExperiment({ options, dataset, model, trainRows });
    const arms = judge(options.epsilon.map((epsilon) => judgeArm(folder, epsilon, trials)));
    const judged = { schema: "softlabel.compare/1", experiment, arms } as const;
    const run = runCard(options, folder, trials, outcome, startedAt);
    const results: Results = { ...judged, verdict: verdict({ ...judged, run }), run };
    await writeResults(results, folder, host);
    return results;
  } finally {
    lock.release();
  }
}

/** `results.json`: NaN and ±∞, which JSON has no numbers for, become `null`. */
export function resultsText({ schema, verdict, experiment, arms, run }: Results): string {
  return `${JSON.stringify({ schema, verdict, experiment, arms, run }, null, 2)}\n`;
}

/** How long a child of a killed run may take to see that it is alone: one step of training. */
const orphanPatienceMs = 20_000;

/** @returns how many images train. */
function requireFittingOptions(options: CompareOptions, dataset: Dataset): number {
  const { prior } = options;
  if (typeof prior !== "string" && prior.length !== dataset.classes) {
    throw new ArgumentError(
      `prior must be one number for each of the ${dataset.classes} classes of ${dataset.name}, got ${prior.length}`,
    );
  }
  return splitDataset(dataset, { ...options, seed: 1, trainRows: "drawn" }).train.length;
}

function requireAllTrials(outcome: TrialsOutcome, trials: readonly Trial[], signal: AbortSignal | undefined): void {
  const finished = outcome.reused.length + outcome.finished.length;
  if (finished === trials.length) return;
  const kept = `${finished} of ${trials.length} trials are finished and kept; the same command goes on from there`;
  if (signal?.aborted) throw new StoppedError(`stopped: ${kept}`);
  const missing = outcome.failed.map(
    ({ trial: { config } }) => `ε = ${config.labelSmoothing} with seed ${config.seed}`,
  );
  throw new TrialsMissingError(`no results yet, because trials failed: ${missing.join(", ")}; ${kept}`);
}

function judgeArm(folder: string, epsilon: number, trials: readonly Trial[]): JudgedArm {
  const own = trials.filter(({ config }) => config.labelSmoothing === epsilon);
  const folders = own.map(({ id }) => trialFolder(folder, id));
  const judgements = own.map((trial) => judgeFinished(folder, trial));
  return {
    epsilon,
    trials: own.map(({ id, config }) => ({ id, seed: config.seed })),
    metrics: judgements.map(({ metrics }) => metrics),
    figures: armFigures({
      judgements,
      histories: folders.map(readHistory),
      penultimate: readPenultimate(folders[0]),
    }),
  };
}

function judgeFinished(folder: string, trial: Trial): TrialJudgement {
  try {
    return judgeTrial(readPredictions(trialFolder(folder, trial.id)));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { labelSmoothing, seed } = trial.config;
    throw new TrialsMissingError(
      `the trial ε = ${labelSmoothing}, seed ${seed} cannot be judged: ${error.message}; did training diverge? Try a ` +
        `smaller --learning-rate`,
    );
  }
}

function runCard(
  { jobs }: CompareOptions,
  folder: string,
  trials: readonly Trial[],
  { reused }: TrialsOutcome,
  startedAt: Date,
): RunCard {
  const finishedAt = new Date();
  return {
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    trialSeconds: Object.fromEntries(
      trials.map(({ id }) => [id, readFinishedTrial(folder, id)?.seconds ?? Number.NaN]),
    ),
    trialsReused: reused.length,
    jobs,
    machine: describeMachine(),
  };
}

/** The report first: a `results.json` is never newer than the report that shows it. */
async function writeResults(results: Results, folder: string, host: ExperimentHost): Promise<void> {
  const draft = join(folder, `.report.${process.pid}.unfinished`);
  mkdirSync(draft, { recursive: true });
  await host.writeReport(results, draft);
  publishFolder(draft, folder);
  writeAtomically(join(folder, "results.json"), resultsText(results));
}
