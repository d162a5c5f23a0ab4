import { createRequire } from "node:module";
import { basename } from "node:path";
import { ArgumentError } from "softlabel";
import { evaluatePredictions, reliabilityDiagram } from "softlabel/calibration";
import { DataError } from "../data/data-error.ts";
import {
  isOfAllClasses,
  type LabelledPredictions,
  readPredictions,
  readPredictionsOrTopLabels,
  type TopLabelsFile,
} from "../data/predictions/read-predictions.ts";
import { figuresOf, surestMistakes } from "./arm-figures.ts";
import { type ComparedArm, compareArms } from "./compare-arms.ts";
import type { EvaluatedArm, EvaluationResults, RecalibratedArm } from "./evaluation.ts";
import { hashOf } from "./file-hash.ts";
import { expectedFit, followFit } from "./fit-progress.ts";
import type { LabelledRows } from "./judged-rows.ts";
import { type Mended, mendRows, planFitting } from "./mend-rows.ts";
import type { EvaluationRequest } from "./request.ts";
import { type ScoredRows, scoreOutcomes } from "./scored-rows.ts";
import { type SecondThread, secondThread } from "./second-thread.ts";
import { readSmoothing } from "./smoothing-reading.ts";
import { evaluationVerdict } from "./verdict.ts";
import { measuredValues, resampleSets, type SetIntervals } from "./with-intervals.ts";

/**
 * Judges files of predictions: metrics with intervals, recalibrators, figures' data, comparisons and the verdict.
 *
 * @param onStep - is told what begins and how a fit goes on, with how many steps are done of how many; `isNotice` where
 *   it is a sentence to keep.
 * @param meanwhile - what to do here while the second thread, where there is one, begins to resample.
 * @throws {@link DataError} naming the file, where one cannot be read or judged.
 */
