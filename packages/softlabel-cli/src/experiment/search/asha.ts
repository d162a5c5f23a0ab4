import { ArgumentError } from "softlabel";

/** When a trial is to be among the better ones to go on. */
export interface AshaRule {
  /** r, the epochs after which trials are first compared: an integer of at least 1. */
  readonly minEpochs: number;
  /** η, an integer of at least 2: about one in η goes on. */
  readonly reductionFactor: number;
  /** R, the epochs of a whole training; `null` where only the trainer knows. Who has trained them all is not stopped. */
  readonly maxEpochs: number | null;
  readonly better: "lower" | "higher";
}

/** What was decided on one trial at one rung, for good. */
export interface AshaDecision {
  readonly trial: string;
  /** From 0. */
  readonly rung: number;
  readonly goesOn: boolean;
  /** The epoch whose value was compared: the first of the rung or later that the trial told of. */
  readonly epoch: number;
  readonly value: number;
}

/** What a trial measured after an epoch. */
export interface EpochNews {
  /** 1-based. */
  readonly epoch: number;
  /** How many it trains in all, where it says so. */
  readonly epochs?: number | undefined;
  readonly value: number;
}

/** Trials that compete with one another. */
export interface Asha {
  /** Takes what a trial measured after an epoch; what it told before of the same epoch stands. */
  tell(trial: string, news: EpochNews): void;
  /** Says that a trial has ended, in whatever way, and tells nothing more. */
  end(trial: string): void;
  /** Takes a decision that was made before, on what is not known any more. */
  accept(decision: AshaDecision): void;
  /** Whether a trial is not to go on. It may come after the trial has trained beyond the rung, or has finished. */
  isStopped(trial: string): boolean;
  /** Every decision so far: each trial's rungs upwards. */
  decisions(): readonly AshaDecision[];
}

/**
 * Asynchronous successive halving that stops trials. After r, r·η, r·η², … epochs, all below R, a trial goes on when
 * fewer than
 *
 *     max(1, ⌊n/η⌋)
 *
 * of the n that have come to this rung, itself among them, are better than it. One whose value is not finite does not go
 * on and is not counted.
 *
 * Come to this rung have, for the trial in place i of the list, only trials in places before i: those that were there
 * in a sequential run, in which each trial ends before the next begins. So the decisions are the same whoever is first.
 * One waits for values that could change it, its trial trains on meanwhile, and no trial is ever taken up again.
 * @param trials - their ids, in the order of the list.
 * @throws {@link ArgumentError} when a number of the rule is not what it must be.
 * @see Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning", §3, https://arxiv.org/abs/1810.05934;
 * the rule for one trial is that of Optuna's SuccessiveHalvingPruner, where the first η − 1 at a rung go on if no
 * earlier one is better
 */
export function createAsha(rule: AshaRule, trials: readonly string[]): Asha {
  requireRule(rule);
  const runs = new Map(trials.map((id) => [id, new Run(id, rule)]));
  const list = [...runs.values()];

  const runOf = (trial: string): Run => {
    const run = runs.get(trial);
    if (run === undefined) throw new RangeError(`trial must be one of the list, got ${trial}`);
    return run;
  };

  const decideAll = (): void => {
    for (let rung = 0; list.some(({ decisions }) => decisions.length >= rung); rung++) {
      for (const [place, run] of list.entries()) {
        if (run.decisions.length !== rung || run.isStopped) continue;
        const arrival = run.arrivalAt(rung);
        if (arrival === null) continue;
        const goesOn = verdictOn(arrival.value, rung, list.slice(0, place), rule);
        if (goesOn !== null) run.decisions.push({ trial: run.id, rung, goesOn, ...arrival });
      }
    }
  };

  return {
    tell(trial, { epoch, epochs, value }) {
      const run = runOf(trial);
      if (run.values.has(epoch)) return;
      run.values.set(epoch, value);
      run.epochs ??= epochs ?? null;
      decideAll();
    },
    end(trial) {
      runOf(trial).ended = true;
      decideAll();
    },
    accept(decision) {
      const run = runOf(decision.trial);
      if (decision.rung !== run.decisions.length || run.isStopped) return;
      run.values.set(decision.epoch, decision.value);
      run.decisions.push(decision);
      decideAll();
    },
    isStopped: (trial) => runOf(trial).isStopped,
    decisions: () => list.flatMap(({ decisions }) => decisions),
  };
}

/** r·ηᵏ: the epochs of rung k. */
export function epochOfRung(rung: number, { minEpochs, reductionFactor }: AshaRule): number {
  return minEpochs * reductionFactor ** rung;
}

/** One trial, as far as it is known. */
class Run {
  readonly id: string;
  /** By epoch. */
  readonly values: Map<number, number> = new Map();
  /** By rung. */
  readonly decisions: AshaDecision[] = [];
  epochs: number | null = null;
  ended = false;
  readonly #rule: AshaRule;

  constructor(id: string, rule: AshaRule) {
    this.id = id;
    this.#rule = rule;
  }

  get isStopped(): boolean {
    return this.decisions.at(-1)?.goesOn === false;
  }

  /** What it told first at this rung's epoch or later; `null` when there is no such rung, or not yet. */
  arrivalAt(rung: number): { readonly epoch: number; readonly value: number } | null {
    const due = epochOfRung(rung, this.#rule);
    if (due >= (this.#rule.maxEpochs ?? this.epochs ?? Infinity)) return null;
    const epoch = Math.min(...[...this.values.keys()].filter((told) => told >= due));
    return epoch === Infinity ? null : { epoch, value: this.values.get(epoch) as number };
  }

  /** What it counts for at a rung: its value, nothing, or what only later news can tell. */
  partAt(rung: number): number | "none" | "unknown" {
    if (this.isStopped && this.decisions.length <= rung) return "none";
    const value = this.decisions[rung]?.value ?? this.arrivalAt(rung)?.value;
    if (value === undefined) return this.ended ? "none" : "unknown";
    if (!Number.isFinite(value)) return "none";
    return this.decisions.length < rung ? "unknown" : value;
  }
}

/** Whether a trial with this value goes on; `null` when that depends on trials before it that are not known yet. */
function verdictOn(value: number, rung: number, before: readonly Run[], rule: AshaRule): boolean | null {
  if (!Number.isFinite(value)) return false;
  let better = 0;
  let known = 1;
  let unknown = 0;
  for (const run of before) {
    const part = run.partAt(rung);
    if (part === "none") continue;
    if (part === "unknown") unknown++;
    else {
      known++;
      if (rule.better === "lower" ? part < value : part > value) better++;
    }
  }
  const places = (came: number): number => Math.max(1, Math.floor(came / rule.reductionFactor));
  // Each of the unknown may come or not, and be better or not: the extremes are that none is better, and that all are.
  if (better >= places(known + unknown)) return false;
  return better + unknown < places(known + unknown) ? true : null;
}

function requireRule({ minEpochs, reductionFactor, maxEpochs }: AshaRule): void {
  const requireInteger = (name: string, value: number, least: number): void => {
    if (!(Number.isSafeInteger(value) && value >= least)) {
      throw new ArgumentError(`${name} must be an integer of at least ${least}, got ${value}`);
    }
  };
  requireInteger("minEpochs", minEpochs, 1);
  requireInteger("reductionFactor", reductionFactor, 2);
  if (maxEpochs !== null) requireInteger("maxEpochs", maxEpochs, 1);
}
