import { createHash } from "node:crypto";
import type { EpochMeasures, Trial } from "../trials.ts";
import { type Asha, type AshaDecision, createAsha } from "./asha.ts";
import type { Journal, JournalLine } from "./journal.ts";
import { betterOf, measured, type TuningMeasure } from "./measure.ts";

/** How and by what candidates are stopped. */
export interface StoppingRule {
  readonly measure: TuningMeasure;
  readonly minEpochs: number;
  readonly reductionFactor: number;
  /** `null` where only the trainer knows. */
  readonly maxEpochs: number | null;
}

/** The candidates of one ε, which compete with one another, and what the journal keeps of them. */
export class Bracket {
  readonly #rule: StoppingRule;
  readonly #asha: Asha;
  /** By trial. */
  readonly #bases: ReadonlyMap<string, string>;
  readonly #journal: Journal;
  /** What stands in the journal: decisions as `trial/rung`, and the epochs of which measures do as `trial@epoch`. */
  readonly #written = new Set<string>();
  /** Trials that told what decisions are made by. */
  readonly #measured = new Set<string>();

  constructor(trials: readonly Trial[], rule: StoppingRule, journal: Journal) {
    const ids = trials.map(({ id }) => id);
    this.#rule = rule;
    this.#asha = createAsha({ ...rule, better: betterOf(rule.measure) }, ids);
    this.#bases = basesOf(ids, rule);
    this.#journal = journal;
  }

  has(trial: string): boolean {
    return this.#bases.has(trial);
  }

  /** Takes lines of the journal: decisions first, since they stand whatever the measures say now. */
  recall(lines: readonly JournalLine[]): void {
    const own = lines.filter(({ trial }) => this.has(trial));
    for (const line of own) {
      if (line.type !== "decision" || line.basis !== this.#bases.get(line.trial)) continue;
      this.#asha.accept(line);
      this.#written.add(decisionKey(line));
      this.#measured.add(line.trial);
    }
    for (const line of own) {
      if (line.type !== "measures") continue;
      this.#written.add(measuresKey(line.trial, line));
      this.#tell(line.trial, line);
    }
    this.#writeDecisions();
  }

  /** Takes what a trial measured, and writes it down with what follows from it. */
  tell(trial: string, measures: EpochMeasures): void {
    const key = measuresKey(trial, measures);
    const isEmpty = measures.validationNll === undefined && measures.validationAccuracy === undefined;
    if (isEmpty || this.#written.has(key)) return;
    this.#written.add(key);
    this.#journal.append({ type: "measures", trial, ...measures });
    this.#tell(trial, measures);
    this.#writeDecisions();
  }

  /** Whether a trial told anything to decide by. */
  isMeasured(trial: string): boolean {
    return this.#measured.has(trial);
  }

  /** Says that a trial tells nothing more. */
  end(trial: string): void {
    this.#asha.end(trial);
    this.#writeDecisions();
  }

  /** The decision that stopped a trial; `null` for one that goes on, or of which nothing is decided yet. */
  stopOf(trial: string): AshaDecision | null {
    return this.#asha.decisions().find((decision) => decision.trial === trial && !decision.goesOn) ?? null;
  }

  #tell(trial: string, measures: EpochMeasures): void {
    const value = measured(measures, this.#rule.measure);
    if (value === null) return;
    this.#measured.add(trial);
    this.#asha.tell(trial, { epoch: measures.epoch, epochs: measures.epochs, value });
  }

  #writeDecisions(): void {
    for (const decision of this.#asha.decisions()) {
      const key = decisionKey(decision);
      if (this.#written.has(key)) continue;
      this.#written.add(key);
      const { measure } = this.#rule;
      const basis = this.#bases.get(decision.trial) as string;
      this.#journal.append({ type: "decision", ...decision, measure, basis });
    }
  }
}

function decisionKey({ trial, rung }: Pick<AshaDecision, "trial" | "rung">): string {
  return `${trial}/${rung}`;
}

function measuresKey(trial: string, { epoch }: EpochMeasures): string {
  return `${trial}@${epoch}`;
}

/** What a trial's decisions depend on but for measured values: a longer list gives the trials before its end the same. */
function basesOf(ids: readonly string[], rule: StoppingRule): ReadonlyMap<string, string> {
  const { measure, minEpochs, reductionFactor } = rule;
  let basis = `${measure} ${minEpochs} ${reductionFactor}`;
  return new Map(
    ids.map((id) => {
      basis = createHash("sha256").update(`${basis}/${id}`).digest("hex").slice(0, 16);
      return [id, basis];
    }),
  );
}
