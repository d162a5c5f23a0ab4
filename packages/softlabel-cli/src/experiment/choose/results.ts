import type { Arm, ArmSettings, Difference, Experiment, MetricName, Missing, RunCard, Summary } from "../results.ts";
import type { Sampler } from "../search/candidates.ts";

/**
 * `results.json` of one choice. Everything but `run` is a function of the configuration, the data and the code.
 *
 * In the file a number that is NaN or ±∞ is `null`.
 */
export interface ChooseResults {
  readonly schema: "softlabel.choose/1";
  /** The verdict's sentences, the most important first. */
  readonly verdict: readonly string[];
  readonly chosen: Chosen;
  readonly experiment: ChooseExperiment;
  /** By ε ascending from 0; every number is of the validation rows. */
  readonly arms: readonly ChooseArm[];
  /** The chosen ε and 0 on the test rows, which nothing was chosen on. */
  readonly test: { readonly arms: readonly TestArm[] };
  /** Trials that have no result; their seeds are compared nowhere. */
  readonly missing: readonly Missing[];
  readonly run: RunCard;
}

export interface Chosen {
  readonly epsilon: number;
  /** One sentence. */
  readonly why: string;
  /** ε of the best mean, which need not be the chosen one. */
  readonly best: number;
  /** Every ε within one standard error of the best, ascending. */
  readonly within: readonly number[];
  /** Whether the best ε is the largest that was tried, so that a larger one may be better still. */
  readonly atBorder: boolean;
}

export interface ChooseExperiment extends Experiment {
  readonly objective: {
    /** As it is typed. */
    readonly text: string;
    /** Weights sum to 1. */
    readonly terms: readonly { readonly metric: MetricName; readonly weight: number }[];
  };
  /** What was tried first. */
  readonly grid: readonly number[];
  /** What was tried then, between the best of the grid and its neighbours. */
  readonly refined: readonly number[];
  /** `null` where nothing but ε was searched. */
  readonly search: SearchCard | null;
}

export interface SearchCard {
  /** `NAME=RANGE` of each parameter. */
  readonly parameters: readonly string[];
  /** Settings that every ε was tried with. */
  readonly candidates: number;
  readonly sampler: Sampler;
  readonly earlyStopping: boolean;
  /** Trials of one seed that the settings were chosen by; those that were stopped early among them. */
  readonly trials: number;
  readonly stopped: number;
}

/** One ε with all its seeds, judged on their validation rows. */
export interface ChooseArm extends ArmSettings {
  readonly found: "grid" | "refined";
  readonly trials: Arm["trials"];
  /** After temperature: each half of the rows under the temperature of the other. */
  readonly metrics: Readonly<Partial<Record<MetricName, Summary>>>;
  /**
   * Of what ε is chosen by: the metric itself, or a weighted sum of losses, 1 at ε = 0 and lower is better.
   */
  readonly objective: Summary;
  /** Loss (lower is better) less the best ε's, seed by seed. Not finite where the objective is not. */
  readonly fromBest: {
    readonly mean: number;
    /** `null` with one seed. */
    readonly standardError: number | null;
    readonly within: boolean;
  };
  /** Against ε = 0, seed by seed; `null` for ε = 0 itself. */
  readonly difference: Readonly<Partial<Record<MetricName, Difference>>> | null;
  /** Whether the mean validation loss was still falling when the epochs ran out; `null` without a history. */
  readonly stillImproving: boolean | null;
}

/** One ε on the test rows; what is after temperature, under the temperature of all validation rows. */
export type TestArm = Omit<Arm, "figures" | "stillImproving">;
