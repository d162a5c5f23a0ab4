import type { TrialsOutcome } from "../queue/trial-queue.ts";
import { readEpochs, readHistory } from "../read-trial.ts";
import type { EarlyStopping } from "../run-experiment.ts";
import { trialFolder } from "../trial-store.ts";
import type { ArmParameters, EpochMeasures, Trial } from "../trials.ts";
import type { AshaDecision } from "./asha.ts";
import type { TunedTrial, TuningFate } from "./best-candidate.ts";
import { Bracket, type StoppingRule } from "./bracket.ts";
import { type Journal, openJournal } from "./journal.ts";
import { writtenMeasure } from "./measure.ts";

export interface TuningOptions {
  /** The experiment's folder. */
  readonly experiment: string;
  /** The settings that every ε is tried with. */
  readonly candidates: readonly ArmParameters[];
  /** One training of a candidate under an ε, with the first seed. */
  readonly trialOf: (epsilon: number, parameters: ArmParameters) => Trial;
  /** `null` trains every candidate to its end. */
  readonly stopping: StoppingRule | null;
  /** Told at most once: why candidates are not stopped although they are to be. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/**
 * The search of the other parameters: every ε is tried with the same candidates, the base as much as the others, and one
 * ε's candidates compete with one another alone.
 *
 * What measures what and what follows is kept in the experiment's `decisions.jsonl`: a search that was killed goes on
 * with the same decisions, and what was stopped is not started again.
 */
export interface Tuning extends EarlyStopping {
  /**
   * The trainings of a phase: candidate by candidate, each with every ε, so that a search that is stopped has tried whole
   * candidates. Those that were stopped already are not among them.
   *
   * @param epsilons - each once over all calls.
   */
  trials(epsilons: readonly number[]): readonly Trial[];
  /** Ends the phase. No trial is stopped afterwards until the next one begins. */
  settle(outcome: TrialsOutcome): void;
  /** Every candidate of every settled ε, in the order of the trials. */
  tuned(): readonly TunedTrial[];
}

/** Nothing is read or written before the first {@link Tuning.trials}. */
export function createTuning(options: TuningOptions): Tuning {
  const { experiment, candidates, trialOf, stopping } = options;
  const settled: TunedTrial[] = [];
  let phase: Phase | null = null;
  let isNoticed = false;

  const notice = (sentence: string): void => {
    if (!isNoticed) options.onNotice?.(sentence);
    isNoticed = true;
  };

  const bracketOf = ({ id }: Trial): Bracket | null => phase?.brackets.find((bracket) => bracket.has(id)) ?? null;

  const stopOf = (trial: Trial): AshaDecision | null => bracketOf(trial)?.stopOf(trial.id) ?? null;

  const end = (trial: Trial, isFinished: boolean): void => {
    const bracket = bracketOf(trial);
    if (bracket === null || stopping === null) return;
    // What it told while nobody listened stands in its history.
    if (isFinished) for (const measures of historyOf(experiment, trial)) bracket.tell(trial.id, measures);
    bracket.end(trial.id);
    if (isFinished && !bracket.isMeasured(trial.id)) notice(silence(stopping));
  };

  return {
    trials(epsilons) {
      if (stopping !== null && !leavesRoom(stopping)) notice(noRoom(stopping));
      const tried = candidates.flatMap((parameters, candidate) =>
        epsilons.map((epsilon) => ({ epsilon, candidate, parameters, trial: trialOf(epsilon, parameters) })),
      );
      const journal = openJournal(experiment);
      const brackets = stopping === null ? [] : epsilons.map((epsilon) => bracketAt(epsilon, tried, stopping, journal));
      phase = { tried, brackets, journal };
      recall(phase);
      return tried.map(({ trial }) => trial).filter((trial) => stopOf(trial) === null);
    },
    listed: () => phase?.tried.map(({ trial }) => trial) ?? null,
    shouldStop(trial, measures) {
      const bracket = bracketOf(trial);
      if (phase === null || bracket === null) return false;
      recall(phase);
      bracket.tell(trial.id, measures);
      return bracket.stopOf(trial.id) !== null;
    },
    onEvent(event) {
      if (event.type === "reused" || event.type === "finished") end(event.trial, true);
      else if (event.type === "failed") end(event.trial, false);
    },
    settle({ reused, finished, failed }) {
      const whole = [...reused, ...finished];
      for (const trial of whole) end(trial, true);
      for (const { trial } of failed) end(trial, false);
      const ids = new Set(whole.map(({ id }) => id));
      for (const one of phase?.tried ?? [])
        settled.push({ ...one, fate: fateOf(stopOf(one.trial), ids.has(one.trial.id)) });
      phase = null;
    },
    tuned: () => settled,
  };
}

/** The trials between a call of `trials` and the `settle` that follows it. */
interface Phase {
  readonly tried: readonly Omit<TunedTrial, "fate">[];
  /** One for each ε; none when no candidate is to be stopped. */
  readonly brackets: readonly Bracket[];
  readonly journal: Journal;
}

function bracketAt(epsilon: number, tried: Phase["tried"], rule: StoppingRule, journal: Journal): Bracket {
  const own = tried.filter((one) => one.epsilon === epsilon);
  return new Bracket(
    own.map(({ trial }) => trial),
    rule,
    journal,
  );
}

/** Takes what other processes wrote, or this one before it was killed. */
function recall({ journal, brackets }: Phase): void {
  const lines = journal.read();
  for (const bracket of brackets) bracket.recall(lines);
}

function fateOf(stop: AshaDecision | null, isFinished: boolean): TuningFate {
  if (stop !== null) return { kind: "stopped", epoch: stop.epoch, rung: stop.rung, value: stop.value };
  return { kind: isFinished ? "finished" : "failed" };
}

function leavesRoom({ minEpochs, maxEpochs }: StoppingRule): boolean {
  return maxEpochs === null || minEpochs < maxEpochs;
}

function noRoom({ minEpochs, maxEpochs }: StoppingRule): string {
  return (
    `early stopping compares candidates after ${minEpochs} ${epochs(minEpochs)} at the earliest, and a training has ` +
    `${maxEpochs}: every candidate trains to its end`
  );
}

function silence({ measure }: StoppingRule): string {
  return (
    `early stopping has nothing to go by, because the trainer does not tell ${writtenMeasure(measure)} after its ` +
    "epochs: every candidate trains to its end"
  );
}

function epochs(count: number): string {
  return count === 1 ? "epoch" : "epochs";
}

function historyOf(experiment: string, { id, kind }: Trial): readonly EpochMeasures[] {
  // The laboratory's own training measures always: what its history has no number for was not finite.
  const unknown = kind === "train" ? Number.NaN : undefined;
  const folder = trialFolder(experiment, id);
  const all = readEpochs(folder);
  return (readHistory(folder) ?? [])
    .filter(({ epoch }) => Number.isInteger(epoch)) // a trainer may keep a history of its own making
    .map(({ epoch, validationNll, validationAccuracy }) => ({
      epoch,
      ...(all !== undefined && { epochs: all }),
      validationNll: validationNll ?? unknown,
      validationAccuracy: validationAccuracy ?? unknown,
    }));
}
