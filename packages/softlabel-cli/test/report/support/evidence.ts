import { type JudgedArm, judge } from "../../../src/experiment/judge.ts";
import type {
  ArmFigures,
  ArmSettings,
  BuiltInTrainer,
  EpochPoint,
  Experiment,
  MetricName,
  Missing,
  Results,
} from "../../../src/experiment/results.ts";

/** What an imagined arm does: `shift` moves a metric on every seed, `scatter` moves it up and down from seed to seed. */
export interface ImaginedArm {
  readonly shift?: Partial<Record<MetricName, number>>;
  readonly scatter?: Partial<Record<MetricName, number>>;
  readonly perSeed?: Partial<Record<MetricName, readonly number[]>>;
  readonly stillImproving?: boolean;
  /** In place of one that runs over all epochs. */
  readonly history?: ArmFigures["history"];
}

/** What an imagined experiment has in place of the usual. */
export type Changes = Partial<Experiment> &
  Partial<Omit<BuiltInTrainer, "kind" | "parameters">> &
  Partial<Pick<ArmSettings, "prior" | "convention">> & {
    readonly missing?: readonly Missing[];
    readonly run?: Partial<Results["run"]>;
  };

/** An arm with a name of its own. */
export type NamedArm = ImaginedArm & Pick<ArmSettings, "name"> & Partial<ArmSettings>;

const baseline: Readonly<Record<MetricName, number>> = {
  accuracy: 0.95,
  top5: 0.998,
  nll: 0.15,
  nllAfterTemperature: 0.14,
  brier: 0.07,
  brierAfterTemperature: 0.068,
  ece: 0.011,
  eceAfterTemperature: 0.005,
  overconfidence: 0.004,
  aurc: 0.004,
  temperature: 1.1,
};

/**
 * Results whose differences, intervals and p come from the laboratory's own statistics, over imagined metrics.
 *
 * Seeds differ from one another in every arm alike (that is what pairing removes), and each arm adds a tenth of its
 * shift as scatter of its own, so that no interval has width zero.
 * @param arms - by their ε; ε = 0 is always among them.
 */
export function evidence(
  seeds: number,
  arms: Readonly<Record<string, ImaginedArm>>,
  changes: Changes = {},
): Omit<Results, "verdict"> {
  const epsilons = [...new Set([0, ...Object.keys(arms).map(Number)])].sort((a, b) => a - b);
  return namedEvidence(
    seeds,
    epsilons.map((epsilon) => ({ ...arms[String(epsilon)], name: `ε = ${epsilon}`, epsilon })),
    changes,
  );
}

/** {@link evidence} of arms with names, the base first. */
export function namedEvidence(
  seeds: number,
  arms: readonly NamedArm[],
  { prior = "uniform", convention = "all-classes", missing = [], run = {}, ...changes }: Changes = {},
): Omit<Results, "verdict"> {
  const { epochs = 5, batchSize, learningRate, optimizer, labelNoise, model, ...experiment } = changes;
  const told = { model, epochs, batchSize, learningRate, optimizer, labelNoise };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  const judged = arms.map((arm, at): JudgedArm => {
    const { name, epsilon = 0.1, parameters = {} } = arm;
    const smoothing =
      epsilon === 0 ? ({ prior: "uniform", convention: "all-classes" } as const) : { prior, convention };
    return {
      settings: { name, epsilon, ...smoothing, ...withPriorOf(arm), parameters },
      trials: Array.from({ length: seeds }, (_, i) => ({ id: `${at}-${i + 1}`, seed: i + 1 })),
      metrics: Array.from({ length: seeds }, (_, i) => metricsOf(arm, i, at > 0)),
      figures: figures(seeds, arm, epochs),
    };
  });
  return {
    schema: "softlabel.compare/2",
    experiment: {
      ...anExperiment,
      seeds: Array.from({ length: seeds }, (_, i) => i + 1),
      trainer: { ...aTrainer, ...given },
      ...experiment,
    },
    arms: judge(judged),
    missing,
    run: { ...aRun, ...run },
  };
}

