import { judgeChoice, judgeOnTestRows } from "../../../../src/experiment/choose/judge-choice.ts";
import { readObjective, type SeedMetrics } from "../../../../src/experiment/choose/objective.ts";
import type { PairedArm } from "../../../../src/experiment/choose/paired-arms.ts";
import type { ChooseExperiment, ChooseResults } from "../../../../src/experiment/choose/results.ts";
import { chooseVerdict, whyChosen } from "../../../../src/experiment/choose/verdict.ts";
import type { ChooseEvidence } from "../../../../src/experiment/choose/verdict-evidence.ts";
import { trialId } from "../../../../src/experiment/trials.ts";

/** What a choice is imagined to have measured. */
export interface Imagined {
  /** ε → NLL after temperature scaling of each seed, on validation rows; the test rows have the same and a hundredth more. */
  readonly nll: Readonly<Record<string, readonly number[]>>;
  readonly objective?: string;
  readonly refined?: readonly number[];
  readonly experiment?: Partial<ChooseExperiment>;
  readonly missing?: ChooseResults["missing"];
  readonly parameters?: Readonly<Record<string, PairedArm["settings"]["parameters"]>>;
  /** ε whose validation loss was still falling at the end. */
  readonly falling?: readonly number[];
}

/** Results whose statistics are the laboratory's own, over imagined metrics. */
export function imaginedResults(imagined: Imagined): ChooseResults {
  const {
    objective: text = "nll-after-temperature",
    refined = [],
    experiment = {},
    missing = [],
    falling = [],
  } = imagined;
  const objective = readObjective(text);
  const epsilons = Object.keys(imagined.nll)
    .map(Number)
    .sort((a, b) => a - b);
  const arms = epsilons.map((epsilon) => pairedArm(epsilon, imagined, refined.includes(epsilon)));
  const historyOf = ({ settings }: PairedArm): ReturnType<NonNullable<Parameters<typeof judgeChoice>[3]>> =>
    arms[0].metrics.map(() => [epochOf(1, 0.5), epochOf(2, falling.includes(settings.epsilon) ? 0.4 : 0.6)]);
  const judged = judgeChoice(arms, objective, epsilons, historyOf);
  if (judged === null) throw new Error("the imagined numbers must be finite");
  const finalists = arms.filter(({ settings: { epsilon } }) => epsilon === 0 || epsilon === judged.chosen.epsilon);
  const test = judgeOnTestRows(
    finalists,
    finalists.map(({ metrics }) => metrics.map(metricsOnTestRows)),
  );
  const evidence: ChooseEvidence = {
    schema: "softlabel.choose/1",
    chosen: judged.chosen,
    experiment: {
      ...anExperiment,
      seeds: arms[0].trials.map(({ config }) => config.seed),
      objective: { text: objective.text, terms: objective.terms.map(({ metric, weight }) => ({ metric, weight })) },
      grid: epsilons.filter((epsilon) => !refined.includes(epsilon)),
      refined,
      ...experiment,
    },
    arms: judged.arms,
    test: { arms: test },
    missing,
    run: aRun,
  };
  const { chosen, ...rest } = evidence;
  return { ...rest, verdict: chooseVerdict(evidence), chosen: { ...chosen, why: whyChosen(evidence) } };
}

function pairedArm(epsilon: number, { nll, parameters }: Imagined, isRefined: boolean): PairedArm {
  const settings = {
    name: `ε = ${epsilon}`,
    epsilon,
    prior: "uniform",
    convention: "all-classes",
    parameters: parameters?.[epsilon] ?? {},
  } as const;
  const losses = nll[String(epsilon)];
  return {
    settings,
    found: isRefined ? "refined" : "grid",
    trials: losses.map((_, i) => {
      const config = {
        labelSmoothing: epsilon,
        prior: "uniform",
        convention: "all-classes",
        seed: i + 1,
        parameters: {},
      } as const;
      return { id: trialId(config, { dataHash: null, codeVersion: "imagined" }), kind: "external", config };
    }),
    metrics: losses.map((loss) => metricsAround(loss, epsilon)),
  };
}

/** Metrics that move with the loss, and the under-confidence that comes with ε. */
function metricsAround(loss: number, epsilon: number): SeedMetrics {
  return {
    accuracy: 1 - loss / 3,
    nll: loss + epsilon,
    nllAfterTemperature: loss,
    brier: loss / 2 + epsilon / 10,
    brierAfterTemperature: loss / 2,
    ece: 0.01 + epsilon / 2,
    eceAfterTemperature: 0.01,
    overconfidence: -epsilon / 2,
    aurc: loss / 40,
    temperature: 1 - epsilon,
  };
}

function metricsOnTestRows(metrics: SeedMetrics): SeedMetrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value) * 1.01]));
}

function epochOf(
  epoch: number,
  validationNll: number,
): {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainFloor: number;
  readonly trainCrossEntropy: number;
  readonly validationNll: number;
  readonly validationAccuracy: number;
} {
  return { epoch, trainLoss: 1, trainFloor: 0.5, trainCrossEntropy: 0.9, validationNll, validationAccuracy: 0.9 };
}

const anExperiment: Omit<ChooseExperiment, "seeds" | "objective" | "grid" | "refined"> = {
  data: {
    name: "digits",
    hash: "d".repeat(64),
    classes: 10,
    classNames: null,
    trainRows: 1000,
    validationRows: 500,
    testRows: 2000,
    testLabelsHash: "89ab".repeat(16),
  },
  trainer: {
    kind: "built-in",
    model: "mlp",
    parameters: 12_345,
    epochs: 5,
    batchSize: 128,
    learningRate: 0.001,
    optimizer: "adam",
    labelNoise: 0,
  },
  versions: { softlabel: "0.1.0" },
  codeVersion: "c".repeat(64),
  command:
    "npx softlabel choose --model mlp --epsilon 0,0.1,0.2 --seeds 6 --epochs 5 --objective nll-after-temperature --no-refine",
  search: null,
};

const aRun: ChooseResults["run"] = {
  startedAt: "2026-11-24T06:16:41.000Z",
  finishedAt: "2026-11-24T06:18:11.000Z",
  seconds: 90,
  trialSeconds: {},
  trialsReused: 0,
  jobs: 2,
  queue: "local",
  machine: { platform: "linux x64", cpu: "a processor", cores: 2, node: "v20.20.2" },
};
