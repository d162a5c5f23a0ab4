import { availableParallelism } from "node:os";
import type { Convention } from "softlabel";
import type { TrainingConfig } from "../training/run.ts";
import type { ArmSettings } from "./results.ts";

/** Everything that can be said about a comparison, on the command line or in a file: the names are the same. */
export interface CompareOptions {
  /** A folder of four IDX files or a Keras .npz; `null` is the MNIST that comes with the laboratory. */
  readonly data: string | null;
  readonly model: string;
  /** ε of each arm: 0 first, then ascending, each once. */
  readonly epsilon: readonly number[];
  /** Arms that differ in more than ε, the base first; `null` makes them of `epsilon`, `prior` and `convention`. */
  readonly arms: readonly ArmSettings[] | null;
  /** A command with placeholders or a JavaScript module that trains; `null` trains `model`. */
  readonly trainer: string | null;
  /** Whether the trainer's command is read by a shell. */
  readonly shell: boolean;
  /** Files that decide what the trainer does: another content makes other trials. */
  readonly trainerFiles: readonly string[];
  /** Folders of predictions that are judged as they are; none trains. */
  readonly from: readonly string[];
  /** How a path below `from` says name, ε and seed, as in `{epsilon}/s{seed}`; `null` where names say it themselves. */
  readonly pattern: string | null;
  /** The arm among those in `from` that the others are compared with; `null` is that with ε = 0. */
  readonly base: string | null;
  readonly prior: TrainingConfig["prior"];
  readonly convention: Convention;
  /** How many seeds: 1, 2, …, seeds. */
  readonly seeds: number;
  /** Training images; `null` takes all that validation leaves. */
  readonly trainSize: number | null;
  readonly validationSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: TrainingConfig["optimizer"];
  readonly labelNoise: number;
  /** Trials that train at the same time. */
  readonly jobs: number;
  /** The experiment's folder. */
  readonly out: string;
}

/** The exact sign-flip test counts 2ⁿ choices of signs; more seeds than this it does not take. */
export const mostSeeds = 40;

/**
 * What `softlabel compare` runs when nothing is said. Six seeds, because an exact sign-flip test of five differences
 * cannot reach p < 0.05 (2/2⁵ = 0.0625).
 */
export const compareDefaults: CompareOptions = {
  data: null,
  model: "lenet5",
  epsilon: [0, 0.1],
  arms: null,
  trainer: null,
  shell: false,
  trainerFiles: [],
  from: [],
  pattern: null,
  base: null,
  prior: "uniform",
  convention: "all-classes",
  seeds: 6,
  trainSize: 10_000,
  validationSize: 5_000,
  epochs: 5,
  batchSize: 128,
  learningRate: 1e-3,
  optimizer: "adam",
  labelNoise: 0,
  jobs: availableParallelism(),
  out: "softlabel-compare",
};
