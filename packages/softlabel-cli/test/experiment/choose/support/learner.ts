import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNpz, type NpzArrays } from "../../../../src/data/npz.ts";
import { type Random, randomStream } from "../../../../src/data/random.ts";
import type { ChooseOptions } from "../../../../src/experiment/choose/options.ts";
import { chooseDefaults } from "../../../../src/experiment/choose/options.ts";
import type { TrialQueue } from "../../../../src/experiment/queue/trial-queue.ts";
import type { ArmTrial, TrialSource } from "../../../../src/experiment/sources/trial-source.ts";
import { trialFolder } from "../../../../src/experiment/trial-store.ts";
import { type ExternalConfig, trialId } from "../../../../src/experiment/trials.ts";

/** A made-up classifier: how far it sets the label apart from the other classes depends on ε as it is told. */
export interface Learner {
  /** Logit of the label above the others', before noise: the more, the lower every loss after temperature scaling. */
  readonly margin: (config: ExternalConfig) => number;
  readonly validationRows?: number;
  readonly testRows?: number;
}

const classes = 4;

/** The predictions that a trial leaves. Rows and their noise are the seed's; what the trial adds is its own. */
function predictionsOf(config: ExternalConfig, { margin, validationRows = 120, testRows = 120 }: Learner): NpzArrays {
  // As smoothing does: less confidence with more ε, which a temperature mends.
  const heat = 1 / (1 + 8 * config.labelSmoothing);
  const part = (name: string, rows: number, seed: number): { logits: Float32Array; labels: Int32Array } => {
    const noise = normals(randomStream(seed, `${name} rows`));
    const labels = Int32Array.from({ length: rows }, (_, row) => (row * 3 + Math.floor(row / 7)) % classes);
    const height = margin(config);
    const logits = Float32Array.from({ length: rows * classes }, (_, i) => {
      const isLabel = i % classes === labels[Math.floor(i / classes)];
      return heat * (noise() + (isLabel ? height : 0));
    });
    return { logits, labels };
  };
  const validation = part("validation", validationRows, config.seed);
  const test = part("test", testRows, 0);
  return {
    val_logits: { data: validation.logits, shape: [validationRows, classes] },
    val_labels: { data: validation.labels, shape: [validationRows] },
    test_logits: { data: test.logits, shape: [testRows, classes] },
    test_labels: { data: test.labels, shape: [testRows] },
  };
}

/** A margin that is largest at `best` and falls off as a parabola in √ε, with what seed and trial add. */
export function marginWithBest(best: number, { fall = 6, seedNoise = 0.2, ownNoise = 0.02 } = {}): Learner["margin"] {
  return ({ labelSmoothing, seed }) => {
    const ofSeed = normals(randomStream(seed, "seed effect"))();
    const own = normals(randomStream(seed, `own part at ${labelSmoothing}`))();
    return 2.5 - fall * (Math.sqrt(labelSmoothing) - Math.sqrt(best)) ** 2 + seedNoise * ofSeed + ownNoise * own;
  };
}

/** Trials of a trainer that nobody started. */
export const madeUpSource: TrialSource = {
  trainer: null,
  data: null,
  ingredients: { external: { dataHash: null, codeVersion: "made up" } },
  trialOf({ epsilon, prior, convention, parameters }, seed) {
    const config = { labelSmoothing: epsilon, prior, convention, seed, parameters };
    return { id: trialId(config, { dataHash: null, codeVersion: "made up" }), kind: "external", config };
  },
  work: () => 1,
  epochs: null,
  describe: ({ classes: found, ...rows }) => ({
    data: { name: "made up", hash: null, classes: found, classNames: null, trainRows: null, ...rows },
    trainer: { kind: "command", typed: "nothing" },
    versions: {},
    codeVersion: "made up",
  }),
};

/** What a queue of made-up learners was asked for, phase by phase: `ε/seed`. */
export interface MadeUpQueue extends TrialQueue {
  readonly phases: string[][];
}

/**
 * Carries trials out by writing what the learner predicts.
 *
 * @param fails - why a trial has no result; `null` where it has one.
 */
export function madeUpQueue(
  learner: Learner,
  fails: (config: ExternalConfig) => string | null = () => null,
): MadeUpQueue {
  const phases: string[][] = [];
  return {
    phases,
    name: "made up",
    shared: false,
    async run({ experiment, trials }) {
      phases.push(trials.map(({ config }) => `${(config as ExternalConfig).labelSmoothing}/${config.seed}`));
      const reasonOf = (trial: (typeof trials)[number]): string | null => fails(trial.config as ExternalConfig);
      for (const trial of trials) {
        if (reasonOf(trial) === null) writeTrial(experiment, trial as ArmTrial, learner);
      }
      return {
        reused: [],
        finished: trials.filter((trial) => reasonOf(trial) === null),
        failed: trials.flatMap((trial) => {
          const reason = reasonOf(trial);
          return reason === null ? [] : [{ trial, reason }];
        }),
        stopped: [],
        elsewhere: [],
      };
    },
    close: async () => {},
  };
}

function writeTrial(experiment: string, { id, config }: ArmTrial, learner: Learner): void {
  const folder = trialFolder(experiment, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "predictions.npz"), formatNpz(predictionsOf(config as ExternalConfig, learner)));
}

export function madeUpOptions(out: string, more: Partial<ChooseOptions> = {}): ChooseOptions {
  return { ...chooseDefaults, trainer: "nothing", epsilon: [0, 0.05, 0.1, 0.2], seeds: 3, out, ...more };
}

/** Box and Muller's. */
function normals(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