export async function evaluateFiles(
  request: EvaluationRequest,
  onStep: OnStep = () => {},
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<EvaluationResults> {
  const thread = secondThread(request);
  try {
    return await evaluateWith({ ...thread, meanwhile }, request, onStep);
  } finally {
    thread.end();
  }
}

async function evaluateWith(
  resampling: Resampling,
  request: EvaluationRequest,
  onStep: OnStep,
): Promise<EvaluationResults> {
  const started = new Date();
  const steps = stepsOf(request, onStep);
  const names = uniqueNames(request.files);
  const judged: JudgedFile[] = [];
  for (const [at, path] of request.files.entries()) {
    judged.push(await judgeFile(path, names[at], request.fitFiles?.[at] ?? null, request, steps.next, resampling));
  }
  const [base, ...others] = judged;
  const arms = [
    base.arm,
    ...others.map(({ arm, compared }) => {
      steps.next(`comparing ${arm.name}`);
      return { ...arm, comparison: compareArms(base.compared, compared, request, resampling.share) };
    }),
  ];
  steps.end();
  const { binning, preset, resamples, confidenceLevel, seed, labelSmoothing, command } = request;
  const options = { ...binning, preset, resamples, confidenceLevel, seed, labelSmoothing, versions: versions() };
  const results = { schema: "softlabel.evaluate/1", arms, options } as const;
  const run = { startedAt: started.toISOString(), seconds: (Date.now() - started.getTime()) / 1000, command };
  return { ...results, verdict: evaluationVerdict(results), run };
}

/** Who resamples, and what is done here while the other begins. */
interface Resampling extends SecondThread {
  readonly meanwhile: () => Promise<unknown>;
}

interface JudgedFile {
  readonly arm: EvaluatedArm;
  readonly compared: ComparedArm;
}

type OnStep = (done: number, total: number, text: string, isNotice?: boolean) => void;

interface Step {
  (text: string): void;
  /** The step goes on, and this is where it is. */
  readonly within: (text: string) => void;
  /** A sentence to keep. */
  readonly notice: (text: string) => void;
}

async function judgeFile(
  path: string,
  name: string,
  fitPath: string | null,
  request: EvaluationRequest,
  step: Step,
  resampling: Resampling,
): Promise<JudgedFile> {
  step(`reading ${name}`);
  const file = await readPredictionsOrTopLabels(path, request.reading);
  resampling.prepare(isOfAllClasses(file) ? file.test.shape[0] : file.test.confidence.length);
  const hash = await hashOf(path, file);
  const fit = fitPath === null ? null : await readFitting(fitPath, request);
  try {
    const ofFile = { path, hash, name };
    if (!isOfAllClasses(file)) return await judgeTopLabels(ofFile, file, request, step, resampling);
    const given = fit ?? (file.validation && { rows: labelledRows(file.validation), what: "validation rows" as const });
    return await judgeClasses(ofFile, file.test, given, request, step, resampling);
  } catch (error) {
    if (error instanceof ArgumentError && !(error instanceof DataError))
      throw new DataError(`${name}: ${error.message}`);
    throw error;
  }
}

async function readFitting(
  path: string,
  request: EvaluationRequest,
): Promise<{ readonly rows: LabelledRows; readonly what: "file" }> {
  const { validation, test } = await readPredictions(path, request.reading);
  return { rows: labelledRows(validation ?? test), what: "file" };
}

interface FileFacts {
  readonly path: string;
  readonly hash: string;
  readonly name: string;
}

async function judgeClasses(
  { path, hash, name }: FileFacts,
  read: LabelledPredictions,
  given: Parameters<typeof planFitting>[1],
  request: EvaluationRequest,
  step: Step,
  resampling: Resampling,
): Promise<JudgedFile> {
  const { binning, confidenceLevel, seed, methods } = request;
  const classes = read.shape[1];
  // One row cannot be halved, and without a method nothing is fitted.
  const isFitted = methods.length > 0 && (given !== null || read.shape[0] > 1);
  const plan = planFitting(labelledRows(read), given, isFitted ? request.split : null, seed);
  step(`measuring ${name}`);
  const evaluated = evaluatePredictions(plan.judged.labels, plan.judged, binning);
  const set = scoreOutcomes(evaluated.rows, classes, binning, evaluated.metrics.smoothEce?.value ?? undefined);
  const mended = isFitted
    ? methods.map((method) => {
        step(`fitting ${method} for ${name}`);
        const expected = expectedFit(method, plan);
        if (expected !== null) step.notice(`${name}: ${expected}`);
        return mendRows(plan, method, confidenceLevel, seed, followFit(method, name, step.within));
      })
    : [];
  const sets = mended.map(({ scores }) => scoreOutcomes(scores, classes, binning));
  step(`resampling ${name}`);
  const intervals = await resample([set, ...sets], request, resampling);
  const metrics = measuredValues(set, intervals.values[0], binning, classes);
  const { classwiseEce } = evaluated.metrics;
  const recalibrated = mended.map((one, i) => [
    one.method,
    recalibratedArm(one, sets[i], i + 1, intervals, request, classes),
  ]);
  const temperature = mended.find(({ method }) => method === "temperature")?.fitted.recalibrator.parameters as
    | { readonly temperature: number }
    | undefined;
  const meanConfidence = set.values.accuracy + set.values.overconfidence;
  const { kind, classNames, dropped } = read;
  const { labels } = plan.judged;
  const numbers = numbersInFile(plan.rows, dropped);
  return {
    arm: {
      name,
      source: {
        path,
        hash,
        kind,
        rows: set.rows,
        classes,
        classNames,
        dropped: dropped.length,
        fittedOn: isFitted ? plan.fittedOn : null,
      },
      // Of all probabilities of every row, so without an interval: they are not read again for each resample.
      metrics: { ...metrics, ...(classwiseEce && { classwiseEce: { ...classwiseEce, low: null, high: null } }) },
      recalibrated: Object.fromEntries(recalibrated),
      smoothing:
        request.labelSmoothing === null
          ? null
          : readSmoothing(plan.judged, request.labelSmoothing, meanConfidence, temperature?.temperature ?? null),
      figures: figuresOf(set, intervals.values[0], request),
      classes: evaluated.classes,
      mistakes: surestMistakes(evaluated.rows, { predicted: evaluated.rows.predicted, labels }, numbers),
      comparison: null,
    },
    compared: { name, set, labels, numbers },
  };
}

async function judgeTopLabels(
  { path, hash, name }: FileFacts,
  { test }: TopLabelsFile,
  request: EvaluationRequest,
  step: Step,
  resampling: Resampling,
): Promise<JudgedFile> {
  const { binning } = request;
  step(`measuring ${name}`);
  const set = scoreOutcomes({ confidence: test.confidence, correct: test.correct }, 0, binning);
  step(`resampling ${name}`);
  const { values } = await resample([set], request, resampling);
  const numbers = numbersInFile(
    Uint32Array.from(test.confidence, (_, row) => row),
    test.dropped,
  );
  return {
    arm: {
      name,
      source: {
        path,
        hash,
        kind: "top-label",
        rows: set.rows,
        classes: 0,
        classNames: null,
        dropped: test.dropped.length,
        fittedOn: null,
      },
      metrics: measuredValues(set, values[0], binning, 0),
      recalibrated: {},
      smoothing: null,
      figures: figuresOf(set, values[0], request),
      classes: [],
      mistakes: surestMistakes(test, test, numbers),
      comparison: null,
    },
    compared: { name, set, labels: test.labels, numbers },
  };
}

async function resample(
  sets: readonly ScoredRows[],
  request: EvaluationRequest,
  { share, meanwhile }: Resampling,
): Promise<SetIntervals> {
  const shared = share(sets);
  await meanwhile();
  return resampleSets(shared, request);
}

function recalibratedArm(
  { fitted }: Mended,
  set: ScoredRows,
  at: number,
  intervals: SetIntervals,
  { binning }: EvaluationRequest,
  classes: number,
): RecalibratedArm {
  const { recalibrator, remarks, interval } = fitted;
  const document = recalibrator.toJSON();
  const { low, high } = interval ?? {};
  return {
    parameters: document.parameters as Readonly<Record<string, unknown>>,
    document,
    ...(low !== undefined && high !== undefined && { interval: { low, high: Number.isFinite(high) ? high : null } }),
    remarks,
    metrics: measuredValues(set, intervals.values[at], binning, classes),
    difference: intervals.differences[at - 1],
    reliability: reliabilityDiagram(set.outcomes, binning),
  };
}

function labelledRows({ data, labels, shape, kind }: LabelledPredictions): LabelledRows {
  return { data, labels, shape, kind };
}

/** The numbers in their file of rows that are numbered without those that were left out. */
function numbersInFile(rows: Uint32Array, dropped: readonly number[]): Uint32Array {
  if (dropped.length === 0) return rows;
  const gone = new Set(dropped);
  const kept: number[] = [];
  for (let row = 0, last = rows[rows.length - 1]; kept.length <= last; row++) if (!gone.has(row)) kept.push(row);
  return rows.map((row) => kept[row]);
}

/** File names without folders; those that are the same are numbered. */
function uniqueNames(files: readonly string[]): readonly string[] {
  const bare = files.map((path) => (path === "-" ? "standard input" : basename(path)));
  return bare.map((name, at) => {
    const before = bare.slice(0, at).filter((other) => other === name).length;
    return bare.filter((other) => other === name).length === 1 ? name : `${name} (${before + 1})`;
  });
}

/** Counts what is to be done: each file is read, measured, mended by every method and resampled; then compared. */
function stepsOf(
  { files, methods }: EvaluationRequest,
  onStep: OnStep,
): { readonly next: Step; readonly end: () => void } {
  const total = files.length * (3 + methods.length) + files.length - 1;
  let done = 0;
  const next: Step = Object.assign((text: string) => onStep(done++, total, text), {
    within: (text: string) => onStep(done - 1, total, text),
    notice: (text: string) => onStep(done - 1, total, text, true),
  });
  return { next, end: () => onStep(total, total, "judged") };
}

function versions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const versionOf = (manifest: string): string => (require(manifest) as { readonly version: string }).version;
  return {
    softlabel: versionOf("softlabel/package.json"),
    "softlabel-cli": versionOf("../../package.json"),
    node: process.version,
  };
}
