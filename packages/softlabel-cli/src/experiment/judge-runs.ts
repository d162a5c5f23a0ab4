import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { createFileMemory, type FileMemory } from "../data/file-memory.ts";
import { createArmFigures } from "./arm-figures.ts";
import type { JudgedArm } from "./judge.ts";
import { judgeTrial, type TrialJudgement } from "./judge-trial.ts";
import { readHistory, readPenultimate, readPredictions } from "./read-trial.ts";
import type { ArmSettings, Missing } from "./results.ts";
import { TrialsMissingError } from "./run-experiment.ts";
import { createSameRows, OtherRowsError, type SameRows } from "./same-rows.ts";
import type { JudgedRows, Run, RunPlace, Source } from "./sources/source.ts";
import { firstLine } from "./verdict-missing.ts";

/** Every arm that has results, on the seeds that all of them have. */
export interface JudgedRuns {
  /** The base first; every one has {@link JudgedRuns.seeds}, in this order. */
  readonly arms: readonly JudgedArm[];
  readonly seeds: readonly number[];
  /** In the order of the arms, then of the seeds. */
  readonly missing: readonly Missing[];
  readonly rows: JudgedRows;
}

/**
 * Judges what there is: an arm without any result is left out, and so is a seed that some other arm lacks, because
 * arms are compared pair by pair.
 *
 * A run that left predictions which cannot be judged is missing like one that failed.
 * @param experiment - the experiment's folder.
 * @param failed - why a run has no result, by its trial's id.
 * @throws {@link TrialsMissingError} when nothing can be compared; {@link ArgumentError} when two runs were not judged on
 * the same rows.
 */
export function judgeRuns(source: Source, experiment: string, failed: ReadonlyMap<string, string>): JudgedRuns {
  const reasons = new Map<Run, string>();
  for (const run of source.runs) {
    const reason = run.place === null ? noPredictions : failed.get(run.id);
    if (reason !== undefined) reasons.set(run, reason);
  }
  const judgement = { source, experiment, reasons, memory: createFileMemory() };
  const compared = compareWhatIsThere(judgement);
  for (const run of source.runs) {
    // What is compared nowhere is read all the same: whether it could be is told of every run.
    if (!reasons.has(run) && !compared.seeds.includes(run.seed)) judgeOne(judgement, run, null);
  }
  return { ...compared, missing: missingOf(source, reasons) };
}

interface Judgement {
  readonly source: Source;
  readonly experiment: string;
  /** Runs without a result so far. */
  readonly reasons: Map<Run, string>;
  readonly memory: FileMemory;
}

/** Begins anew with fewer seeds when one of the runs turns out not to be fit to be judged. */
function compareWhatIsThere(judgement: Judgement): Omit<JudgedRuns, "missing"> {
  const { source, reasons } = judgement;
  for (;;) {
    const known = reasons.size;
    const { arms, seeds } = requireComparable(source, reasons);
    const sameRows = createSameRows();
    const judged = arms.map((arm) => {
      const runs = seeds.map((seed) => runOf(source, arm, seed));
      return judgeArm(judgement, arm, runs, sameRows);
    });
    const rows = sameRows.rows();
    if (reasons.size > known || rows === null) continue;
    return { arms: judged.filter((arm) => arm !== null), seeds, rows };
  }
}

/** The arms that have a result, and the seeds that all of these have. */
function requireComparable(
  source: Source,
  reasons: ReadonlyMap<Run, string>,
): { readonly arms: readonly ArmSettings[]; readonly seeds: readonly number[] } {
  const { arms, runs } = source;
  const there = runs.filter((run) => !reasons.has(run));
  const left = arms.filter(({ name }) => there.some(({ arm }) => arm === name));
  const seeds = [...new Set(runs.map(({ seed }) => seed))].filter((seed) =>
    left.every(({ name }) => there.some((run) => run.arm === name && run.seed === seed)),
  );
  const [base] = arms;
  if (!left.includes(base)) throw nothingToCompare(source, reasons, `${base.name}, the base, has no result`);
  if (left.length === 1 && arms.length > 1) throw nothingToCompare(source, reasons, `only ${base.name} has a result`);
  if (seeds.length === 0) throw nothingToCompare(source, reasons, "no seed has a result of every arm");
  return { arms: left, seeds };
}

const mostNamed = 5;

function nothingToCompare(source: Source, reasons: ReadonlyMap<Run, string>, why: string): TrialsMissingError {
  const missing = missingOf(source, reasons);
  const named = missing
    .slice(0, mostNamed)
    .map(({ arm, seed, reason }) => `${arm} with seed ${seed} (${firstLine(reason)})`);
  const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : "";
  return new TrialsMissingError(
    `no results yet, because ${why}; missing are ${named.join(", ")}${more}; ${source.remedy}`,
  );
}

function missingOf({ arms, runs }: Source, reasons: ReadonlyMap<Run, string>): readonly Missing[] {
  return arms.flatMap(({ name }) =>
    runs
      .filter((run) => run.arm === name)
      .map((run) => ({ arm: name, seed: run.seed, reason: reasons.get(run) }))
      .filter((one): one is Missing => one.reason !== undefined),
  );
}

function runOf({ runs }: Source, { name }: ArmSettings, seed: number): Run {
  return runs.find((run) => run.arm === name && run.seed === seed) as Run;
}

/** @returns `null` when one of the runs cannot be judged, which is then among the reasons. */
function judgeArm(
  judgement: Judgement,
  settings: ArmSettings,
  runs: readonly Run[],
  sameRows: SameRows,
): JudgedArm | null {
  const { experiment } = judgement;
  const figures = createArmFigures();
  const metrics: TrialJudgement["metrics"][] = [];
  // One run's predictions at a time, all in the same memory; what is kept of a run is a few numbers.
  for (const run of runs) {
    const judged = judgeOne(judgement, run, sameRows);
    if (judged === null) continue;
    figures.add(judged, readHistory(placeOf(experiment, run).folder));
    metrics.push(judged.metrics);
  }
  if (metrics.length < runs.length) return null;
  return {
    settings,
    trials: runs.map(({ id, seed }) => ({ id, seed })),
    metrics,
    figures: figures.finish(readPenultimate(placeOf(experiment, runs[0]).folder)),
  };
}

/** @returns `null` when its predictions cannot be judged, with the reason among the others. */
function judgeOne(
  { experiment, memory, reasons }: Judgement,
  run: Run,
  sameRows: SameRows | null,
): TrialJudgement | null {
  const { folder, name } = placeOf(experiment, run);
  try {
    const predictions = readPredictions(folder, memory, name);
    const judged = judgeTrial(predictions);
    sameRows?.require(run, predictions);
    return judged;
  } catch (error) {
    if (!(error instanceof ArgumentError) || error instanceof OtherRowsError) throw error;
    // The reason stands in the results, which are the same wherever the folder is.
    reasons.set(run, `its predictions cannot be judged: ${error.message.replaceAll(join(folder, name), name)}`);
    return null;
  }
}

function placeOf(experiment: string, { place }: Run): RunPlace {
  if (place === null) throw new Error("a run without predictions is not judged");
  return place(experiment);
}

const noPredictions = "there are no predictions of it";