function withPriorOf({ prior, convention }: Partial<ArmSettings>): Partial<Pick<ArmSettings, "prior" | "convention">> {
  return { ...(prior === undefined ? {} : { prior }), ...(convention === undefined ? {} : { convention }) };
}

function metricsOf(arm: ImaginedArm, seed: number, other: boolean): Partial<Record<MetricName, number>> {
  const names = Object.keys(baseline) as MetricName[];
  return Object.fromEntries(
    names.map((metric, place) => {
      const shared = baseline[metric] * (1 + 0.02 * Math.sin(1 + seed * 1.3 + place));
      const shift = arm.shift?.[metric] ?? 0;
      const own = 0.1 * shift * Math.sin(2 + seed * 2.1 + place);
      // Up on one seed, down on the next: nothing that any number of seeds could show.
      const scatter = arm.scatter?.[metric] ?? (other && shift === 0 ? 0.002 * baseline[metric] : 0);
      const alternating = scatter * (seed % 2 === 0 ? 1 : -1) * (1 + seed / 50);
      return [metric, arm.perSeed?.[metric]?.[seed] ?? shared + shift + own + alternating];
    }),
  );
}

function figures(seeds: number, { stillImproving = false, history }: ImaginedArm, epochs: number): ArmFigures {
  const series = Array.from({ length: epochs }, (_, i): EpochPoint => {
    const risen = !stillImproving && i === epochs - 1 ? 0.5 : 0;
    return {
      epoch: i + 1,
      trainLoss: 1 / (i + 1),
      trainFloor: 0.01,
      trainCrossEntropy: 0.9 / (i + 1),
      validationNll: 1 / (i + 1) + risen,
      validationAccuracy: 0.9 + 0.001 * i,
    };
  });
  const bin = { low: 0.8, high: 1, count: 40, confidence: 0.91, accuracy: 0.95 };
  const empty = { low: 0, high: 0.8, count: 0, confidence: 0, accuracy: 0 };
  const confidence = [
    { low: 0, high: 0.8, right: 3, wrong: 2 },
    { low: 0.8, high: 1, right: 34, wrong: 1 },
  ];
  return {
    reliability: [empty, bin],
    reliabilityAfterTemperature: [empty, { ...bin, confidence: 0.94 }],
    confidence,
    confidenceAfterTemperature: confidence,
    riskCoverage: { coverage: [0.5, 1], risk: [0.01, 0.05] },
    history: history ?? Array.from({ length: seeds }, () => series),
    penultimate: null,
  };
}

const anExperiment: Omit<Experiment, "seeds" | "trainer"> = {
  data: {
    name: "digits",
    hash: "0f".repeat(32),
    classes: 10,
    classNames: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    trainRows: 12345,
    validationRows: 2000,
    testRows: 4000,
    testLabelsHash: "89ab".repeat(16),
  },
  versions: { softlabel: "0.1.0" },
  codeVersion: "a1".repeat(32),
  command: "npx softlabel compare --model lenet5 --epochs 5 --batch-size 128",
};

const aTrainer: BuiltInTrainer = {
  kind: "built-in",
  model: "lenet5",
  parameters: 61706,
  epochs: 5,
  batchSize: 128,
  learningRate: 0.001,
  optimizer: "adam",
  labelNoise: 0,
};

const aRun: Results["run"] = {
  startedAt: "2026-03-04T05:06:07.000Z",
  finishedAt: "2026-03-04T05:07:37.000Z",
  seconds: 90.4,
  trialSeconds: { "0-1": 7.5 },
  trialsReused: 3,
  jobs: 2,
  queue: "local",
  machine: { platform: "linux x64", cpu: "Some CPU", cores: 2, node: "v20.20.2" },
};
